"""Which messages belong together, decided by pairs, so that no order matters.

A conversation is a connected set of messages. Two messages are linked if

1. one cites the other and its sender is among the other's From, To or Cc;
2. one cites the other and the other is our own (a stranger may answer what we wrote),
   or the citing one was written here;
3. both cite the same id, which nobody has, and each one's sender takes part in the
   other, or the sender is the same;
4. one of them has no Message-ID, the other is a reply, sender and subject are the
   same, and neither cites a message that we have.

Ids are looked for in the message's own mailbox first and elsewhere only if it has none,
so that one mail to two mailboxes makes two conversations. A message whose sender failed
DMARC cites nothing (RFC 7489).
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: How far apart two messages of rule 4 may be: it is the weakest of the rules.
SAME_SUBJECT_WINDOW = timedelta(days=30)


class Rule(StrEnum):
    """Why two messages are linked, strongest first."""

    ANSWERS_US = "answers-us"
    CITES = "cites"
    SAME_UNKNOWN = "same-unknown"
    SAME_SUBJECT = "same-subject"


@dataclass(frozen=True, slots=True)
class Node:
    """What threading needs to know of a message."""

    key: int
    mailbox: int
    own_id: str  # "" if it has none
    cites: frozenset[str]
    sender: str
    participants: frozenset[str]  # From, To, Cc without our own addresses
    subject: str  # as compared: without "Re:" and case
    is_reply: bool
    at: datetime
    is_ours: bool = False
    is_forged: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """Two messages that belong together, and by which rule."""

    one: int
    other: int
    rule: Rule


Holders = Mapping[str, Collection[Node]]


def links(nodes: Sequence[Node], holders: Holders) -> Iterator[Link]:
    """Yield the links among ``nodes``.

    ``holders`` has, for each id that a node cites, every known message that bears it,
    whether it is among ``nodes`` or not.
    """
    among = {node.key for node in nodes}
    missing: dict[tuple[int, str], list[Node]] = defaultdict(list)
    for node in nodes:
        for cited_id in () if node.is_forged else sorted(node.cites):
            cited = resolve(node, cited_id, holders)
            if not cited:
                missing[node.mailbox, cited_id].append(node)
            for other in cited:
                rule = _rule_for_citing(node, other)
                if rule and other.key in among:
                    yield Link(node.key, other.key, rule)
    for citing in missing.values():
        yield from _links_by_missing_id(citing)
    yield from _links_by_subject(nodes, missing)


def resolve(node: Node, cited_id: str, holders: Holders) -> list[Node]:
    """Return the messages that ``node`` means by ``cited_id``, itself left out."""
    others = [other for other in holders.get(cited_id, ()) if other.key != node.key]
    near = [other for other in others if other.mailbox == node.mailbox]
    if near or not others:
        return near
    # Elsewhere it may lie in several mailboxes: one of them, always the same.
    mailbox = min(other.mailbox for other in others)
    return [other for other in others if other.mailbox == mailbox]


def connected(keys: Iterable[int], found: Iterable[Link]) -> list[set[int]]:
    """Return the connected sets of ``keys`` under these links."""
    parent = {key: key for key in keys}

    def root(key: int) -> int:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for link in found:
        parent[root(link.one)] = root(link.other)
    sets: dict[int, set[int]] = defaultdict(set)
    for key in parent:
        sets[root(key)].add(key)
    return list(sets.values())


def _rule_for_citing(node: Node, other: Node) -> Rule | None:
    if other.is_ours or node.is_ours:
        return Rule.ANSWERS_US
    return Rule.CITES if node.sender in other.participants else None


def _links_by_missing_id(citing: list[Node]) -> Iterator[Link]:
    """Rule 3: a chain for each sender, and a link between two that name each other."""
    by_sender: dict[str, list[Node]] = defaultdict(list)
    naming: dict[tuple[str, str], Node] = {}
    for node in citing:
        by_sender[node.sender].append(node)
        naming.update({(node.sender, name): node for name in node.participants})
    for chain in by_sender.values():
        for one, other in itertools.pairwise(chain):
            yield Link(one.key, other.key, Rule.SAME_UNKNOWN)
    for (sender, name), node in naming.items():
        other_way = naming.get((name, sender))
        if other_way and sender < name:
            yield Link(node.key, other_way.key, Rule.SAME_UNKNOWN)


def _links_by_subject(
    nodes: Sequence[Node], missing: Mapping[tuple[int, str], list[Node]]
) -> Iterator[Link]:
    """Rule 4, among messages that the better rules have nothing to say of.

    Who answers a message that we know answers no nameless one, so equal subjects of
    one sender stay apart.
    """
    unknown = {(node.key, cited) for (_, cited), ns in missing.items() for node in ns}
    alike: dict[tuple[int, str, str], list[Node]] = defaultdict(list)
    for node in nodes:
        is_loose = all((node.key, cited) in unknown for cited in node.cites)
        if node.sender and is_loose and not node.is_forged:
            alike[node.mailbox, node.sender, node.subject].append(node)
    for group in alike.values():
        nameless = [node for node in group if not node.own_id]
        replies = [node for node in group if node.is_reply]
        for one, other in itertools.product(nameless, replies):
            is_near = abs(one.at - other.at) <= SAME_SUBJECT_WINDOW
            if one.key != other.key and is_near:
                yield Link(one.key, other.key, Rule.SAME_SUBJECT)
