"""Message identifiers (RFC 5322, 3.6.4), however they were mangled on the way."""

from __future__ import annotations

import re
from typing import Final

from wagtail_ecp.mail.headers import decode_header

MAX_REFERENCES: Final = 200

_BRACKETED: Final = re.compile(r"<([^<>]*)(>|$|(?=<))")
_SEPARATORS: Final = re.compile(r"[\s,;()\"]+")
_BLANKS: Final = re.compile(r"\s+")


def parse_identifiers(header_value: str) -> tuple[str, ...]:
    """Return the ids of References or In-Reply-To without <>, in order, once each.

    Of more than MAX_REFERENCES the first and the newest ones stay.
    """
    value = decode_header(header_value)
    found = [_bracketed(match) for match in _BRACKETED.finditer(value)]
    if not found:
        found = [word for word in _SEPARATORS.split(value) if "@" in word]
    found = list(dict.fromkeys(filter(None, found)))
    if len(found) > MAX_REFERENCES:
        found = [found[0], *found[-(MAX_REFERENCES - 1) :]]
    return tuple(found)


def _bracketed(match: re.Match[str]) -> str:
    if match[2] == ">":
        return _BLANKS.sub("", match[1])  # Folded within the id.
    words = match[1].split()
    return words[0] if words else ""


def parse_message_id(header_value: str) -> str:
    """Return the first id of a Message-ID header without <>, "" if it holds none."""
    found = parse_identifiers(header_value)
    if found:
        return found[0]
    words = decode_header(header_value).replace("<", " ").replace(">", " ").split()
    return words[0] if words else ""
