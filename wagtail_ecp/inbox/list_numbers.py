"""The kept numbers that lists are shown with, for one query whatever they count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import (
    BigIntegerField,
    CharField,
    F,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast

from wagtail_ecp.inbox.models import (
    AssigneeCounter,
    Draft,
    FolderCounter,
    GroupMailboxPermission,
)
from wagtail_ecp.inbox.models.mailboxes import SNOOZED
from wagtail_ecp.inbox.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Nobody counts drafts: they are read, and no more of them than these.
MOST_DRAFTS: Final = 99
DRAFTS: Final = "drafts"

_MINE, _RIGHT = "mine", "right"


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the tabs of a list say, and where the user may do more than read."""

    by_list: Counter[str]
    answering: frozenset[int]


def numbers(user: "User | Any", mailboxes: Sequence[int]) -> Numbers:
    """Return the numbers of these mailboxes together; the user must read them."""
    first, *others = _parts(user, mailboxes)
    by_list: Counter[str] = Counter()
    answering = set()
    for kind, mailbox, unread, unassigned, held in first.union(*others, all=True):
        if kind == _RIGHT:
            answering.add(mailbox)
        elif kind in (_MINE, SNOOZED, DRAFTS):
            by_list[kind] += held
        else:
            by_list[kind] += unread
            by_list["unassigned"] += unassigned
    return Numbers(by_list, frozenset(answering))


def _parts(user: "User | Any", mailboxes: Sequence[int]) -> list[Any]:
    """Return queries of equal columns: kind, mailbox, and three numbers."""
    rights = GroupMailboxPermission.objects.filter(
        group__user=user.pk, permission__in=(Permission.REPLY, Permission.MANAGE)
    )
    drafts = Draft.objects.visible_to(user).open().filter(mailbox__in=mailboxes)
    # SQLite takes no part of a union that is sliced, but one that names a slice.
    some = Draft.objects.filter(pk__in=drafts.values("pk")[: MOST_DRAFTS + 1])
    parts: list[tuple[Any, tuple[Any, ...]]] = [
        (FolderCounter.objects, ("folder", "unread", "unassigned", "conversations")),
        (AssigneeCounter.objects.filter(user=user.pk), (_MINE, 0, 0, "conversations")),
        (rights, (_RIGHT, 0, 0, 0)),
        (some, (DRAFTS, 0, 0, 1)),
    ]
    return [
        _columns(rows.filter(mailbox__in=mailboxes), *columns)
        for rows, columns in parts
    ]


def _columns(rows: QuerySet[Any, Any], kind: str, *held: str | int) -> Any:
    """Return these columns: names of fields, or else the values themselves."""
    big = BigIntegerField()
    names = {field.name for field in rows.model._meta.get_fields()}
    columns = {
        f"ecp_{number}": Cast(
            F(str(column)) if column in names else Value(column),
            big if number else CharField(),
        )
        for number, column in enumerate((kind, "mailbox", *held))
    }
    return rows.order_by().annotate(**columns).values_list(*columns)
