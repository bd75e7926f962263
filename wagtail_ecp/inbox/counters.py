"""Keeps the folders' counters, in the transaction that changes what they count.

Whatever becomes of a conversation, its folder gets a new version by the same statement.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db.models import F, QuerySet
from django.db.models.functions import Now

from wagtail_ecp.inbox import news
from wagtail_ecp.inbox.models import (
    SNOOZED,
    AssigneeCounter,
    Conversation,
    Folder,
    FolderCounter,
)
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet


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
def counted(*conversations: Conversation, touches: bool = True) -> Iterator[None]:
    """Count what the block changes; the rows must be locked or new.

    Without ``touches`` the folders get a new version only if a number changes: what
    comes in is known by its own number, and spares a statement.
    """
    before = [_position(conversation) for conversation in conversations]
    were = [(c, c.mailbox_of_news) for c in conversations if not c._state.adding]
    yield
    after = [_position(conversation) for conversation in conversations]
    signed = [(position, -1) for position in before] + [(p, 1) for p in after]
    _count(signed, touches=touches)
    for conversation, mailbox in were:
        if conversation.mailbox_of_news not in (mailbox, None):
            news.tell(conversation)


def touch(conversation: Conversation, *columns: str) -> None:
    """Save that a locked row changed, and columns that are not counted."""
    conversation.keep("version", *columns)
    _count([(_position(conversation), 0)], touches=True)


def touch_all(conversations: ConversationQuerySet, **columns: Any) -> None:
    """Do that with many that need not be read; ``columns`` are written as well."""
    mailboxes = conversations.order_by().values("mailbox")
    FolderCounter.objects.filter(mailbox__in=mailboxes).update(**_touched())
    conversations.update(**columns, **_touched())


def uncount(conversations: Iterable[Conversation]) -> None:
    """Leave these out of the numbers, in the transaction that deletes them."""
    signed = [(_position(conversation), -1) for conversation in conversations]
    _count(signed, touches=True)


def _position(conversation: Conversation) -> Position | None:
    if conversation._state.adding or conversation.merged_into_id:
        return None
    return Position(
        conversation.mailbox_id,
        SNOOZED if conversation.snoozed_until else conversation.folder,
        conversation.is_unread,
        conversation.assignee_id,
    )


def _count(signed: Iterable[tuple[Position | None, int]], *, touches: bool) -> None:
    """Add up what these positions come to, and write that there was a change."""
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
        if touches or any(change.values()):
            sums = _sums(change) | _touched()
            _add(FolderCounter, sums, mailbox_id=mailbox_id, folder=folder)
    for (mailbox_id, user_id), number in sorted(members.items()):
        if number:
            sums = _sums(Counter(conversations=number))
            _add(AssigneeCounter, sums, mailbox_id=mailbox_id, user_id=user_id)


def _sums(change: Counter[str]) -> dict[str, Any]:
    return {name: F(name) + number for name, number in change.items() if number}


def _touched() -> dict[str, Any]:
    return {"version": F("version") + 1, "changed_at": Now()}


def _add(
    model: type[FolderCounter | AssigneeCounter], sums: dict[str, Any], **key: Any
) -> None:
    rows: QuerySet[Any] = model._default_manager.all()
    if not rows.filter(**key).update(**sums):  # The first one.
        rows.bulk_create([model(**key)], ignore_conflicts=True)
        _add(model, sums, **key)
