"""What the index is asked: phrases, all of them, any of them, none of them."""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from wagtail_ecp.inbox.search.tokens import (
    Zone,
    beginning,
    end,
    marked,
    tokens,
)
from wagtail_ecp.inbox.search.vocabulary import Operator


class Phrase(NamedTuple):
    """Words that follow each other; of the last one perhaps the beginning alone."""

    words: tuple[str, ...]
    is_open: bool = False


class AnyOf(NamedTuple):
    """One of these at least; of none nothing is found."""

    parts: tuple["Expression", ...]


class AllOf(NamedTuple):
    """Each of these."""

    parts: tuple["Expression", ...]


class Without(NamedTuple):
    """The one, where the other is not."""

    wanted: "Expression"
    unwanted: "Expression"


Expression: TypeAlias = Phrase | AnyOf | AllOf | Without


def contains(zone: Zone, words: tuple[str, ...]) -> Phrase:
    """Ask for the words anywhere in a zone."""
    return Phrase(tuple(marked(zone, words)))


def equals(zone: Zone, words: tuple[str, ...]) -> Phrase:
    """Ask for the words and no others."""
    return Phrase((beginning(zone), *marked(zone, words), end(zone)))


def starts_with(zone: Zone, words: tuple[str, ...]) -> Phrase:
    """Ask for the words at the beginning, the last of which may go on."""
    return Phrase((beginning(zone), *marked(zone, words)), is_open=True)


def ends_with(zone: Zone, words: tuple[str, ...]) -> Phrase:
    """Ask for the words at the end."""
    return Phrase((*marked(zone, words), end(zone)))


def begins_a_word(zone: Zone, words: tuple[str, ...]) -> Phrase:
    """Ask for the words anywhere, the last of which may go on."""
    return Phrase(tuple(marked(zone, words)), is_open=True)


Asking: TypeAlias = Callable[[Zone, tuple[str, ...]], Phrase]

#: How each operator asks; the negative ones ask the same and mean the opposite.
ASKING: Final[dict[str, Asking]] = {
    Operator.CONTAINS: contains,
    Operator.NOT_CONTAINS: contains,
    Operator.IN: contains,
    Operator.EQUALS: equals,
    Operator.NOT_EQUALS: equals,
    Operator.STARTS_WITH: starts_with,
    Operator.ENDS_WITH: ends_with,
}


def ask(zones: tuple[Zone, ...], values: tuple[str, ...], asking: Asking) -> Expression:
    """Ask for one of the values in one of the zones; for signs alone for nothing."""
    found = (tuple(tokens(value)) for value in values)
    return AnyOf(
        tuple(asking(zone, words) for words in found if words for zone in zones)
    )
