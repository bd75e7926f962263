"""Feeds and entries as the selection makes them."""

from datetime import UTC, datetime
from typing import Any

from tests.feeds import atom_rules, json_rules, rss_rules
from wagtail_ecp.feeds.feed import Entry, Feed

FORMATS = ("rss", "atom", "json")
PROBLEMS = {
    "rss": rss_rules.problems,
    "atom": atom_rules.problems,
    "json": json_rules.problems,
}
AT = datetime(2019, 3, 4, 9, 30, 15, tzinfo=UTC)


def an_entry(number: int = 1, **values: Any) -> Entry:
    given: dict[str, Any] = {
        "id": f"urn:example:message:{number}",
        "title": f"Order {number}",
        "author": "Vera Holm",
        "url": f"https://desk.example/admin/mail/{number}/",
        "at": AT,
        "updated": AT,
        "text": "When will it come?",
    }
    return Entry(**(given | values))


def a_feed(*entries: Entry, **values: Any) -> Feed:
    given: dict[str, Any] = {
        "id": "urn:example:mailbox:1",
        "title": "support@desk.example",
        "subtitle": "New mail",
        "page_url": "https://desk.example/admin/mail/",
        "self_url": "https://desk.example/feeds/token.rss",
        "updated": AT,
        "entries": entries or (an_entry(),),
        "language": "en",
    }
    return Feed(**(given | values))
