"""Images made of pixels: what browsers show and what can't hold a program."""

from __future__ import annotations

import base64
from typing import Final

_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
TYPES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
#: A small grey square, for what can't be shown.
PLACEHOLDER: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAEUlEQVR42mM8w4AKmBhGtAAA6gQA"
    "7Ir5+ukAAAAASUVORK5CYII="
)


def raster_type(data: bytes) -> str:
    """Return the content type that the bytes themselves show, "" if they are no raster.

    What anybody else says about them does not count.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    found = (kind for begins, kind in _BEGINNINGS if data.startswith(begins))
    return next(found, "")
