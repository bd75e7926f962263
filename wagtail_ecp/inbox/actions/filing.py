"""Folders, and what the team has seen."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.actions.judging import judge
from wagtail_ecp.inbox.actions.steps import locked, require_reply
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.filing import file, summarise
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
)
from wagtail_ecp.spam.models import Mark

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Verdict = Mark.Verdict


@transaction.atomic
def move_to(folder: Folder, conversation: Conversation, *, by: "User") -> None:
    """File ``conversation`` in ``folder`` of its mailbox."""
    require_reply(by, conversation)
    row = locked(conversation)
    if row.folder == folder:
        return
    # Into Spam and out of it is a judgement as well.
    had_spam = False
    if folder == Folder.SPAM:
        had_spam = judge(row, Verdict.SPAM, by=by)
    elif row.folder == Folder.SPAM and folder != Folder.TRASH:
        had_spam = judge(row, Verdict.WANTED, by=by)
    file(row, folder, by=by)
    if had_spam:
        summarise(row)


@transaction.atomic
def mark_read(conversation: Conversation, *, by: "User", is_read: bool = True) -> None:
    """Note that the team has seen ``conversation``, or has yet to."""
    if not permissions.can_read(by, conversation.mailbox):
        raise PermissionDenied
    row = locked(conversation)
    with counted(row):
        row.is_unread = not is_read
        row.save(update_fields=["is_unread"])
