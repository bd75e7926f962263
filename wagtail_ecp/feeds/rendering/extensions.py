"""What feedgen is to write beyond its own: pages of a feed, and RSS's dates."""

from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.util import xml_elem

ATOM: Final = "http://www.w3.org/2005/Atom"
HISTORY: Final = "http://purl.org/syndication/history/1.0"


class PagesExtension(BaseExtension):
    """Pages as of RFC 5005: all is here, or where the next page is.

    feedgen writes Atom's "next" itself and drops it from RSS.
    """

    is_complete = False
    next_url: str | None = None

    def extend_ns(self) -> dict[str, str]:
        """Return the names that stand before our elements."""
        return {"fh": HISTORY} if self.is_complete else {}

    def extend_atom(self, feed: Any) -> Any:
        """Mark an Atom feed that is complete."""
        self._mark(feed)
        return feed

    def extend_rss(self, feed: Any) -> Any:
        """Mark an RSS feed that is complete, and link to the next page."""
        (channel,) = feed
        self._mark(channel)
        if self.next_url:
            xml_elem(f"{{{ATOM}}}link", channel, href=self.next_url, rel="next")
        return feed

    def _mark(self, parent: Any) -> None:
        if self.is_complete:
            xml_elem(f"{{{HISTORY}}}complete", parent)


class BuiltExtension(BaseExtension):
    """When an RSS feed was last changed."""

    at: datetime

    def extend_rss(self, feed: Any) -> Any:
        """Write the date."""
        (channel,) = feed
        _write_date(channel, "lastBuildDate", self.at)
        return feed


class PublishedExtension(BaseEntryExtension):
    """When what an RSS item tells of was written."""

    at: datetime

    def extend_rss(self, item: Any) -> Any:
        """Write the date."""
        _write_date(item, "pubDate", self.at)
        return item


def _write_date(parent: Any, name: str, at: datetime) -> None:
    xml_elem(name, parent).text = format_datetime(at, usegmt=True)
