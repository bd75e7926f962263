"""Counts again what actions keep the numbers of, and repairs what differs.

A deleted user's assignments, a row changed by hand: nothing else would ever find them.
"""

import logging
from collections import Counter
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Case, CharField, Count, F, Q, Value, When

from wagtail_ecp.inbox.models import (
    SNOOZED,
    AssigneeCounter,
    Conversation,
    Folder,
    FolderCounter,
    Mailbox,
)

logger = logging.getLogger(__name__)

FIELDS: Final = ("conversations", "unread", "unassigned")


def recount(mailbox: Mailbox) -> int:
    """Repair the mailbox's kept numbers; return how many rows were wrong.

    Whoever changes a conversation meanwhile waits with its numbers until all is
    written: their rows are locked before anything is counted.
    """
    _have_rows(mailbox)
    with transaction.atomic():
        folders = FolderCounter.objects.select_for_update().filter(mailbox=mailbox)
        members = AssigneeCounter.objects.select_for_update().filter(mailbox=mailbox)
        kept: list[Any] = [*folders.order_by("pk"), *members.order_by("pk")]
        by_folder, by_member = _by_folder(mailbox), _by_member(mailbox)
        return sum(
            _repair(row, by_folder[row.folder])
            if isinstance(row, FolderCounter)
            else _repair(row, Counter(conversations=by_member[row.user_id]))
            for row in kept
        )


def _have_rows(mailbox: Mailbox) -> None:
    """Make the rows that are to be locked."""
    for folder in (*Folder.values, SNOOZED):
        FolderCounter.objects.get_or_create(mailbox=mailbox, folder=folder)
    for user_id in _by_member(mailbox):
        AssigneeCounter.objects.get_or_create(mailbox=mailbox, user_id=user_id)


def _by_folder(mailbox: Mailbox) -> dict[str, Counter[str]]:
    place = Case(
        When(snoozed_until__isnull=False, then=Value(SNOOZED)),
        default=F("folder"),
        output_field=CharField(),
    )
    nobodys = Q(assignee=None, folder=Folder.INBOX, snoozed_until=None)
    rows = (
        Conversation.objects.whole()
        .filter(mailbox=mailbox)
        .annotate(ecp_place=place)
        .values("ecp_place")
        .order_by()
        .annotate(
            conversations=Count("pk"),
            unread=Count("pk", filter=Q(is_unread=True)),
            unassigned=Count("pk", filter=nobodys),
        )
    )
    found = {folder: Counter[str]() for folder in (*Folder.values, SNOOZED)}
    for row in rows:
        found[row["ecp_place"]] = Counter({name: row[name] for name in FIELDS})
    return found


def _by_member(mailbox: Mailbox) -> Counter[Any]:
    """Return how many conversations of the inbox each member answers for."""
    inbox = Conversation.objects.whole().awake().filter(folder=Folder.INBOX)
    assigned = inbox.filter(mailbox=mailbox, assignee__isnull=False)
    rows = assigned.values_list("assignee").order_by().annotate(number=Count("pk"))
    existing = get_user_model()._default_manager.filter(
        pk__in=[user_id for user_id, _number in rows]
    )
    known = set(existing.values_list("pk", flat=True))
    return Counter({user_id: number for user_id, number in rows if user_id in known})


def _repair(row: FolderCounter | AssigneeCounter, right: Counter[str]) -> bool:
    names = [name for name in FIELDS if hasattr(row, name)]
    wrong = {name: right[name] for name in names if getattr(row, name) != right[name]}
    if not wrong:
        return False
    was = {name: getattr(row, name) for name in wrong}
    logger.warning("kept numbers of %s were %s and are %s", row, was, wrong)
    type(row)._default_manager.filter(pk=row.pk).update(**wrong)
    return True
