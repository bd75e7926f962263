"""A learned model as bytes that show whether they are whole."""

from __future__ import annotations

import struct
import zlib
from typing import Final

from wagtail_ecp.exceptions import CorruptModelError
from wagtail_ecp.spam.features import SIZE, VIEWS

MAGIC: Final = b"ECPspam1"
WEIGHTS_BYTES: Final = len(VIEWS) * 2 * SIZE * 2  # Weights and roots, two bytes each.

_CHECK: Final = struct.Struct("<8sI")
_HEAD: Final = struct.Struct("<II?ddd")
Head = tuple[int, int, bool, float, float, float]


def pack(head: Head, weights: bytes, memory: bytes) -> bytes:
    """Return one blob of the head's numbers, the weights and the memory."""
    # The high bytes of neighbours are alike, the low ones are noise.
    planes = weights[1::2] + weights[::2]
    packed = zlib.compress(_HEAD.pack(*head) + planes + memory, 1)
    return _CHECK.pack(MAGIC, zlib.crc32(packed)) + packed


def unpack(blob: bytes) -> tuple[Head, bytes, bytes]:
    """Return what ``pack`` was given, or raise CorruptModelError."""
    try:
        magic, checksum = _CHECK.unpack_from(blob)
        if (magic, checksum) != (MAGIC, zlib.crc32(blob[_CHECK.size :])):
            raise CorruptModelError("The spam model is damaged.")
        plain = zlib.decompress(blob[_CHECK.size :])
        head = _HEAD.unpack_from(plain)
    except (struct.error, zlib.error) as error:
        raise CorruptModelError("This is no spam model.") from error
    start, middle = _HEAD.size, _HEAD.size + WEIGHTS_BYTES // 2
    end = _HEAD.size + WEIGHTS_BYTES
    weights = bytearray(WEIGHTS_BYTES)
    weights[1::2], weights[::2] = plain[start:middle], plain[middle:end]
    return head, bytes(weights), plain[end:]
