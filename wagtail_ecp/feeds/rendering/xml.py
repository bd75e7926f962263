"""RSS 2.0 and Atom by feedgen, with what it lacks or does wrong put right.

RFC 4287 is Atom, https://www.rssboard.org/rss-specification RSS 2.0. Each oddity of
feedgen 1.0 that this goes around has a test: RSS's only link is the last one added, a
new entry comes first, what has no date gets the present one, an empty title is refused,
an author without an address dropped, and RSS's dates call ``locale.setlocale``, which
is the whole process's and throws other threads off.
"""

from datetime import UTC, datetime

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from wagtail_ecp.feeds.feed import Entry, Feed
from wagtail_ecp.feeds.rendering import content, words
from wagtail_ecp.feeds.rendering.extensions import (
    BuiltExtension,
    PagesExtension,
    PublishedExtension,
)

GENERATOR = "wagtail-ecp"


def atom(feed: Feed) -> bytes:
    """Return the feed as Atom, in UTF-8."""
    generator = _generator(feed)
    if feed.next_url:
        generator.link(href=feed.next_url, rel="next")
    for entry in feed.entries:
        made = _add(generator, entry)
        made.author(name=words.author(entry))
        made.updated(_utc(entry.updated))
        made.published(_utc(entry.at))
    return bytes(generator.atom_str())


def rss(feed: Feed) -> bytes:
    """Return the feed as RSS 2.0, in UTF-8."""
    generator = _generator(feed)
    generator._FeedGenerator__rss_lastBuildDate = None  # Nothing public unsets it.
    generator.register_extension("built", BuiltExtension, PublishedExtension)
    generator.load_extension("dc")
    generator.built.at = _utc(feed.updated)
    generator.pages.next_url = feed.next_url
    for entry in feed.entries:
        made = _add(generator, entry)
        made.dc.dc_creator(words.author(entry))  # RSS's own author is an address.
        made.built.at = _utc(entry.at)
    return bytes(generator.rss_str())


def _generator(feed: Feed) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension("pages", PagesExtension)
    generator.pages.is_complete = feed.is_complete
    title = words.line(feed.title)
    generator.id(feed.id)
    generator.title(title)
    generator.subtitle(words.line(feed.subtitle) or title)  # RSS demands one.
    generator.language(feed.language)
    generator.updated(_utc(feed.updated))
    generator.generator(GENERATOR)
    generator.link(href=feed.self_url, rel="self")
    generator.link(href=feed.page_url, rel="alternate")
    return generator


def _add(generator: FeedGenerator, entry: Entry) -> FeedEntry:
    made = generator.add_entry(order="append")
    made.id(entry.id)
    made.title(words.title(entry))
    made.link(href=entry.url, rel="alternate")
    made.content(content.as_html(entry), type="html")
    made.category([{"term": tag} for tag in words.tags(entry)])
    return made


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
