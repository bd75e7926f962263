"""The rules of JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

TOP = {
    *("version", "title", "home_page_url", "feed_url", "description", "user_comment"),
    *("next_url", "icon", "favicon", "authors", "language", "expired", "hubs", "items"),
}
ITEM = {
    *("id", "url", "external_url", "title", "content_html", "content_text", "summary"),
    *("image", "banner_image", "date_published", "date_modified", "authors", "tags"),
    *("language", "attachments"),
}
ADDRESSES = ("url", "home_page_url", "feed_url", "next_url")


def problems(document: bytes) -> list[str]:
    """Say what is wrong with a JSON Feed."""
    feed = json.loads(document.decode("utf-8"))
    return [
        *_feed(feed),
        *(words for item in feed.get("items", ()) for words in _item(item)),
    ]


def _feed(feed: dict[str, Any]) -> Iterator[str]:
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield "another version"
    if not feed.get("title") or not isinstance(feed.get("items"), list):
        yield "without title or items"
    yield from _names(feed, TOP)
    if feed.get("next_url") == feed.get("feed_url"):
        yield "the next page is this one"
    ids = [item.get("id") for item in feed.get("items", ())]
    if len(ids) != len(set(ids)):
        yield "the same id twice"


def _item(item: dict[str, Any]) -> Iterator[str]:
    yield from _names(item, ITEM)
    if not isinstance(item.get("id"), str) or not item["id"]:
        yield "an id that is no text"
    if not {"content_html", "content_text"} & set(item):
        yield "no content"
    for name in {"date_published", "date_modified"} & set(item):
        if datetime.fromisoformat(item[name]).utcoffset() != timedelta():
            yield f"{name} is not UTC"
    for author in item.get("authors", ()):
        if not {"name", "url", "avatar"} & set(author):
            yield "an author without anything"
    if not all(isinstance(tag, str) and tag for tag in item.get("tags", ())):
        yield "a tag that is no text"


def _names(part: dict[str, Any], known: set[str]) -> Iterator[str]:
    yield from (f"unknown name {name}" for name in set(part) - known)
    yield from (f"{name} is null" for name, value in part.items() if value is None)
    for name in set(ADDRESSES) & set(part):
        if not str(part[name]).startswith(("http://", "https://")):
            yield f"{name} is no address"
