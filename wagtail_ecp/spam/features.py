"""What the scorer sees of a mail: three sets of small numbers."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from wagtail_ecp.mail.headers import decode_header
from wagtail_ecp.spam.content import link_tokens, part_tokens, read_html, read_words
from wagtail_ecp.spam.header import header_tokens
from wagtail_ecp.spam.parts import read_parts
from wagtail_ecp.spam.reading import glance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers = NDArray[np.uint16]
    Hashes = NDArray[np.uint32]

BITS: Final = 16
SIZE: Final = 1 << BITS
RAW_BYTES: Final = 3_000
VIEWS: Final = ("raw", "content", "header")

_MIX: Final = np.uint32(2_654_435_761)  # Knuth's multiplicative hash.
_TEXTS: Final = ("text/plain", "text/html", "text", "")


class Features(NamedTuple):
    """The numbers of a mail's features, sorted, one array for each view."""

    raw: Numbers
    content: Numbers
    header: Numbers

    def to_bytes(self) -> bytes:
        """Return these features in some kilobytes, for ``from_bytes``."""
        sizes = np.array([len(view) for view in self], "<u4").tobytes()
        steps = [np.diff(view, prepend=np.uint16(0)).astype("<u2") for view in self]
        return zlib.compress(sizes + np.concatenate(steps).tobytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Features:
        """Return what ``to_bytes`` was called on."""
        plain = zlib.decompress(data)
        sizes = np.frombuffer(plain, "<u4", 3)
        steps = np.frombuffer(plain, "<u2", offset=12)
        pieces = np.split(steps, np.cumsum(sizes[:-1]))
        return cls(*(np.cumsum(piece, dtype=np.uint16) for piece in pieces))


def extract(raw: bytes) -> Features:
    """Return the features of ``raw``; looks at its first bytes only, never raises."""
    seen = glance(raw)
    fields = seen.fields()
    start = (seen.head + b"\n" + seen.body[:RAW_BYTES])[:RAW_BYTES]
    subject = next((f.value for f in fields if f.name.lower() == "subject"), "")
    tokens: list[str] = []
    texts = [decode_header(subject)]
    for part in read_parts(fields, seen.body):
        tokens += part_tokens(part)
        if part.content_type in _TEXTS:
            text = part.text()
            tokens += link_tokens(text)
            if part.content_type == "text/html":
                text, structure = read_html(text)
                tokens += structure
            texts.append(text)
    tokens += [f"subject {word}" for word in read_words(texts[0])]
    words = hash_tokens([word for text in texts for word in (*read_words(text), "")])
    pairs = words[:-1] * _MIX + words[1:]
    return Features(
        numbers(hash_bytes(start)),
        numbers(words, pairs, hash_tokens(tokens)),
        numbers(hash_tokens(header_tokens(fields))),
    )


def numbers(*hashes: Hashes) -> Numbers:
    """Return the places of ``hashes`` in a table of weights: sorted, each once."""
    is_there = np.zeros(SIZE, np.bool_)
    for some in hashes:
        is_there[some >> (32 - BITS)] = True
    return np.flatnonzero(is_there).astype(np.uint16)


def hash_bytes(data: bytes) -> Hashes:
    """Return a hash for each run of four bytes."""
    if len(data) < 4:  # noqa: PLR2004
        return np.zeros(0, np.uint32)
    one = np.frombuffer(data, np.uint8).astype(np.uint32)
    return (one[:-3] | one[1:-2] << 8 | one[2:-1] << 16 | one[3:] << 24) * _MIX


def hash_tokens(tokens: Sequence[str]) -> Hashes:
    """Return a hash for each token."""
    each = (zlib.crc32(token.encode("utf-8", "surrogatepass")) for token in tokens)
    return np.fromiter(each, np.uint32, len(tokens))
