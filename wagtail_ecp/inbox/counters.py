"""Keeps the folders' counters, in the transaction that changes what they count."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from wagtail_ecp.inbox.models import (
    SNOOZED,
    AssigneeCounter,
    Conversation,
    Folder,
    FolderCounter,
)


class Position(NamedTuple):
    """What of a conversation is counted, and where."""

    mailbox_id: int
    folder: str
    is_unread: bool
    assignee_id: Any

    @property
    def is_nobodys(self) -> bool:
        """Whether it waits in the inbox for somebody to take it."""
        return self.folder == Folder.INBOX and self.assignee_id is None

    @property
    def is_somebodys(self) -> bool:
        """Whether it lies in the inbox for one member."""
        return self.folder == Folder.INBOX and self.assignee_id is not None


@contextmanager
def counted(*conversations: Conversation) -> Iterator[None]:
    """Count what the block changes; the rows must be locked or new."""
    before = [_position(conversation) for conversation in conversations]
    yield
    after = [_position(conversation) for conversation in conversations]
    _count([(position, -1) for position in before] + [(p, 1) for p in after])


def uncount(conversations: Iterable[Conversation]) -> None:
    """Leave these out of the numbers, in the transaction that deletes them."""
    _count([(_position(conversation), -1) for conversation in conversations])


def _position(conversation: Conversation) -> Position | None:
    if conversation._state.adding or conversation.merged_into_id:
        return None
    return Position(
        conversation.mailbox_id,
        SNOOZED if conversation.snoozed_until else conversation.folder,
        conversation.is_unread,
        conversation.assignee_id,
    )


def _count(signed: Iterable[tuple[Position | None, int]]) -> None:
    """Add up what these positions come to, and write what is not nothing."""
    folders: dict[tuple[int, str], Counter[str]] = {}
    members: Counter[tuple[int, Any]] = Counter()
    for position, sign in signed:
        if position is None:
            continue
        key = (position.mailbox_id, position.folder)
        change = folders.setdefault(key, Counter())
        change["conversations"] += sign
        change["unread"] += sign * position.is_unread
        change["unassigned"] += sign * position.is_nobodys
        if position.is_somebodys:
            members[position.mailbox_id, position.assignee_id] += sign
    for (mailbox_id, folder), change in sorted(folders.items()):
        if any(change.values()):
            _add(FolderCounter, change, mailbox_id=mailbox_id, folder=folder)
    for (mailbox_id, user_id), number in sorted(members.items()):
        if number:
            change = Counter(conversations=number)
            _add(AssigneeCounter, change, mailbox_id=mailbox_id, user_id=user_id)


def _add(
    model: type[FolderCounter | AssigneeCounter], change: Counter[str], **key: Any
) -> None:
    rows: QuerySet[Any] = model._default_manager.all()
    sums = {name: F(name) + number for name, number in change.items() if number}
    if not rows.filter(**key).update(**sums):  # The first one.
        rows.bulk_create([model(**key)], ignore_conflicts=True)
        _add(model, change, **key)
