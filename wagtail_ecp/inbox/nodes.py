"""Messages as threading sees them."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from wagtail_ecp.inbox.models import Message, MessageIdentifier
from wagtail_ecp.mail.threading import Node

if TYPE_CHECKING:
    from django.db.models import QuerySet


def id_hash(message_id: str) -> str:
    """Return the form in which ids are stored and compared; of "" too."""
    return hashlib.sha256(message_id.encode()).hexdigest()[:40]


def as_node(message: Message, cites: Collection[str]) -> Node:
    """Return ``message``, saved or not, as threading sees it."""
    return Node(
        key=message.pk or 0,
        mailbox=message.mailbox_id,
        own_id=message.id_hash if message.message_id else "",
        cites=frozenset(cites),
        sender=message.sender_key,
        participants=frozenset(message.participants),
        subject=message.subject_key,
        is_reply=message.is_reply,
        at=message.at,
        is_ours=message.is_ours,
        is_forged=message.authentication == Message.Authentication.FAIL,
    )


#: What ``as_node`` reads; bodies stay in the database.
COLUMNS = (
    "mailbox_id",
    "conversation_id",
    "message_id",
    "id_hash",
    "sender_key",
    "participants",
    "subject_key",
    "is_reply",
    "at",
    "direction",
    "authentication",
)


def identifiers_near(node: Node) -> "QuerySet[MessageIdentifier]":
    """Return, in one query, every mention of an id that may link to ``node``.

    That is: who bears what it cites, who bears or cites its own id, and who else cites
    what nobody bears.
    """
    holders = MessageIdentifier.objects.filter(is_own=True, id_hash=OuterRef("id_hash"))
    cited = Q(id_hash__in=list(node.cites))
    near = cited & (Q(is_own=True) | Q(~Exists(holders)))
    if node.own_id:
        near |= Q(id_hash=node.own_id)
    return MessageIdentifier.objects.filter(near)


def nodes_of(identifiers: Iterable[MessageIdentifier]) -> dict[int, Node]:
    """Return nodes by message, each with those citations that ``identifiers`` has."""
    messages: dict[int, Message] = {}
    cites: dict[int, set[str]] = defaultdict(set)
    for identifier in identifiers:
        messages[identifier.message_id] = identifier.message
        if not identifier.is_own:
            cites[identifier.message_id].add(identifier.id_hash)
    return {pk: as_node(message, cites[pk]) for pk, message in messages.items()}


def holders_of(identifiers: Iterable[MessageIdentifier]) -> dict[str, list[Node]]:
    """Return by id the nodes that bear it."""
    found: dict[str, list[Node]] = defaultdict(list)
    for identifier in identifiers:
        if identifier.is_own:
            found[identifier.id_hash].append(as_node(identifier.message, ()))
    return found


def whole_nodes(conversation_ids: Collection[int]) -> list[Node]:
    """Return all messages of these conversations with all that they cite."""
    messages = Message.objects.filter(conversation__in=conversation_ids)
    cites: dict[int, set[str]] = defaultdict(set)
    cited = MessageIdentifier.objects.filter(
        is_own=False, message__conversation__in=conversation_ids
    )
    for message_id, cited_id in cited.values_list("message_id", "id_hash"):
        cites[message_id].add(cited_id)
    return [as_node(message, cites[message.pk]) for message in messages.only(*COLUMNS)]


def holders_anywhere(id_hashes: Collection[str]) -> dict[str, list[Node]]:
    """Return by id every message of the installation that bears it."""
    rows = MessageIdentifier.objects.filter(is_own=True, id_hash__in=list(id_hashes))
    return holders_of(rows.select_related("message"))
