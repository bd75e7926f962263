"""Files that hide within a part: uuencoded in text, or in Outlook's winmail.dat."""

from __future__ import annotations

import binascii
import logging
import re
from dataclasses import dataclass
from typing import Final

from wagtail_ecp.mail.decoding import scrub
from wagtail_ecp.mail.filenames import clean_filename

try:
    from tnefparse import TNEF
except ImportError:  # The extra "tnef" is not installed: winmail.dat stays a file.
    TNEF = None

logger = logging.getLogger(__name__)

MAX_EMBEDDED: Final = 200
_BEGIN: Final = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,250})\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file found within a part."""

    name: str
    data: bytes


def split_uuencoded(text: str) -> tuple[str, list[EmbeddedFile]]:
    """Return ``text`` without its uuencoded files, and those files."""
    files: list[EmbeddedFile] = []
    rest: list[str] = []
    position = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < position or len(files) == MAX_EMBEDDED:
            continue
        data, end = _decode_uu(text, begin.end())
        if end:
            files.append(EmbeddedFile(clean_filename(begin[1]), data))
            rest.append(text[position : begin.start()])
            position = end
    return "".join([*rest, text[position:]]), files


def _decode_uu(text: str, position: int) -> tuple[bytes, int]:
    """Decode lines up to "end"; the position behind it, 0 if this is no file."""
    data: list[bytes] = []
    while position < len(text):
        line, _newline, _rest = text[position : position + 200].partition("\n")
        position += len(line) + 1
        if line.rstrip() == "end":
            return b"".join(data), position
        try:
            data.append(binascii.a2b_uu(line.encode("ascii")))
        except ValueError:
            break
    return b"", 0


def open_tnef(data: bytes) -> list[EmbeddedFile]:
    """Return the files in a winmail.dat; none if it is damaged or tnefparse missing."""
    if TNEF is None:
        return []
    try:
        found = [(item.long_filename(), item.data) for item in TNEF(data).attachments]
    except Exception:  # noqa: BLE001  # The reader fails in any way on damaged input.
        logger.info("a winmail.dat could not be opened", exc_info=True)
        return []
    return [
        EmbeddedFile(clean_filename(scrub(name or "")), bytes(content or b""))
        for name, content in found[:MAX_EMBEDDED]
    ]
