"""Bodies in the forms that DKIM hashes (RFC 6376, section 3.4), in linear time."""

from __future__ import annotations

import re

_LAST_LINES = re.compile(rb"(?:\n\r)*")  # From behind.


def simple_body(body: bytes) -> bytes:
    """Return ``body`` with exactly one line end behind it."""
    return _with_one_end(_with_full_ends(body))


def relaxed_body(body: bytes) -> bytes:
    """Return ``body`` with single blanks, none at the ends of lines; "" if it is blank."""
    body = _with_full_ends(body).replace(b"\t", b" ")
    while b"  " in body:  # Each round halves the longest run.
        body = body.replace(b"  ", b" ")
    body = _with_one_end(body.replace(b" \r\n", b"\r\n"))
    return b"" if body == b"\r\n" else body


def _with_full_ends(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _with_one_end(body: bytes) -> bytes:
    ends = body[len(body.rstrip(b"\r\n")) :]
    found = _LAST_LINES.match(ends[::-1])
    return body[: len(body) - (found.end() if found else 0)] + b"\r\n"
