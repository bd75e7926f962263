"""The rules of RSS 2.0 (https://www.rssboard.org/rss-specification) as far as we go."""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from lxml import etree

CHANNEL = {
    *("title", "link", "description", "language", "copyright", "managingEditor"),
    *("webMaster", "pubDate", "lastBuildDate", "category", "generator", "docs"),
    *("cloud", "ttl", "image", "rating", "textInput", "skipHours", "skipDays", "item"),
}
ITEM = {
    *("title", "link", "description", "author", "category", "comments", "enclosure"),
    *("guid", "pubDate", "source"),
}
SEVERAL = {"item", "category"}
#: RFC 822 with the four digits that RSS prefers, in UTC.
DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT"
)
ATOM_LINK = "{http://www.w3.org/2005/Atom}link"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


def problems(document: bytes) -> list[str]:
    """Say what is wrong with an RSS feed."""
    root = etree.fromstring(document)
    if root.tag != "rss" or root.get("version") != "2.0":
        return ["no RSS 2.0"]
    if [child.tag for child in root] != ["channel"]:
        return ["not one channel"]
    channel = root[0]
    return [
        *_elements(channel, CHANNEL, required={"title", "link", "description"}),
        *_self_link(channel),
        *(words for item in channel.iterfind("item") for words in _item(item)),
        *_guids(channel),
    ]


def _elements(
    parent: etree._Element, known: set[str], *, required: set[str]
) -> Iterator[str]:
    names = [str(child.tag) for child in parent if not str(child.tag).startswith("{")]
    yield from (f"unknown element {name}" for name in set(names) - known)
    yield from (f"{name} is missing" for name in required - set(names))
    for name in set(names) - SEVERAL:
        if names.count(name) > 1:
            yield f"{name} more than once"
    yield from (
        f"empty {n}" for n in required if not (parent.findtext(n) or "").strip()
    )
    for name in {"pubDate", "lastBuildDate"} & set(names):
        yield from _date(parent.findtext(name) or "")
    if not (parent.findtext("link") or "").startswith(("http://", "https://")):
        yield "a link that is no address"


def _date(text: str) -> Iterator[str]:
    if not DATE.fullmatch(text):
        yield f"{text!r} is no date"
    elif not text.startswith(parsedate_to_datetime(text).strftime("%a")):
        yield f"{text!r} names another day"


def _self_link(channel: etree._Element) -> Iterator[str]:
    # https://www.rssboard.org/rss-profile recommends it, the W3C's validator too.
    if [link.get("rel") for link in channel.iterfind(ATOM_LINK)].count("self") != 1:
        yield "not one link to itself"


def _item(item: etree._Element) -> Iterator[str]:
    # A title or a description is required; we always have a title.
    yield from _elements(item, ITEM, required={"title", "link", "guid", "pubDate"})
    if item.find("author") is not None:
        yield "an author, who would need an address"
    if not (item.findtext(CREATOR) or "").strip():
        yield "nobody wrote it"
    guid = item.find("guid")
    # A guid that is no address in the web must say so.
    if guid is not None and guid.get("isPermaLink") != "false":
        yield "a guid that pretends to be a link"


def _guids(channel: etree._Element) -> Iterator[str]:
    guids = [guid.text for guid in channel.iterfind("item/guid")]
    if len(guids) != len(set(guids)):
        yield "the same guid twice"
