"""Mending a header block, so that a stray line doesn't cost From and Subject."""

from __future__ import annotations

import re
from typing import Final

_BLANK_LINES: Final = (b"\n\n", b"\n\r\n", b"\r\r")
_LEADING: Final = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]+(?=[!-9;-~]+:)|\xef\xbb\xbf")
_GOOD_LINE: Final = re.compile(rb"[!-9;-~]+:|[ \t]")
_BAD_LINE: Final = re.compile(rb"^(?![!-9;-~]+:|[ \t]|\r?$|From )", re.MULTILINE)
_SPACED_NAME: Final = re.compile(rb"([!-9;-~]+)[ \t]+:")
_NAMES: Final = re.compile(
    rb"^(from|to|cc|subject|date|message-id|reply-to|mime-version|content-type"
    rb"|content-transfer-encoding)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS_LINE: Final = re.compile(
    rb"(?:from|to|cc|bcc|sender|reply-to|message-id|date)[ \t]*:", re.IGNORECASE
)


def repair_header_block(raw: bytes) -> bytes:
    """Return ``raw`` with a header block that a strict parser reads to its end.

    Blank lines before the first header go, "Subject :" becomes "Subject:", and a
    line that is no header continues the one above it, if important headers follow
    below; otherwise it is where the body begins.  The body is never touched.
    """
    leading = _LEADING.match(raw)
    if leading:
        raw = raw[leading.end() :]
    size = len(raw)
    for blank_line in _BLANK_LINES:
        found = raw.find(blank_line, 0, size)
        size = found + 1 if found >= 0 else size
    if not _BAD_LINE.search(raw, 0, size):
        return raw
    return b"".join(_repaired_lines(raw[:size])) + raw[size:]


def _repaired_lines(block: bytes) -> list[bytes]:
    lines = block.splitlines(keepends=True)
    last_name = _last_unseen_name(block)
    result: list[bytes] = []
    position = 0
    for number, line in enumerate(lines):
        spaced = _SPACED_NAME.match(line)
        if _GOOD_LINE.match(line):
            result.append(line)
        elif spaced:
            result.append(spaced[1] + b":" + line[spaced.end() :])
        elif position > last_name:
            return result + lines[number:]
        elif _continues(result):
            result.append(b" " + line)
        position += len(line)
    return result


def _last_unseen_name(block: bytes) -> int:
    """Where the last important header begins that has not been seen before it."""
    first_seen: dict[bytes, int] = {}
    for match in _NAMES.finditer(block):
        first_seen.setdefault(match[1].lower(), match.start())
    return max(first_seen.values(), default=-1)


def _continues(previous: list[bytes]) -> bool:
    if not previous:
        return False
    line = previous[-1].rstrip()
    return line.endswith((b",", b";")) or not _ADDRESS_LINE.match(line)
