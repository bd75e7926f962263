"""Words of a text and their hashes, all at once: a loop would take most of the time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Hashes = NDArray[np.uint32]
    Offsets = NDArray[np.intp]

MAX_BYTES: Final = 16_384
MIX: Final = np.uint32(2_654_435_761)  # Knuth's multiplicative hash.

_BASE: Final = 16_777_619
_INVERSE: Final = pow(_BASE, -1, 1 << 32)
_WIDE: Final = 0xE3  # UTF-8's first byte of scripts that put no blanks between words.


def _powers(base: int) -> Hashes:
    factors = np.full(MAX_BYTES, base, np.uint32)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint32)


_POWERS: Final = _powers(_BASE)
_INVERSE_POWERS: Final = _powers(_INVERSE)
_IS_INSIDE: Final = np.array(
    [chr(byte).isalnum() or byte > 127 or chr(byte) in "$'!_-" for byte in range(256)]  # noqa: PLR2004
)


class Words(NamedTuple):
    """Where each word of a text starts and ends, and its hash."""

    starts: Offsets
    ends: Offsets
    hashes: Hashes

    def pairs(self) -> Hashes:
        """Return a hash for each two words that follow each other."""
        return self.hashes[:-1] * MIX + self.hashes[1:]


def find_words(data: bytes) -> Words:
    """Return the words in the first MAX_BYTES of a text in UTF-8."""
    letters = np.frombuffer(data, np.uint8, min(len(data), MAX_BYTES))
    inside = _IS_INSIDE[letters]
    begins = inside & (letters >= _WIDE)
    begins[1:] |= inside[1:] & ~inside[:-1]
    begins[:1] |= inside[:1]
    is_end = inside.copy()
    is_end[:-1] &= ~inside[1:] | begins[1:]
    starts, ends = np.flatnonzero(begins), np.flatnonzero(is_end) + 1
    sums = np.zeros(len(letters) + 1, np.uint32)
    np.cumsum(letters * _POWERS[: len(letters)], dtype=np.uint32, out=sums[1:])
    hashes: Hashes = (sums[ends] - sums[starts]) * _INVERSE_POWERS[starts]
    mixed: Hashes = (hashes ^ (hashes >> np.uint32(15))) * MIX
    return Words(starts, ends, mixed)
