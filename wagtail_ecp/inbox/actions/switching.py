"""Conversations that another mailbox's team is to answer."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.actions.steps import (
    ChangedSinceError,
    locked,
    note_action,
    require_reply,
)
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.models import Conversation, Draft, Mailbox
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CHANGED = ("mailbox", "assignee", "assignee_name", "is_to_be_indexed")


@transaction.atomic
def switch(conversation: Conversation, *, to: Mailbox, by: "User") -> Action | None:
    """Move ``conversation`` to another mailbox, where ``by`` may answer as well.

    Number, folder, tags and notes stay, and so does the assignee who may answer there;
    another one is taken off, and the history says so. None if it is there already.
    """
    require_reply(by, conversation)
    _require_open(to, by=by)
    row = locked(conversation)
    if row.mailbox_id == to.pk:
        return None
    before = row.mailbox
    parts = _parts(row)
    assignee = None if _may_stay(row, to) else (row.assignee_id, row.assignee_name)
    with counted(row):
        _put(row, to, parts=parts)
        if assignee:
            row.assignee_id, row.assignee_name = None, ""
        row.keep(*CHANGED)
    return note_action(
        Action.Kind.SWITCHED,
        row,
        by=by,
        before=before.pk,
        after=to.pk,
        names=[before.name, to.name],
        parts=parts,
        assignee=[str(assignee[0]), assignee[1]] if assignee else [],
    )


def undo_switch(row: Conversation, action: Action, by: "User") -> None:
    """Move it back, and give it back to whom it was taken from."""
    data = action.data
    if row.mailbox_id != data["after"]:
        raise ChangedSinceError
    former = Mailbox.objects.filter(pk=data["before"]).first()
    if former is None:
        raise ValidationError(_("The mailbox that it came from is gone."))
    _require_open(former, by=by)
    with counted(row):
        _put(row, former, parts=data["parts"])
        if data["assignee"] and row.assignee_id is None:
            _give_back(row, *data["assignee"])
        row.keep(*CHANGED)


def _require_open(mailbox: Mailbox, *, by: "User") -> None:
    if not permissions.can_reply(by, mailbox):
        raise PermissionDenied(_("You may not answer mail in that mailbox."))
    if not mailbox.is_active:
        raise ValidationError(_("That mailbox is inactive."))


def _parts(row: Conversation) -> list[int]:
    """Return what was merged into it and lies in its mailbox, at every depth.

    It comes along, so that its numbers lead here for whoever may read this.
    """
    found: list[int] = []
    level = [row.pk]
    while level:
        parts = Conversation.objects.filter(
            merged_into__in=level, mailbox=row.mailbox_id
        )
        level = list(parts.values_list("pk", flat=True))
        found += level
    return found


def _put(row: Conversation, mailbox: Mailbox, *, parts: list[int]) -> None:
    row.mailbox = mailbox
    row.is_to_be_indexed = True  # The index knows in whose mailbox it lies.
    numbers = Conversation.objects.filter(pk__in=parts).exclude(merged_into=None)
    numbers.update(mailbox=mailbox)
    Draft.objects.filter(conversation=row).update(mailbox=mailbox)


def _may_stay(row: Conversation, mailbox: Mailbox) -> bool:
    return row.assignee is None or permissions.can_reply(row.assignee, mailbox)


def _give_back(row: Conversation, key: str, name: str) -> None:
    possible = permissions.possible_assignees(row)
    user = next((user for user in possible if str(user.pk) == key), None)
    if user is not None:
        row.assignee, row.assignee_name = user, name
