"""JSON Feed, part by part."""

import json

from tests.feeds.samples import a_feed, an_entry
from wagtail_ecp.feeds.feed import Attachment
from wagtail_ecp.feeds.rendering import render


def an_item(**values):
    (item,) = json.loads(render(a_feed(an_entry(**values)), "json"))["items"]
    return item


def test_text_stays_text():
    assert an_item(text="a < b\n\nBye")["content_text"] == "a < b\n\nBye"


def test_html_is_html():
    item = an_item(html="<p>a &lt; b</p>")

    assert item["content_html"] == "<p>a &lt; b</p>"
    assert "content_text" not in item


def test_the_names_of_files_follow_the_text():
    file = Attachment(name="a.pdf", size=2048, content_type="application/pdf")

    assert an_item(text="See.", attachments=(file,))["content_text"] == (
        "See.\n\n- a.pdf (2.0\xa0KB)"
    )


def test_author_and_tags_are_lists():
    item = an_item(author="Vera", tags=("Order", " "))

    assert item["authors"] == [{"name": "Vera"}]
    assert item["tags"] == ["Order"]


def test_the_next_page_is_named_where_there_is_one():
    feed = a_feed(next_url="https://desk.example/feeds/2")

    assert json.loads(render(feed, "json"))["next_url"] == feed.next_url
    assert "next_url" not in json.loads(render(a_feed(), "json"))
