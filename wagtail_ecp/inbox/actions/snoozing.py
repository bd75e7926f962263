"""Conversations that sleep in the inbox until a time, or until somebody writes."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from wagtail_ecp.inbox.actions.steps import (
    CannotUndoError,
    ChangedSinceError,
    locked,
    note_action,
    require_reply,
)
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.models import UNTIL_REPLY, Conversation, Folder
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

COLUMNS = ["folder", "junked_at", "snoozed_until", "came_back_at", "is_unread"]


@transaction.atomic
def snooze(conversation: Conversation, *, until: datetime, by: "User") -> Action | None:
    """Let ``conversation`` sleep until a time, or ``UNTIL_REPLY``.

    What is archived or in the trash comes to the inbox for that: it is to come back.
    None if it sleeps until then already. ValidationError for a time that is over, and
    for spam.
    """
    require_reply(by, conversation)
    _check(until)
    row = locked(conversation)
    if row.folder == Folder.SPAM:
        raise ValidationError(
            _("This lies in Spam. Say that it is not spam, then snooze it.")
        )
    if row.snoozed_until == until:
        return None
    before = _state(row)
    with counted(row):
        row.file_in(Folder.INBOX)
        row.came_back_at = None
        row.snoozed_until = until
        row.keep(*COLUMNS)
    return note_action(
        Action.Kind.SNOOZED, row, by=by, before=before, after=_state(row)
    )


def _check(until: datetime) -> None:
    if until <= timezone.now():
        raise ValidationError(
            _("That time is over. Choose one that is still to come."), code="over"
        )
    if until > UNTIL_REPLY:
        raise ValidationError(_("That is too far away."), code="far")


@transaction.atomic
def wake(conversation: Conversation, *, by: "User") -> Action | None:
    """Show ``conversation`` in the inbox again; None if it is awake."""
    require_reply(by, conversation)
    row = locked(conversation)
    if row.snoozed_until is None:
        return None
    before = _state(row)
    with counted(row):
        row.snoozed_until = None
        row.keep("snoozed_until")
    return note_action(Action.Kind.WOKEN, row, by=by, before=before, after=_state(row))


@transaction.atomic
def wake_in_time(number: int) -> bool:
    """Wake what has slept long enough, unread; False if it is gone or sleeps on."""
    due = Conversation.objects.to_be_woken().select_for_update()
    row = due.filter(pk=number).first()
    if row is None:
        return False
    with counted(row):
        row.snoozed_until = None
        row.is_unread = True
        row.keep("snoozed_until", "is_unread")
    if row.merged_into_id is None:
        record(Action.Kind.WOKEN, mailbox=row.mailbox_id, conversation=row.pk)
    return True


def undo_snooze(row: Conversation, action: Action, by: "User") -> None:  # noqa: ARG001
    """Put it where it lay, to sleep as long as it was to, if that is not over."""
    if "after" not in action.data:  # The clock woke it.
        raise CannotUndoError
    if _state(row) != action.data["after"]:
        raise ChangedSinceError
    before = action.data["before"]
    until = parse_datetime(before["until"]) if before["until"] else None
    with counted(row):
        row.file_in(before["folder"])
        is_to_sleep = until is not None and until > timezone.now()
        row.snoozed_until = until if is_to_sleep else None
        row.keep(*COLUMNS)


def _state(row: Conversation) -> dict[str, Any]:
    until = row.snoozed_until
    return {"folder": str(row.folder), "until": until.isoformat() if until else ""}
