"""The rules find what is wrong; rules that find nothing would show nothing."""

import json

import pytest

from tests.feeds import atom_rules, json_rules, rss_rules
from tests.feeds.samples import a_feed, an_entry
from wagtail_ecp.feeds.rendering import render


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"<updated>2019-03-04T09:30:15+00:00</updated>", b""),
        (b"<name>Vera Holm</name>", b""),
        (b"<name>Vera Holm</name>", b"<name> </name>"),
        (b"<id>urn:example:message:1</id>", b""),
        (b"urn:example:message:1", b"/1"),
        (b"urn:example:message:1", b"urn:example:mailbox:1"),
        (b'type="html"', b'type="CDATA"'),
        (b"2019-03-04T09:30:15+00:00", b"yesterday"),
        (b"+00:00</published>", b"</published>"),
        (b"<generator>", b"<unknown/><generator>"),
        (b'rel="self"', b'rel="alternate"'),
        (b"</entry>", b'<link href="https://desk.example/"/></entry>'),
    ],
)
def test_what_is_wrong_with_atom_is_found(right, wrong):
    document = render(a_feed(an_entry()), "atom")
    assert right in document

    assert atom_rules.problems(document.replace(right, wrong, 1))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'version="2.0"', b'version="1.0"'),
        (b"<title>Order 1</title>", b""),
        (b"<description>New mail</description>", b"<description/>"),
        (b"<language>", b"<language>de</language><language>"),
        (b"<link>https", b"<link>mailto"),
        (b' isPermaLink="false"', b""),
        (b"<generator>", b"<unknown/><generator>"),
        (b"Mon, 04 Mar 2019", b"Tue, 04 Mar 2019"),
        (b"Mon, 04 Mar 2019", b"Mo, 04 Mrz 2019"),
        (b"09:30:15 GMT</pubDate>", b"09:30:15</pubDate>"),
        (b"</guid>", b"</guid><author>Vera Holm</author>"),
        (b"Vera Holm", b""),
        (b'rel="self"', b'rel="other"'),
    ],
)
def test_what_is_wrong_with_rss_is_found(right, wrong):
    document = render(a_feed(an_entry()), "rss")
    assert right in document

    assert rss_rules.problems(document.replace(right, wrong, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": "https://jsonfeed.org/version/1"},
        {"title": ""},
        {"next_url": None},
        {"next_url": "/2"},
        {"unknown": 1},
        {"items": [{"id": 1, "content_text": ""}]},
        {"items": [{"id": "1"}]},
        {"items": [{"id": "1", "content_text": "", "tags": [1]}]},
        {"items": [{"id": "1", "content_text": "", "authors": [{}]}]},
        {
            "items": [
                {
                    "id": "1",
                    "content_text": "",
                    "date_published": "2019-03-04T09:30:15+01:00",
                }
            ]
        },
        {"items": [{"id": "1", "content_text": ""}] * 2},
    ],
)
def test_what_is_wrong_with_json_feed_is_found(wrong):
    feed = json.loads(render(a_feed(an_entry()), "json"))

    assert json_rules.problems(json.dumps(feed | wrong).encode())
