"""What our own mail server found out about a sender (Authentication-Results)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from wagtail_ecp.mail.headers import decode_header
from wagtail_ecp.mail.tree import read_header_block

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Result = Literal["pass", "fail", "none"]

NO_AUTHSERV_ID: Final = ""  # Trusts what Microsoft 365 writes, which names no server.
MAX_LENGTH: Final = 10_000

_QUOTED_OR_PARENTHESIS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[()]', re.DOTALL)
_DMARC: Final = re.compile(r"\s*dmarc\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE)


def dmarc_result(
    raw_or_headers: bytes | Iterable[tuple[str, str]], *, trusted_ids: Collection[str]
) -> Result:
    """Return the DMARC result that a trusted server noted (RFC 8601), else "none".

    Only the topmost header with a trusted authserv-id counts: a sender can forge
    any that lie below.  With NO_AUTHSERV_ID trusted, a header without an id counts
    if it is the topmost of all.
    """
    trusted = {name.lower() for name in trusted_ids}
    for number, value in enumerate(_results_headers(raw_or_headers)):
        segments = _without_comments(value[:MAX_LENGTH]).split(";")
        name = _authserv_id(segments[0])
        if name in trusted and (name != NO_AUTHSERV_ID or number == 0):
            return _dmarc(segments if name == NO_AUTHSERV_ID else segments[1:])
    return "none"


def _results_headers(
    raw_or_headers: bytes | Iterable[tuple[str, str]],
) -> Iterable[str]:
    if isinstance(raw_or_headers, bytes):
        headers: Iterable[tuple[str, str]] = read_header_block(raw_or_headers)
    else:
        headers = raw_or_headers
    return (
        decode_header(value)
        for name, value in headers
        if name.lower() == "authentication-results"
    )


def _without_comments(value: str) -> str:
    """Drop comments, and empty quoted strings: a sender may have chosen their text."""
    kept: list[str] = []
    depth = position = 0
    for match in _QUOTED_OR_PARENTHESIS.finditer(value):
        if depth == 0:
            kept.append(value[position : match.start()])
        position = match.end()
        token = match[0]
        if token == "(":  # noqa: S105
            depth += 1
        elif token == ")":  # noqa: S105
            depth = max(0, depth - 1)
        elif depth == 0 and not kept[-1].strip() and len(kept) == 1:
            kept.append(token.strip('"'))  # A quoted authserv-id.
    return "".join(kept) + ("" if depth else value[position:])


def _authserv_id(segment: str) -> str:
    words = segment.split()
    return "" if not words or "=" in segment else words[0].lower()


def _dmarc(segments: list[str]) -> Result:
    found = {match[1].lower() for match in map(_DMARC.match, segments) if match}
    if found == {"pass"}:
        return "pass"
    return "fail" if "fail" in found else "none"
