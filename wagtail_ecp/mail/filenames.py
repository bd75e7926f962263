"""File names from strangers, made harmless."""

from __future__ import annotations

import mimetypes
import re
from typing import Final

MAX_FILENAME_LENGTH: Final = 200

_LINES_AND_TABS: Final = re.compile(r"[\r\n\t]+")
# Right-to-left overrides show "gpj.exe" as "exe.jpg".
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def clean_filename(name: str) -> str:
    """Return the last path component of ``name`` without control characters."""
    name = _INVISIBLE.sub("", _LINES_AND_TABS.sub(" ", name))
    name = re.split(r"[/\\]", name.rstrip("/\\ "))[-1].strip().strip('"')
    name = "" if name in {".", ".."} else name
    if len(name) <= MAX_FILENAME_LENGTH:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 20:  # noqa: PLR2004
        return name[:MAX_FILENAME_LENGTH]
    return f"{stem[: MAX_FILENAME_LENGTH - len(extension) - 1]}.{extension}"


def guess_type(name: str) -> str:
    """Return the content type that a file's name promises."""
    return mimetypes.guess_type(name)[0] or "application/octet-stream"
