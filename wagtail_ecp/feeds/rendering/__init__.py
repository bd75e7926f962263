"""Writes a feed as RSS, Atom or JSON: the same feed is the same bytes at any time."""

from collections.abc import Callable
from typing import Final

from wagtail_ecp.feeds.feed import Feed
from wagtail_ecp.feeds.rendering.json_feed import json_feed
from wagtail_ecp.feeds.rendering.xml import atom, rss

DEFAULT_FORMAT: Final = "rss"
CONTENT_TYPES: Final = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
_FORMATS: Final[dict[str, Callable[[Feed], bytes]]] = {
    "rss": rss,
    "atom": atom,
    "json": json_feed,
}


def render(feed: Feed, format: str) -> bytes:  # noqa: A002 - what readers call it
    """Return the feed in one of ``CONTENT_TYPES``; nothing in its words makes it fail.

    Words of our own are in the language that is active.
    """
    return _FORMATS[format](feed)
