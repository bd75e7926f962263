"""Files that old mail programs wrote into the text (uuencode, POSIX)."""

from __future__ import annotations

import binascii
import re
from typing import Final

from wagtail_ecp.mail.filenames import clean_filename

MAX_FILES: Final = 200
MAX_LINE_LENGTH: Final = 200

_BEGIN: Final = re.compile(r"^begin [0-7]{3,4} ([^\r\n]{1,250})\r?\n", re.MULTILINE)


def split_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Return ``text`` without its uuencoded files; then their names and bytes.

    What has no "end" or a line that is not uuencoded is text like any other.
    """
    if "begin " not in text:
        return text, []
    files: list[tuple[str, bytes]] = []
    rest: list[str] = []
    position = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < position or len(files) == MAX_FILES:
            continue
        data, end = _decode_lines(text, begin.end())
        if end:
            files.append((clean_filename(begin[1]), data))
            rest.append(text[position : begin.start()])
            position = end
    return "".join([*rest, text[position:]]), files


def _decode_lines(text: str, position: int) -> tuple[bytes, int]:
    """Decode up to "end"; also return the position behind it, 0 if there is none."""
    data: list[bytes] = []
    while position < len(text):
        chunk = text[position : position + MAX_LINE_LENGTH]
        line = chunk.partition("\n")[0]
        position += len(line) + 1
        if line.rstrip() == "end":
            return b"".join(data), position
        try:
            data.append(_decode_line(line.rstrip("\r").encode("ascii")))
        except ValueError:
            break
    return b"", 0


def _decode_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        # Some encoders append a checksum or rubbish behind the announced length.
        size = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
        return binascii.a2b_uu(line[:size])
