"""Puts conversations, whose rows are locked, into folders: by hand and by verdict."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wagtail_ecp.inbox import summaries
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.models import Conversation, Folder, Message
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User


#: What a change of folder changes beside it.
TIMES = ("junked_at", "snoozed_until", "came_back_at")


def file(
    row: Conversation,
    folder: str,
    *,
    by: "User | None",
    mark: Action | None = None,
    undoes: Action | None = None,
) -> Action | None:
    """File ``row`` in ``folder``; ``by`` None: the machine does; None if it is there.

    ``mark`` is the judgement that the folder follows, with which it is undone;
    ``undoes`` is the filing that is taken back.
    """
    before, times = row.folder, _times(row)
    if before == folder:
        return None
    with counted(row):
        row.file_in(folder)
        row.came_back_at = None
        row.keep("folder", *TIMES)
    data: dict[str, Any] = {"before": before, "after": folder}
    if times:
        data["times"] = times
    if mark is not None:
        data["mark"] = mark.pk
    if undoes is not None:
        data["undoes"] = undoes.pk
    return record(
        Action.Kind.CHANGED_FOLDER,
        mailbox=row.mailbox_id,
        conversation=row.pk,
        by=by,
        data=data,
    )


def file_back(row: Conversation, filed: Action, *, by: "User") -> None:
    """Put ``row`` where it was before it was ``filed``, as it was there."""
    file(row, filed.data["before"], by=by, undoes=filed)
    times = filed.data.get("times", {})
    with counted(row):
        for name in TIMES:
            at = times.get(name)
            setattr(row, name, datetime.fromisoformat(at) if at else None)
        row.keep(*TIMES)


def _times(row: Conversation) -> dict[str, str]:
    """Return those that are set, as the journal keeps them."""
    found = {name: getattr(row, name) for name in TIMES}
    return {name: at.isoformat() for name, at in found.items() if at}


def summarise(row: Conversation, messages: Iterable[Message] | None = None) -> None:
    """Tell anew in ``row`` what its messages, read if not given, say of it."""
    with counted(row):
        summaries.refresh(row, messages or row.messages.in_order())
        row.keep()


def file_by_verdicts(
    row: Conversation, *, by: "User | None", mark: Action | None = None
) -> None:
    """Let the folder follow the messages' verdicts, and the list what they leave.

    Nothing but spam goes to Spam; what holds an accepted message comes back from there.
    What lies in the trash stays.
    """
    messages = list(row.messages.in_order())
    is_all_spam = all(message.is_spam for message in messages)
    if is_all_spam and row.folder != Folder.TRASH:
        file(row, Folder.SPAM, by=by, mark=mark)
    elif row.folder == Folder.SPAM and not is_all_spam:
        file(row, Folder.INBOX, by=by, mark=mark)
    summarise(row, messages)
