"""Who answers for a conversation."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp import signals
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.actions.noting import add_note
from wagtail_ecp.inbox.actions.steps import (
    CannotUndoError,
    ChangedSinceError,
    locked,
    note_action,
    require_reply,
)
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.models import (
    Conversation,
)
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def assign(
    conversation: Conversation, *, to: "User | None", by: "User", note: str = ""
) -> Action | None:
    """Make ``to`` answer for ``conversation``; ``None`` returns it to the team.

    A ``note`` says why and mentions ``to``; it is written in any case. None if it is so
    already. PermissionDenied if ``by`` may not answer here, or if ``to`` may not.
    """
    require_reply(by, conversation)
    if to is not None and not permissions.can_reply(to, conversation.mailbox):
        raise PermissionDenied(_("That person may not answer mail in this mailbox."))
    row = locked(conversation)
    if note.strip():
        add_note(row, note, by=by, mentions=[to] if to else [])
    if row.assignee_id == (to.pk if to else None):
        return None
    return _give(row, to, by=by)


def undo_assignment(row: Conversation, action: Action, by: "User") -> None:
    """Give the conversation back to whom it was taken from, or to nobody."""
    if "before" not in action.data:  # From before there was an undo.
        raise CannotUndoError
    if _key(row.assignee_id) != action.data["key"]:
        raise ChangedSinceError
    key = action.data["before"]
    users = permissions.possible_assignees(row)
    former = users.filter(pk=key).first() if key else None
    if key and former is None:
        raise ValidationError(
            _("Not undone: who had it before may no longer answer mail here.")
        )
    _give(row, former, by=by, undoes=action.pk)


def _give(row: Conversation, to: "User | None", *, by: "User", **more: int) -> Action:
    before, former = _key(row.assignee_id), row.assignee_name
    with counted(row):
        row.assignee_id = to.pk if to else None
        row.assignee_name = display_name(to)
        row.keep("assignee", "assignee_name")
    announce = partial(
        signals.conversation_assigned.send, Conversation, conversation=row, by=by
    )
    transaction.on_commit(announce)
    return note_action(
        Action.Kind.ASSIGNED,
        row,
        by=by,
        to=row.assignee_name,
        key=_key(row.assignee_id),
        before=before,
        former=former,
        **more,
    )


def _key(pk: Any) -> str:
    """Return what the journal keeps of a user's key, of any type; "" for nobody."""
    return "" if pk is None else str(pk)
