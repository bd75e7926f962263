"""Folders, and what the team has seen."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.actions.judging import had_spam, judge, undo_judgement
from wagtail_ecp.inbox.actions.steps import (
    ChangedSinceError,
    locked,
    note_action,
    require_reply,
)
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.filing import file, file_back, summarise
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
)
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam.models import Mark

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Verdict = Mark.Verdict


@transaction.atomic
def move_to(folder: Folder, conversation: Conversation, *, by: "User") -> Action | None:
    """File ``conversation`` in ``folder`` of its mailbox; None if it lies there."""
    require_reply(by, conversation)
    row = locked(conversation)
    if row.folder == folder:
        return None
    # Into Spam and out of it is a judgement as well.
    judged = None
    if folder == Folder.SPAM:
        judged = judge(row, Verdict.SPAM, by=by)
    elif row.folder == Folder.SPAM and folder != Folder.TRASH:
        judged = judge(row, Verdict.WANTED, by=by)
    filed = file(row, folder, by=by, mark=judged)
    if judged and had_spam(judged):
        summarise(row)
    return filed


def undo_move(row: Conversation, action: Action, by: "User") -> None:
    """Put the conversation back, with the verdicts on its mail if they went with it."""
    if "mark" in action.data:
        undo_judgement(row, Action.objects.get(pk=action.data["mark"]), by)
    elif row.folder != action.data["after"]:
        raise ChangedSinceError
    else:
        file_back(row, action, by=by)


@transaction.atomic
def mark_read(
    conversation: Conversation, *, by: "User", is_read: bool = True
) -> Action | None:
    """Say that the team has seen it, or has yet to; readers may. None if it is so."""
    row = _readable(conversation, by=by)
    if row.is_unread != is_read:
        return None
    _set_read(row, is_read=is_read)
    kind = Action.Kind.READ if is_read else Action.Kind.UNREAD
    return note_action(kind, row, by=by)


def undo_mark_read(row: Conversation, action: Action, by: "User") -> None:  # noqa: ARG001
    """Make unread what was marked read, and the other way round."""
    was_read = action.kind == Action.Kind.READ
    if row.is_unread == was_read:
        raise ChangedSinceError
    _set_read(row, is_read=not was_read)


def _readable(conversation: Conversation, *, by: "User") -> Conversation:
    if not permissions.can_read(by, conversation.mailbox):
        raise PermissionDenied
    return locked(conversation)


def _set_read(row: Conversation, *, is_read: bool) -> None:
    with counted(row):
        row.is_unread = not is_read
        row.keep("is_unread")
