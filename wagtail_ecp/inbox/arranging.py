"""Moves messages between conversations: merge, its undo, and splits."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from wagtail_ecp.inbox import belongings, news, summaries
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.models import Conversation, Folder, KeptApart, Merge, Message
from wagtail_ecp.inbox.nodes import holders_anywhere, whole_nodes
from wagtail_ecp.journal.actions import display_name, record
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.threading import Link, Node, Rule, connected, links

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Of two conversations that become one, the folder that is first here wins.
FOLDERS = (Folder.INBOX, Folder.ARCHIVE, Folder.TRASH, Folder.SPAM)


def locked(numbers: Collection[int]) -> list[Conversation]:
    """Return these conversations, lowest number first, locked until the commit."""
    rows = Conversation.objects.select_for_update().filter(pk__in=numbers)
    return list(rows.order_by("pk"))


def are_kept_apart(one: int, other: int) -> bool:
    """Whether a person separated these two."""
    lower, higher = sorted((one, other))
    return KeptApart.objects.filter(lower=lower, higher=higher).exists()


def keep_apart(one: int, other: int) -> None:
    """Never let a machine merge these two again."""
    lower, higher = sorted((one, other))
    KeptApart.objects.get_or_create(lower_id=lower, higher_id=higher)


def merge(kept: Conversation, gone: Conversation, *, by: "User | None" = None) -> Merge:
    """Make ``gone`` part of ``kept``; both are locked. Its number leads there for ever.

    A person may join what was kept apart.
    """
    moved = list(gone.messages.values_list("pk", flat=True))
    taken = belongings.take(gone, kept)
    before = belongings.standing(kept)
    with counted(kept, gone):
        Message.objects.filter(pk__in=moved).update(conversation=kept)
        _inherit(kept, gone)
        gone.merged_into = kept
        gone.is_to_be_indexed = True
        _refresh(kept)
        gone.keep("merged_into", "is_to_be_indexed")
    news.tell(kept)
    _follow(gone.pk, kept.pk)
    if by is not None:
        lower, higher = sorted((kept.pk, gone.pk))
        KeptApart.objects.filter(lower=lower, higher=higher).delete()
    data = taken | {"before": before, "after": belongings.standing(kept)}
    row = Merge.objects.create(
        kept=kept,
        gone=gone,
        message_ids=moved,
        data=data,
        by=by,
        by_name=display_name(by),
    )
    told = {"with": gone.pk, "merge": row.pk, "folder": str(kept.folder)}
    record_on(kept, Action.Kind.MERGED, by=by, data=told)
    record_on(gone, Action.Kind.MERGED, by=by, data={"into": kept.pk})
    return row


def unmerge(row: Merge, *, by: "User") -> Conversation:
    """Undo a merge: what came by it goes back, and no machine merges the two again."""
    kept, gone = sorted(
        locked([row.kept_id, row.gone_id]), key=lambda c: c.pk != row.kept_id
    )
    with counted(kept, gone):
        kept.messages.filter(pk__in=row.message_ids).update(conversation=gone)
        belongings.give_back(kept, gone, row.data)
        gone.merged_into = None
        for conversation in (kept, gone):
            conversation.is_arranged = True
            _refresh(conversation)
    news.tell(gone)
    keep_apart(kept.pk, gone.pk)
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    told = {"from": gone.pk, "messages": row.message_ids, "folder": str(kept.folder)}
    record_on(kept, Action.Kind.UNMERGED, by=by, data=told)
    told = {"of": kept.pk, "folder": str(gone.folder)}
    record_on(gone, Action.Kind.UNMERGED, by=by, data=told)
    return gone


def split(
    source: Conversation, messages: "Iterable[Message]", *, by: "User | None" = None
) -> tuple[Conversation, Action]:
    """Put some messages of a locked conversation into a new one of the same standing.

    Returns that and what the journal says of it. What a person separates is never
    merged again by a machine, and lies in the mailbox that it lay in.
    """
    chosen = list(messages)
    part = summaries.begin(chosen[0])
    part.mailbox_id = source.mailbox_id if by else chosen[0].mailbox_id
    part.file_in(source.folder)
    part.is_unread = source.is_unread
    part.assignee_id, part.assignee_name = source.assignee_id, source.assignee_name
    part.is_arranged = by is not None
    with counted(part):
        part.keep()
    if by is not None:
        source.is_arranged = True
        keep_apart(source.pk, part.pk)
    return part, _move(chosen, source, part, by=by)


def settle(numbers: Collection[int]) -> None:
    """Find these conversations' links again; merge and split them to what is connected.

    What a person arranged stays together, and what a person separated stays apart.
    """
    conversations = {c.pk: c for c in locked(numbers)}
    nodes = whole_nodes(conversations)
    messages = _rows_of(nodes)
    where = {message.pk: message.conversation_id for message in messages}
    mentioned = {cited for node in nodes for cited in node.cites}
    found = list(links(nodes, holders_anywhere(mentioned)))
    found += _links_by_hand(conversations.values(), messages)
    sets = connected(where, found)
    owners = _owners(where, sets)
    for members, owner in zip(sets, owners, strict=True):
        present = sorted({where[key] for key in members})
        if _may_be_one(present):
            _gather(members, owner, present, conversations)


def _rows_of(nodes: Iterable[Node]) -> list[Message]:
    keys = [node.key for node in nodes]
    columns = ("pk", "conversation_id", "reason")
    return list(Message.objects.filter(pk__in=keys).only(*columns).order_by("pk"))


#: Messages that are where they are by more than what they cite.
BY_HAND = (Message.Reason.WRITTEN, Message.Reason.SIGNED)


def _links_by_hand(
    conversations: Iterable[Conversation], messages: Iterable[Message]
) -> list[Link]:
    """Tie what a person put in a conversation, or our mark, to its first message."""
    arranged = {c.pk for c in conversations if c.is_arranged}
    first: dict[int, int] = {}
    return [
        Link(
            first.setdefault(message.conversation_id, message.pk),
            message.pk,
            Rule.CITES,
        )
        for message in messages
        if first.setdefault(message.conversation_id, message.pk)
        and (message.conversation_id in arranged or message.reason in BY_HAND)
    ]


def _owners(where: dict[int, int], sets: Sequence[set[int]]) -> list[int | None]:
    """Return for each set the conversation that it stays in, the lowest number first.

    A conversation stays with its first message if it can, else with any; None stands
    for a new conversation.
    """
    owners: list[int | None] = [None] * len(sets)
    for keys in (_first_keys(where), where):
        for key, index in _places(keys, sets):
            if owners[index] is None and where[key] not in owners:
                owners[index] = where[key]
    return owners


def _first_keys(where: dict[int, int]) -> list[int]:
    """Return each conversation's first message, by conversation."""
    first: dict[int, int] = {}
    for key, number in where.items():
        first.setdefault(number, key)
    return [first[number] for number in sorted(first)]


