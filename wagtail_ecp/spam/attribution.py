"""Whose doing a score is: what each readable piece of a mail adds to it."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from wagtail_ecp.spam.features import (
    BITS,
    RAW_BYTES,
    SIZE,
    VIEWS,
    extract,
    field_words,
    first_bytes,
    hash_bytes,
    hash_tokens,
    read_text,
)
from wagtail_ecp.spam.header import header_tokens
from wagtail_ecp.spam.learner import find_places
from wagtail_ecp.spam.reading import glance
from wagtail_ecp.spam.words import find_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from wagtail_ecp.spam.learner import Table
    from wagtail_ecp.spam.words import Hashes, Words

    Piece = tuple[str, str]
    Shares = dict[Piece, float]

MAX_VALUE: Final = 60

PHRASE: Final = 6  # Words.

_OF_FIELD: Final = ("name", "order", "shape", "coded")
_OF_ROUTE: Final = ("by", "ip", "via", "via-top", "hops")
_READABLE: Final = re.compile(r"[\w\s,.;:!?'\"()@/+-]{3,}")


def attribute(raw: bytes, weigh: Callable[[NDArray[np.intp]], Table]) -> Shares:
    """Return what each piece (kind, value) of a mail adds to the mean of its views.

    ``weigh`` returns the weights of places.  A feature that several pieces share
    is shared out among them.
    """
    places = find_places(extract(raw))
    table = np.zeros(len(VIEWS) * SIZE, np.float32)
    sizes = np.repeat(places.sizes, places.lengths) / len(VIEWS)
    table[places.flat] = weigh(places.flat) * sizes
    raw_table, content_table, header_table = np.split(table, len(VIEWS))
    seen = glance(raw)
    fields = seen.fields()
    shares: Shares = defaultdict(float)
    letters, tokens = read_text(fields, seen.body)
    _add(shares, map(_token, tokens), hash_tokens(tokens), content_table)
    _add_words(shares, letters, content_table)
    tokens = header_tokens(fields)
    _add(shares, map(_token, tokens), hash_tokens(tokens), header_table)
    names, hashes = field_words(fields)
    _add(shares, (("field", name) for name in names), hashes, header_table)
    _add_lines(shares, first_bytes(seen), len(seen.head[:RAW_BYTES]), raw_table)
    return shares


def _token(token: str) -> Piece:
    kind, _, value = token.partition(" ")
    if kind in _OF_FIELD:
        first, _, second = value.partition(" ")
        return "field", (second if kind == "order" else first).lower()
    return ("field", "received") if kind in _OF_ROUTE else (kind, value)


def _take(hashes: Hashes, table: Table) -> Table:
    """Return the weights of hashes and forget them: each counts once."""
    places = hashes >> (32 - BITS)
    _, inverse, counts = np.unique(places, return_inverse=True, return_counts=True)
    weights: Table = table[places] / counts[inverse]
    table[places] = 0
    return weights


def _add(shares: Shares, pieces: Iterable[Piece], hashes: Hashes, table: Table) -> None:
    weights = _take(hashes, table).tolist()
    for piece, weight in zip(pieces, weights, strict=True):
        shares[piece] += weight


def _add_words(shares: Shares, letters: bytes, table: Table) -> None:
    """Add what words and their pairs say to the phrases that they begin in."""
    words = find_words(letters)
    if not len(words.starts):
        return
    weights = _take(words.hashes, table)
    weights[:-1] += _take(words.pairs(), table)
    for phrase, first, end in _phrases(letters, words):
        shares["phrase", phrase] += float(weights[first:end].sum())


def _phrases(letters: bytes, words: Words) -> Iterator[tuple[str, int, int]]:
    """Yield pieces of up to PHRASE words of a line, and the words' numbers."""
    starts, ends = words.starts.tolist(), words.ends.tolist()
    first = 0
    for nth in range(1, len(starts) + 1):
        is_end = nth == len(starts) or b"\n" in letters[ends[nth - 1] : starts[nth]]
        if is_end or nth - first == PHRASE:
            yield _clipped(letters[starts[first] : ends[nth - 1]]), first, nth
            first = nth


def _add_lines(shares: Shares, data: bytes, head_size: int, table: Table) -> None:
    """Add what runs of four bytes say to the field or phrase that they begin in."""
    weights = _take(hash_bytes(data), table)
    position, name = 0, ""
    for line in data.split(b"\n"):
        end = position + len(line) + 1
        if position < head_size:
            if not line.startswith((b" ", b"\t")):
                name = line.partition(b":")[0].strip().decode("latin-1").lower()
            piece = ("field", name) if name else ("look", "")
        else:
            piece = _piece_of_line(line)
        shares[piece] += float(weights[position:end].sum())
        position = end


def _piece_of_line(line: bytes) -> Piece:
    phrase = next(_phrases(line, find_words(line)), ("", 0, 0))[0]
    is_readable = " " in phrase and _READABLE.fullmatch(phrase)
    return ("phrase", phrase) if is_readable else ("look", "")


def _clipped(data: bytes) -> str:
    text = " ".join(data.decode("utf-8", "replace").split())
    return text if len(text) <= MAX_VALUE else text[: MAX_VALUE - 1] + "…"
