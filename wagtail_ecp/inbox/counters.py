"""Keeps the folders' counters, in the transaction that changes what they count."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db.models import F

from wagtail_ecp.inbox.models import Conversation, FolderCounter


class Position(NamedTuple):
    """What of a conversation is counted, and where."""

    mailbox_id: int
    folder: str
    is_unread: bool


@contextmanager
def counted(*conversations: Conversation) -> Iterator[None]:
    """Count what the block changes; the rows must be locked or new."""
    before = [_position(conversation) for conversation in conversations]
    yield
    changes: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for positions, sign in (
        (before, -1),
        (map(_position, conversations), 1),
    ):
        for position in positions:
            if position:
                change = changes[position.mailbox_id, position.folder]
                change[0] += sign
                change[1] += sign * position.is_unread
    for key, (number, unread) in sorted(changes.items()):
        if number or unread:
            _add(*key, number=number, unread=unread)


def _position(conversation: Conversation) -> Position | None:
    if conversation._state.adding or conversation.merged_into_id:
        return None
    return Position(
        conversation.mailbox_id, conversation.folder, conversation.is_unread
    )


def _add(mailbox_id: int, folder: str, *, number: int, unread: int) -> None:
    rows = FolderCounter.objects.filter(mailbox_id=mailbox_id, folder=folder)
    changed = rows.update(
        conversations=F("conversations") + number, unread=F("unread") + unread
    )
    if not changed:  # The folder's first conversation.
        FolderCounter.objects.get_or_create(mailbox_id=mailbox_id, folder=folder)
        _add(mailbox_id, folder, number=number, unread=unread)
