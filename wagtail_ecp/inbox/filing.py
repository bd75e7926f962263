"""Puts conversations, whose rows are locked, into folders: by hand and by verdict."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wagtail_ecp.inbox import summaries
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.models import Conversation, Folder, Message
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def file(row: Conversation, folder: str, *, by: "User | None") -> None:
    """File ``row`` in ``folder``; ``by`` None: the machine does."""
    before = row.folder
    if before == folder:
        return
    with counted(row):
        row.file_in(folder)
        row.came_back_at = None
        row.save(update_fields=["folder", "junked_at", "came_back_at"])
    record(
        Action.Kind.CHANGED_FOLDER,
        mailbox=row.mailbox_id,
        conversation=row.pk,
        by=by,
        data={"before": before, "after": folder},
    )


def summarise(row: Conversation, messages: Iterable[Message] | None = None) -> None:
    """Tell anew in ``row`` what its messages, read if not given, say of it."""
    with counted(row):
        summaries.refresh(row, messages or row.messages.in_order())
        row.save()


def file_by_verdicts(row: Conversation, *, by: "User | None") -> None:
    """Let the folder follow the messages' verdicts, and the list what they leave.

    Nothing but spam goes to Spam; what holds an accepted message comes back from there.
    What lies in the trash stays.
    """
    messages = list(row.messages.in_order())
    is_all_spam = all(message.is_spam for message in messages)
    if is_all_spam and row.folder != Folder.TRASH:
        file(row, Folder.SPAM, by=by)
    elif row.folder == Folder.SPAM and not is_all_spam:
        file(row, Folder.INBOX, by=by)
    summarise(row, messages)