def _places(keys: Iterable[int], sets: Sequence[set[int]]) -> Iterable[tuple[int, int]]:
    index_of = {key: index for index, members in enumerate(sets) for key in members}
    return [(key, index_of[key]) for key in keys]


def _may_be_one(numbers: Sequence[int]) -> bool:
    inside = Q(lower__in=numbers, higher__in=numbers)
    return len(numbers) < 2 or not KeptApart.objects.filter(inside).exists()  # noqa: PLR2004


def _gather(
    members: set[int],
    owner: int | None,
    present: Sequence[int],
    conversations: dict[int, Conversation],
) -> None:
    """Bring ``members``, now in the conversations ``present``, into one."""
    for number in present:
        source = conversations[number]
        inside = source.messages.filter(pk__in=members)
        is_all = not source.messages.exclude(pk__in=members).exists()
        if owner is None:
            owner = split(source, inside)[0].pk
            conversations[owner] = Conversation.objects.get(pk=owner)
        elif number != owner and is_all:
            merge(conversations[owner], source)
        elif number != owner:
            _move(inside, source, conversations[owner])


def _move(
    messages: "Iterable[Message]",
    source: Conversation,
    target: Conversation,
    *,
    by: "User | None" = None,
) -> Action:
    """Put messages elsewhere; both histories tell, and the row of ``source`` is back."""
    numbers = [message.pk for message in messages]
    with counted(source, target):
        Message.objects.filter(pk__in=numbers).update(conversation=target)
        _refresh(source)
        _refresh(target)
    news.tell(target)
    told = {"from": source.pk, "folder": str(target.folder)}
    record_on(target, Action.Kind.SPLIT, by=by, data=told)
    told = {"into": target.pk, "messages": numbers, "folder": str(source.folder)}
    return record_on(source, Action.Kind.SPLIT, by=by, data=told)


def _inherit(kept: Conversation, gone: Conversation) -> None:
    """Let ``kept`` be where either would have to be seen.

    Of what lies in the inbox, one that is awake keeps the other awake, and the first
    that is to wake wakes both.
    """
    sleeping = [c.snoozed_until for c in (kept, gone) if c.folder == Folder.INBOX]
    kept.file_in(min(kept.folder, gone.folder, key=FOLDERS.index))
    if kept.folder == Folder.INBOX:
        times = [until for until in sleeping if until]
        kept.snoozed_until = min(times) if times and all(sleeping) else None
    kept.is_unread = kept.is_unread or gone.is_unread
    kept.is_arranged = kept.is_arranged or gone.is_arranged
    kept.is_to_be_assigned |= gone.is_to_be_assigned
    if kept.assignee_id is None and belongings.may_come_along(gone, kept):
        kept.assignee_id, kept.assignee_name = gone.assignee_id, gone.assignee_name


def _refresh(conversation: Conversation) -> None:
    summaries.refresh(conversation, conversation.messages.in_order())
    conversation.keep()


def _follow(gone: int, kept: int) -> None:
    """Keep apart from ``kept`` whatever was kept apart from ``gone``."""
    for row in KeptApart.objects.filter(Q(lower=gone) | Q(higher=gone)):
        other = row.higher_id if row.lower_id == gone else row.lower_id
        if other != kept:
            keep_apart(other, kept)


def record_on(
    conversation: Conversation,
    kind: Action.Kind,
    *,
    by: "User | None",
    data: dict[str, Any],
) -> Action:
    """Write down what was done to ``conversation``, by a person or a machine."""
    return record(
        kind,
        mailbox=conversation.mailbox_id,
        conversation=conversation.pk,
        by=by,
        data=data,
    )
