"""JSON Feed 1.1, https://www.jsonfeed.org/version/1.1/."""

import json
from datetime import UTC, datetime
from typing import Any

from wagtail_ecp.feeds.feed import Entry, Feed
from wagtail_ecp.feeds.rendering import content, words


def json_feed(feed: Feed) -> bytes:
    """Return the feed as JSON Feed, in UTF-8."""
    found = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": words.line(feed.title),
        "home_page_url": feed.page_url,
        "feed_url": feed.self_url,
        "description": words.line(feed.subtitle),
        "next_url": feed.next_url,
        "language": feed.language,
        "items": [_item(entry) for entry in feed.entries],
    }
    given = {name: value for name, value in found.items() if value not in (None, "")}
    return json.dumps(given, ensure_ascii=False).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.url,
        "title": words.title(entry),
        **_content(entry),
        "date_published": _moment(entry.at),
        "date_modified": _moment(entry.updated),
        "authors": [{"name": words.author(entry)}],
    }
    if tags := words.tags(entry):
        item["tags"] = tags
    return item


def _content(entry: Entry) -> dict[str, str]:
    if entry.html is None:
        return {"content_text": content.as_text(entry)}
    return {"content_html": content.as_html(entry)}


def _moment(moment: datetime) -> str:
    """Write a moment as RFC 3339 does."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
