"""What the scorer sees of a mail: three sets of small numbers."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from wagtail_ecp.mail.headers import decode_header
from wagtail_ecp.spam.content import MAX_SOURCE, link_tokens, part_tokens, read_html
from wagtail_ecp.spam.header import header_tokens, worded_values
from wagtail_ecp.spam.parts import read_parts
from wagtail_ecp.spam.reading import glance
from wagtail_ecp.spam.words import MAX_BYTES, MIX, find_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from wagtail_ecp.spam.reading import Field, Glance

    Numbers = NDArray[np.uint16]
    Hashes = NDArray[np.uint32]
    Offsets = NDArray[np.intp]

BITS: Final = 16
SIZE: Final = 1 << BITS
RAW_BYTES: Final = 1_500  # Of the head, and again of the body.
VIEWS: Final = ("raw", "content", "header")

_GRAM: Final = 4
_TEXTS: Final = ("text/plain", "text/html", "text", "")


class Features(NamedTuple):
    """The numbers of a mail's features, sorted, one array for each view."""

    raw: Numbers
    content: Numbers
    header: Numbers

    def to_bytes(self) -> bytes:
        """Return these features in some kilobytes, for ``from_bytes``."""
        return zlib.compress(self.steps())

    @classmethod
    def from_bytes(cls, data: bytes) -> Features:
        """Return what ``to_bytes`` was called on."""
        return cls.from_steps(zlib.decompress(data))

    def steps(self) -> bytes:
        """Return these features for ``from_steps``, in a way that compresses well."""
        sizes = np.array([len(view) for view in self], "<u4").tobytes()
        steps = [np.diff(view, prepend=np.uint16(0)).astype("<u2") for view in self]
        return sizes + np.concatenate(steps).tobytes()

    @classmethod
    def from_steps(cls, data: bytes) -> Features:
        """Return what ``steps`` was called on."""
        sizes = np.frombuffer(data, "<u4", len(VIEWS))
        steps = np.frombuffer(data, "<u2", offset=sizes.nbytes)
        pieces = np.split(steps, np.cumsum(sizes[:-1]))
        return cls(*(np.cumsum(piece, dtype=np.uint16) for piece in pieces))


class Text(NamedTuple):
    """The readable text of a mail in UTF-8, and tokens for the rest of its content."""

    letters: bytes
    tokens: list[str]


def extract(raw: bytes) -> Features:
    """Return the features of ``raw``; looks at its first bytes only, never raises."""
    seen = glance(raw)
    fields = seen.fields()
    letters, tokens = read_text(fields, seen.body)
    words = find_words(letters)
    return Features(
        numbers(hash_bytes(first_bytes(seen))),
        numbers(words.hashes, words.pairs(), hash_tokens(tokens)),
        numbers(hash_tokens(header_tokens(fields)), hash_values(fields)),
    )


def first_bytes(seen: Glance) -> bytes:
    """Return what the raw view looks at."""
    return seen.head[:RAW_BYTES] + b"\n" + seen.body[:RAW_BYTES]


def read_text(fields: list[Field], body: bytes) -> Text:
    """Return the text of a mail, its subject first, and tokens for its structure."""
    subject = next((f.value for f in fields if f.name.lower() == "subject"), "")
    texts = [decode_header(subject)]
    tokens: list[str] = []
    left = MAX_SOURCE
    for part in read_parts(fields, body):
        tokens += part_tokens(part)
        if part.content_type in _TEXTS and left > 0:
            text = part.text()[:left]
            left -= len(text)
            tokens += link_tokens(text)
            if part.content_type == "text/html":
                text, structure = read_html(text)
                tokens += structure
            texts.append(text)
    letters = "\n\n".join(texts)[:MAX_BYTES].encode("utf-8", "surrogatepass")
    return Text(letters[:MAX_BYTES], tokens)


def hash_values(fields: list[Field]) -> Hashes:
    """Return hashes of the words and pairs of the head, under their field's name."""
    return _field_hashes(worded_values(fields))[0]


def field_words(fields: list[Field]) -> tuple[list[str], Hashes]:
    """Return the field's name for each of ``hash_values``, and the hashes."""
    values = worded_values(fields)
    hashes, field_of_word = _field_hashes(values)
    names = [values[number][0] for number in field_of_word.tolist()]
    return names + names[1:], hashes


def _joined(values: list[tuple[str, str]]) -> bytes:
    texts = [text.encode("utf-8", "surrogatepass") for _, text in values]
    return b"\n".join(texts).lower()


def _field_hashes(values: list[tuple[str, str]]) -> tuple[Hashes, Offsets]:
    text = _joined(values)
    words = find_words(text)
    if not len(words.starts):
        return words.hashes, words.starts
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
    field_of_word = np.searchsorted(ends, words.starts)
    names = hash_tokens([name for name, _ in values])[field_of_word] * MIX
    hashes = np.concatenate((words.hashes ^ names, words.pairs() ^ names[1:]))
    return hashes, field_of_word


def numbers(*hashes: Hashes) -> Numbers:
    """Return the places of ``hashes`` in a table of weights: sorted, each once."""
    is_there = np.zeros(SIZE, np.bool_)
    for some in hashes:
        is_there[(some >> (32 - BITS)).astype(np.intp)] = True
    return np.flatnonzero(is_there).astype(np.uint16)


def hash_bytes(data: bytes) -> Hashes:
    """Return a hash for each run of four bytes."""
    if len(data) < _GRAM:
        return np.zeros(0, np.uint32)
    one = np.frombuffer(data, np.uint8).astype(np.uint32)
    one_two = one[:-1] | one[1:] << np.uint32(8)
    runs: Hashes = (one_two[:-2] | one_two[2:] << np.uint32(16)) * MIX
    return runs


def hash_tokens(tokens: Sequence[str]) -> Hashes:
    """Return a hash for each token."""
    # Encoded all at once, which is quicker.
    pieces = "\n".join(tokens).encode("utf-8", "surrogatepass").split(b"\n")
    if len(pieces) != len(tokens):  # None at all, or what holds a line's end itself.
        pieces = [token.encode("utf-8", "surrogatepass") for token in tokens]
    return np.fromiter(map(zlib.crc32, pieces), np.uint32, len(pieces))
