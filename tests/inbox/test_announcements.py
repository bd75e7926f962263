"""The site's own announcements, from a feed into rows."""

import pytest

from wagtail_ecp.inbox.announcements import read
from wagtail_ecp.inbox.models import Announcement
from wagtail_ecp.jobs.announcements import fetch_announcements
from wagtail_ecp.mail import web

pytestmark = pytest.mark.django_db

FEED = b"""<?xml version="1.0"?>
<rss version="2.0"><channel><title>News</title>
<item><title>Office &lt;b&gt;closed&lt;/b&gt;</title><guid>1</guid>
<link>https://site.example/1</link><pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate>
<description>&lt;p&gt;On &lt;i&gt;Friday&lt;/i&gt;&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description></item>
<item><title>Older</title><guid>2</guid><link>javascript:x()</link>
<pubDate>Mon, 02 Nov 2026 10:00:00 GMT</pubDate></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>
<entry><id>urn:1</id><title>Atom</title><updated>2026-11-03T10:00:00Z</updated>
<link href="https://site.example/a"/><summary>Short</summary></entry></feed>"""


@pytest.fixture
def feed(settings, monkeypatch):
    """What the site's feed says; a test may put something else into the list."""
    says = [FEED]
    settings.WAGTAIL_ECP = {"ANNOUNCEMENT_FEED": "https://site.example/feed"}
    monkeypatch.setattr(web, "get", lambda url, **_rest: says[0])
    return says


def titles():
    return list(Announcement.objects.values_list("title", flat=True))


def test_entries_become_plain_text_newest_first(feed):
    fetch_announcements()

    newest, older = Announcement.objects.all()
    assert newest.title == "Office closed"
    assert newest.text == "On Friday"
    assert newest.url == "https://site.example/1"
    assert newest.at.isoformat() == "2026-11-03T10:00:00+00:00"
    assert older.url == ""  # No address that a browser may follow.


def test_an_atom_feed_will_do_as_well():
    (entry,) = read(ATOM)

    assert (entry.title, entry.text) == ("Atom", "Short")


def test_reading_again_changes_what_is_there_and_forgets_what_is_gone(feed):
    fetch_announcements()
    before = set(Announcement.objects.values_list("pk", "key"))
    feed[0] = FEED.replace(b"Older", b"Renamed").replace(b"<guid>1", b"<guid>3")

    fetch_announcements()

    assert titles() == ["Office closed", "Renamed"]
    after = set(Announcement.objects.values_list("pk", "key"))
    assert len(before & after) == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        b"",
        b"\0\xff",
        b"<html>Not found</html>",
        b"<rss><channel><item/></channel></rss>",
        b"<rss><channel><item><title>",
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><rss>&b;</rss>',
    ],
)
def test_what_is_no_feed_changes_nothing(feed, nonsense):
    fetch_announcements()
    feed[0] = nonsense

    fetch_announcements()

    assert len(titles()) == 2


def test_no_more_than_twenty_are_kept():
    item = b"<item><title>%d</title><guid>%d</guid></item>"
    items = b"".join(item % (number, number) for number in range(50))

    assert len(read(b"<rss version='2.0'><channel>%s</channel></rss>" % items)) == 20


def test_an_address_of_a_private_network_is_not_asked(settings, caplog):
    settings.WAGTAIL_ECP = {"ANNOUNCEMENT_FEED": "https://127.0.0.1:9/feed"}

    fetch_announcements()

    assert "not a public address" in caplog.text


def test_a_feed_that_can_not_be_had_changes_nothing(feed, monkeypatch, caplog):
    fetch_announcements()

    def fail(url, **_rest):
        raise web.WebError("The server answered 503.")

    monkeypatch.setattr(web, "get", fail)
    fetch_announcements()

    assert len(titles()) == 2
    assert "answered 503" in caplog.text


def test_without_the_setting_nothing_is_kept(feed, settings):
    fetch_announcements()
    settings.WAGTAIL_ECP = {}

    fetch_announcements()

    assert titles() == []
