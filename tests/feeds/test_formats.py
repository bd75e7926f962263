"""What holds for a feed in each of the formats."""

import re
from datetime import timedelta, timezone

import feedparser
import pytest
from lxml import etree

from tests.feeds.hostile import HOSTILE
from tests.feeds.samples import AT, FORMATS, PROBLEMS, a_feed, an_entry
from wagtail_ecp.feeds.feed import Attachment
from wagtail_ecp.feeds.rendering import CONTENT_TYPES, DEFAULT_FORMAT, render

xml = pytest.mark.parametrize("kind", ["rss", "atom"])
every = pytest.mark.parametrize("kind", FORMATS)


def test_every_format_has_a_content_type():
    assert tuple(CONTENT_TYPES) == FORMATS
    assert DEFAULT_FORMAT == "rss"


@every
def test_a_feed_holds_against_its_rules(kind):
    everything = an_entry(
        tags=("Order", "Urgent"),
        html="<p>When <b>will</b> it&nbsp;come?</p>",
        attachments=(
            Attachment(name="photo.jpg", size=2048, content_type="image/jpeg"),
        ),
    )

    document = render(a_feed(everything, an_entry(2), an_entry(3)), kind)

    assert PROBLEMS[kind](document) == []


@every
def test_a_feed_without_entries_holds_against_its_rules(kind):
    document = render(a_feed(entries=()), kind)

    assert PROBLEMS[kind](document) == []


@every
@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_hold_against_the_rules(kind, words):
    hostile = an_entry(
        title=words,
        author=words,
        text=words,
        tags=(words, "Order"),
        attachments=(Attachment(name=words, size=1, content_type=words),),
    )
    unclean = an_entry(2, html=words)

    document = render(
        a_feed(hostile, unclean, title=f"Box {words}", subtitle=words), kind
    )

    assert PROBLEMS[kind](document) == []


@xml
@pytest.mark.parametrize("words", ["]]><!--", "<b>&lt;</b>", "Grüße 你好 \U0001f4e8"])
def test_a_subject_stays_as_it_was_written(kind, words):
    root = etree.fromstring(render(a_feed(an_entry(title=words)), kind))

    titles = [e.text for e in root.iter("{*}title")]
    assert titles == ["support@desk.example", words]


@xml
def test_a_reader_finds_every_entry_in_its_order(kind):
    document = render(a_feed(*map(an_entry, range(50))), kind)

    seen = feedparser.parse(document)
    assert not seen.bozo
    assert [entry.title for entry in seen.entries] == [f"Order {n}" for n in range(50)]
    assert seen.entries[7].link == "https://desk.example/admin/mail/7/"
    assert seen.entries[7].author == "Vera Holm"
    assert seen.feed.link == "https://desk.example/admin/mail/"


@every
def test_a_message_without_a_subject_says_so(kind):
    assert b"(no subject)" in render(a_feed(an_entry(title=" \x00 ")), kind)


@every
def test_a_message_without_a_sender_says_so(kind):
    assert b"unknown sender" in render(a_feed(an_entry(author="\ud800")), kind)


@every
def test_unchanged_content_is_the_same_bytes_again(kind):
    def document():
        entries = (an_entry(number, tags=("b", "a")) for number in range(5))
        return render(a_feed(*entries), kind)

    assert document() == document()


@every
def test_every_date_is_one_that_the_feed_was_given(kind):
    document = render(a_feed(), kind)

    dates = re.findall(rb"\d{4}-\d\d-\d\dT|\d\d [A-Z][a-z]{2} \d{4}", document)
    assert set(dates) <= {b"2019-03-04T", b"04 Mar 2019"}
    assert len(dates) == {"rss": 2, "atom": 3, "json": 2}[kind]


@every
def test_times_are_utc_whatever_zone_they_come_in(kind):
    east = timezone(timedelta(hours=5, minutes=45))
    there = an_entry(at=AT.astimezone(east), updated=AT.astimezone(east))

    document = render(a_feed(there, updated=AT.astimezone(east)), kind)

    assert document == render(a_feed(), kind)


@every
def test_attachments_are_named_after_the_text(kind):
    files = (
        Attachment(name="a & b.pdf", size=2048, content_type="application/pdf"),
        Attachment(name="c\nd.txt", size=1, content_type="text/plain"),
    )

    document = render(a_feed(an_entry(text="See both.", attachments=files)), kind)

    text = document.decode().replace("\xa0", " ").replace("&amp;amp;", "&")
    text = text.replace("&amp;", "&")
    assert text.index("See both.") < text.index("a & b.pdf (2.0 KB)")
    assert "c d.txt (1 byte)" in text
    assert "enclosure" not in text
