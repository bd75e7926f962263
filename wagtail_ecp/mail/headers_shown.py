"""All headers of a mail for people to look at, whatever strangers put there."""

from __future__ import annotations

import logging
from typing import Final, NamedTuple

from wagtail_ecp.mail.headers import decode_header
from wagtail_ecp.mail.tree import read_header_block
from wagtail_ecp.mail.visible import visible

logger = logging.getLogger(__name__)

#: More than any honest mail has.
MOST_HEADERS: Final = 500
MOST_CHARACTERS: Final = 10_000


class ShownHeader(NamedTuple):
    """A header's name, what it means, and how it came if that is not the same."""

    name: str
    value: str
    raw: str


def headers_of(raw: bytes) -> list[ShownHeader]:
    """Return the headers of ``raw``, in order, cut where they are endless; never raises."""
    try:
        found = read_header_block(raw)[:MOST_HEADERS]
    except Exception:  # A stranger's bytes must not stop the reader.
        logger.warning("the headers of a mail could not be read", exc_info=True)
        return []
    return [_shown(name, value) for name, value in found]


def _shown(name: str, value: str) -> ShownHeader:
    value = value[:MOST_CHARACTERS]
    decoded = visible(decode_header(value))
    # Bytes that are no ASCII came as surrogates.
    data = value.encode("utf-8", "surrogateescape")
    came = visible(data.decode("utf-8", "backslashreplace")).strip()
    is_same = " ".join(came.split()) == " ".join(decoded.split())
    return ShownHeader(visible(decode_header(name)), decoded, "" if is_same else came)
