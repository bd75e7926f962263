"""Takes back one thing that somebody did, if it still holds.

What can be undone records how it was before and has a line in ``UNDOERS``: a function
that puts a locked conversation back, or raises ``ChangedSinceError``.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.actions.arranging import undo_merge, undo_split
from wagtail_ecp.inbox.actions.assigning import undo_assignment
from wagtail_ecp.inbox.actions.attention import undo_star
from wagtail_ecp.inbox.actions.filing import undo_mark_read, undo_move
from wagtail_ecp.inbox.actions.judging import undo_judgement
from wagtail_ecp.inbox.actions.noting import (
    undo_change_note,
    undo_delete_note,
    undo_note,
)
from wagtail_ecp.inbox.actions.snoozing import undo_snooze
from wagtail_ecp.inbox.actions.steps import (
    CannotUndoError,
    locked,
    note_action,
    require_reply,
)
from wagtail_ecp.inbox.actions.switching import undo_switch
from wagtail_ecp.inbox.actions.tagging import undo_tag, undo_untag
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Undoer = Callable[[Conversation, Action, "User"], None]

#: By the kind of what was done.
UNDOERS: dict[str, Undoer] = {
    Action.Kind.CHANGED_FOLDER: undo_move,
    Action.Kind.ASSIGNED: undo_assignment,
    Action.Kind.MARKED_SPAM: undo_judgement,
    Action.Kind.MARKED_WANTED: undo_judgement,
    Action.Kind.TAGGED: undo_tag,
    Action.Kind.DETAGGED: undo_untag,
    Action.Kind.NOTED: undo_note,
    Action.Kind.NOTE_CHANGED: undo_change_note,
    Action.Kind.NOTE_DELETED: undo_delete_note,
    Action.Kind.STARRED: undo_star,
    Action.Kind.READ: undo_mark_read,
    Action.Kind.UNREAD: undo_mark_read,
    Action.Kind.SNOOZED: undo_snooze,
    Action.Kind.WOKEN: undo_snooze,
    Action.Kind.SWITCHED: undo_switch,
    Action.Kind.MERGED: undo_merge,
    Action.Kind.SPLIT: undo_split,
}

#: What whoever may read may do, and so undo; the rest takes the right to answer.
READERS_OWN: frozenset[str] = frozenset(
    {Action.Kind.STARRED, Action.Kind.READ, Action.Kind.UNREAD}
)


def can_undo(action: Action, by: "User") -> bool:
    """Whether it is worth offering: of a kind that can be undone, and done by ``by``."""
    return action.kind in UNDOERS and action.user_id == by.pk


@transaction.atomic
def undo(action: Action, *, by: "User") -> Conversation:
    """Take back what ``by`` did; return the conversation. A second time does nothing.

    ValidationError if somebody changed it again since or it can't be undone, in words;
    PermissionDenied if it was not ``by``, or if they may not do it any more.
    """
    if action.user_id != by.pk:
        raise PermissionDenied(_("Only who did something can undo it."))
    undoer = UNDOERS.get(action.kind)
    if undoer is None:
        raise CannotUndoError
    row = _conversation_of(action)
    _require_right(by, row, action)
    if not _is_undone(action):
        undoer(row, action, by)
        note_action(
            Action.Kind.UNDONE, row, by=by, action=action.pk, kind=str(action.kind)
        )
    return row


def _conversation_of(action: Action) -> Conversation:
    """Return the conversation, locked, if it is still one of its own."""
    number = action.conversation_number or 0
    found = Conversation.objects.filter(pk=number).first()
    if found is None:
        raise ValidationError(_("Not undone: the conversation was deleted."))
    row = locked(found)
    if row.pk != number:
        raise ValidationError(
            _("Not undone: it has become part of conversation #%(number)s.")
            % {"number": row.pk}
        )
    return row


def _require_right(by: "User", row: Conversation, action: Action) -> None:
    if action.kind not in READERS_OWN:
        require_reply(by, row)
    elif not permissions.can_read(by, row.mailbox):
        raise PermissionDenied


def _is_undone(action: Action) -> bool:
    of_it = Action.objects.filter(conversation_number=action.conversation_number)
    return of_it.filter(kind=Action.Kind.UNDONE, data__action=action.pk).exists()
