"""Finds the conversation that a new message belongs to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Exists, OuterRef

from wagtail_ecp.accounts.models import Installation
from wagtail_ecp.inbox.identity import conversation_signed_in
from wagtail_ecp.inbox.models import Conversation, Message, MessageIdentifier
from wagtail_ecp.inbox.nodes import (
    COLUMNS,
    holders_of,
    identifiers_near,
    nodes_of,
)
from wagtail_ecp.mail.threading import Link, Node, Rule, links

#: The key of the message that has no row yet.
NEW = 0

STRENGTH = list(Rule)


@dataclass
class Place:
    """Where a new message goes."""

    #: The conversations that it is linked to, the best first; none: it begins one.
    #: Their rows are locked until the commit.
    conversations: list[Conversation] = field(default_factory=list)
    reason: str = Message.Reason.FIRST
    #: Conversations whose own links the arrival may have changed.
    unsettled: set[int] = field(default_factory=set)

    def add(self, conversation: Conversation, reason: str) -> None:
        """Add a conversation; the first one says why the message is here."""
        if not self.conversations:
            self.reason = reason
        if conversation not in self.conversations:
            self.conversations.append(conversation)


def lock() -> None:
    """Let one message at a time be threaded, else two that cite each other may miss.

    SQLite's IMMEDIATE transactions do so by themselves.
    """
    if connection.features.has_select_for_update:
        Installation.objects.select_for_update().only("pk").get()


def find(node: Node, *, cited_ids: Sequence[str] = ()) -> Place:
    """Return the place of ``node``, a message that has no row yet; see ``lock``.

    ``cited_ids`` are the ids that it cites, the nearest first.
    """
    near = _near(node)
    nodes = nodes_of(near)
    holders = holders_of(near)
    if node.own_id:
        holders.setdefault(node.own_id, []).append(node)
    found = links([node, *nodes.values()], holders)
    touching = [link for link in found if NEW in (link.one, link.other)]
    conversation_of = {row.message_id: row.message.conversation for row in near}
    place = Place()
    for link in sorted(touching, key=lambda link: STRENGTH.index(link.rule)):
        other = link.other if link.one == NEW else link.one
        place.add(conversation_of[other], link.rule)
    if not place.conversations and not node.is_forged:
        _follow_signature(place, cited_ids)
    place.unsettled = _unsettled(node, near, touching=touching)
    if _is_loose(node, holders):
        place.unsettled |= _alike(node)
    return place


def _near(node: Node) -> list[MessageIdentifier]:
    columns = [f"message__{column}" for column in COLUMNS]
    columns += [f"message__conversation__{f.name}" for f in Conversation._meta.fields]
    nameless = Message.objects.filter(
        conversation=OuterRef("message__conversation"), message_id=""
    )
    rows = identifiers_near(node).select_related("message__conversation")
    rows = rows.only("id_hash", "is_own", *columns)
    if connection.features.has_select_for_update_of:
        rows = rows.select_for_update(of=("message__conversation",))
    return list(rows.annotate(is_beside_nameless=Exists(nameless)))


def _follow_signature(place: Place, cited_ids: Iterable[str]) -> None:
    """Our mark in an id proves that we wrote it, also when its row is gone."""
    signed = (conversation_signed_in(cited) for cited in cited_ids)
    conversation = next((found for found in signed if found), None)
    if conversation:
        place.add(conversation.whole, Message.Reason.SIGNED)


def _unsettled(
    node: Node, near: Iterable[MessageIdentifier], *, touching: Iterable[Link]
) -> set[int]:
    """Return conversations held together by the fact that nobody had this id.

    If everybody who cites the newcomer is linked to it, they are linked through it now;
    if a stranger cites it, or somebody took another copy for it, or a nameless message
    is there by its subject alone, the links have to be found again.
    """
    linked = {link.one for link in touching} | {link.other for link in touching}
    mentions = [row for row in near if row.id_hash == node.own_id]
    has_twin = any(row.is_own for row in mentions)
    return {
        row.message.conversation_id
        for row in mentions
        if not row.is_own
        and (has_twin or row.message_id not in linked or row.is_beside_nameless)  # type: ignore[attr-defined]
    }


def _is_loose(node: Node, holders: Mapping[str, Sequence[Node]]) -> bool:
    others = [h for cited in node.cites for h in holders.get(cited, ()) if h != node]
    return not others and (node.is_reply or not node.own_id) and not node.is_forged


def _alike(node: Node) -> set[int]:
    """Return the conversations of messages that rule 4 may link to ``node``."""
    alike = Message.objects.filter(
        mailbox=node.mailbox, sender_key=node.sender, subject_key=node.subject
    )
    if node.own_id:
        alike = alike.filter(message_id="")
    return set(alike.values_list("conversation_id", flat=True))
