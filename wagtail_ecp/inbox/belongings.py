"""What a conversation has beside its messages, and what of it a merge takes along.

Notes and drafts move. Tags, stars and follows stay on the part that is hidden then, and
are put on the whole as well, so that an undo has nothing to guess.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.dateparse import parse_datetime

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import (
    Conversation,
    ConversationTag,
    Draft,
    Follow,
    Note,
    Presence,
    Star,
)

#: By the name in a merge's data: the model, and what it ties to the conversation.
TIES: dict[str, tuple[Any, str]] = {
    "tags": (ConversationTag, "tag_id"),
    "stars": (Star, "user_id"),
    "follows": (Follow, "user_id"),
}


def take(gone: Conversation, kept: Conversation) -> dict[str, Any]:
    """Bring to ``kept`` what ``gone`` has; return what ``give_back`` needs to know."""
    notes = list(gone.notes.values_list("pk", flat=True))
    Note.objects.filter(pk__in=notes).update(conversation=kept)
    drafts = list(gone.drafts.values_list("pk", flat=True))
    _move_drafts(drafts, kept)
    Presence.objects.filter(conversation=gone).delete()  # They tell anew, where it is.
    taken: dict[str, Any] = {"notes": notes, "drafts": drafts}
    for name in TIES:
        taken[name] = _tie(name, gone, kept)
    return taken


def _tie(name: str, gone: Conversation, kept: Conversation) -> list[str]:
    """Tie to ``kept`` what is tied to ``gone`` alone; return it, by key."""
    model, column = TIES[name]
    rows = model._default_manager
    present = rows.filter(conversation=kept).values(column)
    missing = rows.filter(conversation=gone).exclude(**{f"{column}__in": present})
    keys = list(missing.order_by("pk").values_list(column, flat=True))
    rows.bulk_create(model(conversation=kept, **{column: key}) for key in keys)
    return [str(key) for key in keys]


def give_back(kept: Conversation, gone: Conversation, data: dict[str, Any]) -> None:
    """Undo ``take``, and make ``kept`` what it was where nobody has changed it since.

    A merge from before there was such data gives back nothing.
    """
    kept.notes.filter(pk__in=data.get("notes", ())).update(conversation=gone)
    mine = kept.drafts.filter(pk__in=data.get("drafts", ()))
    _move_drafts(list(mine.values_list("pk", flat=True)), gone)
    for name, (model, column) in TIES.items():
        keys = {f"{column}__in": data.get(name, ())}
        model._default_manager.filter(conversation=kept, **keys).delete()
    if "before" in data:
        _restore(kept, data["before"], data["after"])


def standing(row: Conversation) -> dict[str, str | bool]:
    """Return what a merge may change of the conversation that stays."""
    until = row.snoozed_until
    return {
        "folder": str(row.folder),
        "until": until.isoformat() if until else "",
        "is_unread": row.is_unread,
        "assignee": "" if row.assignee_id is None else str(row.assignee_id),
    }


def _restore(row: Conversation, before: dict[str, Any], after: dict[str, Any]) -> None:
    now = standing(row)
    if (now["folder"], now["until"]) == (after["folder"], after["until"]):
        row.file_in(before["folder"])
        row.snoozed_until = parse_datetime(before["until"]) if before["until"] else None
    if now["is_unread"] == after["is_unread"]:
        row.is_unread = before["is_unread"]
    if now["assignee"] == after["assignee"] and not before["assignee"]:
        row.assignee_id, row.assignee_name = None, ""


def may_come_along(gone: Conversation, kept: Conversation) -> bool:
    """Whether who answers for ``gone`` may do so in the mailbox of ``kept``."""
    if gone.mailbox_id == kept.mailbox_id or gone.assignee is None:
        return True
    return permissions.can_reply(gone.assignee, kept.mailbox)


def _move_drafts(numbers: Iterable[int], to: Conversation) -> None:
    rows = Draft.objects.filter(pk__in=numbers)
    rows.update(conversation=to, mailbox=to.mailbox_id)
