"""What our own mail server wrote down about a sender (RFC 8601)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from wagtail_ecp.mail.addresses import address_key
from wagtail_ecp.mail.headers import decode_header

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

NO_AUTHSERV_ID: Final = ""  # Trusts what Microsoft 365 writes, which names no server.
MAX_LENGTH: Final = 10_000

_QUOTED_OR_PARENTHESIS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[()]', re.DOTALL)
_METHOD: Final = re.compile(
    r"\s*(dmarc|dkim|spf)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", re.IGNORECASE
)
_PROPERTY: Final = re.compile(r"\s+([\w.-]{1,60})\s*=\s*([^\s;]{1,400})", re.ASCII)
_IDENTIFIERS: Final = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom",),
}


class Finding(NamedTuple):
    """One result: "dmarc", "dkim" or "spf", how it went, and for which domain."""

    method: str
    result: str
    domain: str


def trusted_findings(
    headers: Iterable[tuple[str, str]], *, trusted_ids: Collection[str]
) -> list[Finding]:
    """Return what the topmost Authentication-Results of a trusted server says.

    Only that one counts: a sender can forge any that lie below.  With
    NO_AUTHSERV_ID trusted, a header without an id counts if it is the topmost of
    all.  A domain is "" where the header doesn't state it beyond doubt.
    """
    trusted = {name.lower() for name in trusted_ids}
    for number, value in enumerate(_results_headers(headers)):
        segments = _without_comments(value[:MAX_LENGTH]).split(";")
        name = _authserv_id(segments[0])
        if name in trusted and (name != NO_AUTHSERV_ID or number == 0):
            return list(_findings(segments if name == NO_AUTHSERV_ID else segments[1:]))
    return []


def _results_headers(headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, value in headers:
        if name.lower() == "authentication-results":
            yield decode_header(value)


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
        elif depth == 0 and token[0] == '"':
            is_id = len(kept) == 1 and not kept[0].strip()
            kept.append(token.strip('"') if is_id else '""')
    return "".join(kept) + ("" if depth else value[position:])


def _authserv_id(segment: str) -> str:
    words = segment.split()
    return "" if not words or "=" in segment else words[0].lower()


def _findings(segments: Iterable[str]) -> Iterator[Finding]:
    for segment in segments:
        if match := _METHOD.match(segment):
            method = match[1].lower()
            domain = _identifier(segment[match.end() :], _IDENTIFIERS[method])
            yield Finding(method, match[2].lower(), domain)


def _identifier(text: str, names: tuple[str, ...]) -> str:
    """Return the domain of the first property that is there once, and readable."""
    found: dict[str, list[str]] = {}
    position = 0
    while match := _PROPERTY.match(text, position):
        found.setdefault(match[1].lower(), []).append(match[2])
        position = match.end()
    if text[position:].strip():
        # Microsoft writes "action=none", which fits; anything else is a riddle.
        return ""
    values = next((found[name] for name in names if name in found), [])
    if len(values) != 1:
        return ""
    return address_key("@" + values[0].rpartition("@")[2]).removeprefix("@")
