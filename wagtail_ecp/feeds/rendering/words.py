"""What strangers wrote, made fit for any feed."""

import re
from typing import Final

from django.utils.translation import gettext

from wagtail_ecp.feeds.feed import Entry

#: https://www.w3.org/TR/xml/#charsets, and no control character beyond that. They are
#: left out: the W3C's validator warns of what would stand for them.
_UNFIT: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def fit(text: str) -> str:
    """Return ``text`` without the characters that XML can't have."""
    return _UNFIT.sub("", text)


def line(text: str) -> str:
    """Return ``text`` fit, in one line."""
    return " ".join(fit(text).split())


def title(entry: Entry) -> str:
    """Return what the entry is called, never nothing."""
    return line(entry.title) or gettext("(no subject)")


def author(entry: Entry) -> str:
    """Return who wrote the entry, never nothing."""
    return line(entry.author) or gettext("unknown sender")


def tags(entry: Entry) -> list[str]:
    """Return the entry's tags that have a name."""
    return [tag for tag in map(line, entry.tags) if tag]
