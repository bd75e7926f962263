"""RSS and Atom, one by one, where feedgen would do something else."""

import locale

import pytest
from lxml import etree

from tests.feeds.samples import PROBLEMS, a_feed, an_entry
from wagtail_ecp.feeds.rendering import render

ATOM = "{http://www.w3.org/2005/Atom}"
COMPLETE = "{http://purl.org/syndication/history/1.0}complete"
xml = pytest.mark.parametrize("kind", ["rss", "atom"])


def test_dates_leave_the_locale_of_the_process_alone(monkeypatch):
    def refuse(*_arguments):
        raise AssertionError("setlocale changes what other threads read and write")

    monkeypatch.setattr(locale, "setlocale", refuse)

    for kind in ("rss", "atom", "json"):
        render(a_feed(), kind)


def test_the_one_link_of_rss_leads_to_the_page():
    channel = etree.fromstring(render(a_feed(next_url="https://desk.example/2"), "rss"))

    links = [link.text for link in channel.iterfind("channel/link")]
    assert links == ["https://desk.example/admin/mail/"]


def test_an_rss_author_is_a_name_without_an_address():
    item = etree.fromstring(render(a_feed(an_entry(author="Vera")), "rss"))

    creators = item.iterfind(".//{http://purl.org/dc/elements/1.1/}creator")
    assert [creator.text for creator in creators] == ["Vera"]


def test_an_atom_author_is_a_name_and_nothing_else():
    root = etree.fromstring(render(a_feed(an_entry(author="Vera")), "atom"))

    (author,) = root.iter(f"{ATOM}author")
    assert [(part.tag, part.text) for part in author] == [(f"{ATOM}name", "Vera")]


def test_html_is_written_as_html_and_not_parsed():
    html = "<p>one<br>two &nbsp; <b>unclosed"

    root = etree.fromstring(render(a_feed(an_entry(html=html)), "atom"))

    (content,) = root.iter(f"{ATOM}content")
    assert (content.get("type"), content.text) == ("html", html)


@xml
def test_text_is_escaped_and_keeps_its_lines(kind):
    text = "a < b\nand <script>\n\nBye"

    root = etree.fromstring(render(a_feed(an_entry(text=text)), kind))

    shown = root.find(".//item/description" if kind == "rss" else f".//{ATOM}content")
    assert shown.text == "<p>a &lt; b<br>and &lt;script&gt;</p>\n\n<p>Bye</p>"


@xml
def test_tags_are_categories(kind):
    root = etree.fromstring(render(a_feed(an_entry(tags=("Order", "Urgent"))), kind))

    found = [
        tag.get("term", tag.text) for tag in root.iter("category", f"{ATOM}category")
    ]
    assert found == ["Order", "Urgent"]


@xml
def test_ids_are_those_of_the_entries(kind):
    root = etree.fromstring(render(a_feed(an_entry(7)), kind))

    found = [name.text for name in root.iter("guid", f"{ATOM}id")]
    assert found[-1] == "urn:example:message:7"


@xml
def test_a_feed_links_to_its_next_page(kind):
    document = render(a_feed(next_url="https://desk.example/feeds/2"), kind)

    links = [
        (link.get("rel"), link.get("href"))
        for link in etree.fromstring(document).iter(f"{ATOM}link")
    ]
    assert ("next", "https://desk.example/feeds/2") in links
    assert PROBLEMS[kind](document) == []


@xml
def test_a_complete_feed_says_so(kind):
    document = render(a_feed(is_complete=True), kind)

    root = etree.fromstring(document)
    assert root.find(f"channel/{COMPLETE}" if kind == "rss" else COMPLETE) is not None
    assert PROBLEMS[kind](document) == []


@xml
def test_a_feed_with_more_to_come_is_not_called_complete(kind):
    assert b"complete" not in render(a_feed(), kind)


@xml
def test_a_feed_names_its_language(kind):
    root = etree.fromstring(render(a_feed(language="pt-br"), kind))

    named = root.get("{http://www.w3.org/XML/1998/namespace}lang")
    assert (named or root.findtext("channel/language")) == "pt-br"
