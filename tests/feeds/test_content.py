"""What feeds say: of mailboxes, of conversations and of saved searches."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import feedparser
import pytest
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from tests.builders import (
    a_draft,
    a_mailbox,
    a_received_conversation,
    a_thread,
    an_email,
    receive_and_process,
)
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.feeds import conversations, mailboxes
from wagtail_ecp.inbox import actions, subscriptions
from wagtail_ecp.inbox.actions import Choices
from wagtail_ecp.inbox.models import Conversation, Folder, Message, SavedSearch
from wagtail_ecp.inbox.search import changes, days
from wagtail_ecp.inbox.search.indexing import index_waiting
from wagtail_ecp.inbox.search.vocabulary import Rule
from wagtail_ecp.spam.models import Score

DAY = timedelta(days=1)
HTML = """<p onclick="x()">Hello</p><script>bad()</script>
<img src="https://tracker.example/1.png"><a href="https://shop.example/">shop</a>"""


@pytest.fixture
def support(alice):
    mailbox = a_mailbox(repliers=[alice])
    Account.objects.update(rss_enabled=True)
    return mailbox


@pytest.fixture
def read(client, alice):
    """Subscribes alice and reads what there is, also the page of an address."""

    def ask(target, *, url="", **choices):
        if not url:
            feed = actions.subscribe(
                target, Choices(format="atom", **choices), by=alice
            )
            url = f"/ecp/feeds/{subscriptions.token_of(feed)}/"
        response = client.get(url.replace("http://tests.example", ""))
        assert response.status_code == 200
        return feedparser.parse(response.content)

    return ask


def titles(feed):
    return [entry.title for entry in feed.entries]


def link(feed, rel):
    found = [one.href for one in feed.feed.links if one.rel == rel]
    return found[0] if found else ""


def an_html_email():
    mail = EmailMessage()
    mail["From"], mail["To"] = (
        "Vera Holm <vera@customer.example>",
        "support@example.com",
    )
    mail["Subject"], mail["Message-ID"] = "Styled", "<styled@customer.example>"
    mail.set_content("Hello in plain text")
    mail.add_alternative(HTML, subtype="html")
    mail.add_attachment(
        b"%PDF", maintype="application", subtype="pdf", filename="a.pdf"
    )
    return mail.as_bytes()


# Mailboxes


def test_a_mailbox_tells_of_what_came_in_the_latest_arrival_first(support, read, alice):
    now = timezone.now()
    receive_and_process(an_email("First", date=now), an_email("Late", date=now - DAY))
    conversation = Conversation.objects.get(subject="First")
    draft = a_draft(conversation, by=alice)
    actions.send_draft(draft, by=alice, version=draft.version, has_seen=10**9)

    feed = read(support)

    assert titles(feed) == ["Late", "First"]
    assert feed.feed.title == "Support"
    assert link(feed, "alternate").endswith(f"/admin/mail/{support.pk}/inbox/")


def test_an_entry_says_who_what_when_and_leads_into_the_admin(support, read, alice):
    conversation = a_received_conversation("Parcel", text="Where is it?\n")
    actions.tag(conversation, ["order", "vip"], by=alice)
    message = conversation.messages.get()

    (entry,) = read(support).entries

    assert (entry.title, entry.author) == ("Parcel", "Vera Holm")
    assert entry.content[0].value.strip() == "<p>Where is it?</p>"
    assert [tag.term for tag in entry.tags] == ["order", "vip"]
    path = f"/admin/mail/conversations/{conversation.pk}/#message-{message.pk}"
    assert entry.link == f"http://tests.example{path}"
    at = message.at.replace(microsecond=0)
    assert datetime.fromisoformat(entry.published) == at


def test_ids_stay_and_differ_from_feed_to_feed(support, read):
    conversation = a_received_conversation()

    of_mailbox, again = read(support), read(support)
    of_conversation = read(conversation)

    assert of_mailbox.entries[0].id == again.entries[0].id
    assert of_mailbox.entries[0].id.startswith("urn:uuid:")
    assert of_mailbox.entries[0].id != of_conversation.entries[0].id
    assert of_mailbox.feed.id != of_conversation.feed.id


def test_a_mailbox_goes_on_on_older_pages(support, read, monkeypatch):
    monkeypatch.setattr(mailboxes, "MOST", 2)
    receive_and_process(*(an_email(f"Mail {number}") for number in range(5)))
    found, page = [], read(support)
    while True:
        found += titles(page)
        following = link(page, "next")
        if not following:
            break
        page = read(support, url=following)

    assert found == [f"Mail {number}" for number in (4, 3, 2, 1, 0)]


def test_nonsense_for_a_page_is_the_first_page(support, read):
    a_received_conversation("Parcel")
    first = link(read(support), "self")

    for nonsense in ("x", "-1", "9" * 40, "\u0663", "%00"):
        assert titles(read(support, url=f"{first}?before={nonsense}")) == ["Parcel"]


def test_spam_within_wanted_mail_is_left_out(support, read):
    conversation = a_received_conversation("Parcel", message_id="1@x")
    receive_and_process(an_email("Re: Parcel", cites=["1@x"]))
    Score.objects.filter(message=conversation.messages.last()).update(is_spam=True)

    assert titles(read(support)) == titles(read(conversation)) == ["Parcel"]


# Conversations


def test_a_conversation_tells_of_all_its_messages_and_says_so(support, read, alice):
    conversation = a_received_conversation("Parcel", message_id="1@x")
    draft = a_draft(conversation, by=alice, subject="Re: Parcel")
    actions.send_draft(draft, by=alice, version=draft.version, has_seen=10**9)
    actions.add_note(conversation, "Secret between us", by=alice)

    feed = read(conversation)

    assert titles(feed) == ["Re: Parcel", "Parcel"]
    assert "fh_complete" in feed.feed
    assert "Secret" not in str(feed)


def test_notes_are_there_for_who_asked_for_them(support, read, alice):
    conversation = a_received_conversation("Parcel")
    actions.add_note(conversation, "Called the <courier>", by=alice)

    feed = read(conversation, has_notes=True)

    assert titles(feed) == ["Note: Parcel", "Parcel"]
    assert feed.entries[0].author == "alice"
    assert "Called the &lt;courier&gt;" in feed.entries[0].content[0].value


def test_a_long_conversation_goes_on_on_older_pages(support, read, alice, monkeypatch):
    monkeypatch.setattr(conversations, "MOST", 2)
    conversation = a_thread(5)
    Conversation.objects.update(version=7)

    first = read(conversation, has_notes=True)
    second = read(conversation, url=link(first, "next"))
    last = read(conversation, url=link(second, "next"))

    texts = [e.content[0].value for page in (first, second, last) for e in page.entries]
    assert [text[-6:-4] for text in texts] == [" 4", " 3", " 2", " 1", " 0"]
    assert "fh_complete" not in first.feed
    assert link(last, "next") == ""


# Whole messages


def test_whole_messages_are_sanitised_as_on_the_screen(support, read):
    Account.objects.update(rss_full_bodies=True)
    receive_and_process(an_html_email())

    (entry,) = read(support, has_bodies=True).entries

    html = entry.content[0].value
    assert "<p>Hello</p>" in html
    assert "https://shop.example/" in html
    for bad in ("onclick", "script", "bad()", "tracker.example", "src="):
        assert bad not in html
    assert "a.pdf (4\u00a0bytes)" in html


def test_beginnings_are_all_that_feeds_hold_else(support, client, alice):
    Account.objects.update(rss_full_bodies=True)
    a_received_conversation(text="A" * 400 + " the end\n")
    feed = actions.subscribe(support, Choices(has_bodies=True), by=alice)
    url = f"/ecp/feeds/{subscriptions.token_of(feed)}/"
    assert b"the end" in client.get(url).content

    Account.objects.update(rss_full_bodies=False)

    response = client.get(url)
    assert b"AAAA" in response.content
    assert b"the end" not in response.content


def test_a_mail_whose_file_is_lost_is_told_by_its_text(support, read):
    Account.objects.update(rss_full_bodies=True)
    receive_and_process(an_html_email())
    Message.objects.update(blob=Message.objects.get().blob, has_html=True)
    name = Message.objects.get().blob_id
    storages["ecp_raw"].delete(f"raw/{name[:2]}/{name}")

    (entry,) = read(support, has_bodies=True).entries

    assert "Hello in plain text" in entry.content[0].value


# Saved searches


def a_search(alice, *rules):
    stored = [Rule(*rule).stored() for rule in rules]
    return SavedSearch.objects.create(name="Orders", user=alice, rules=stored)


def test_what_comes_to_match_is_told_however_old_it_is(support, read, client, alice):
    conversations_of_all = [a_received_conversation(f"Mail {n}") for n in range(3)]
    old = conversations_of_all[0]
    actions.tag(conversations_of_all[2], ["order"], by=alice)
    Conversation.objects.filter(pk=old.pk).update(last_message_at=timezone.now() - DAY)
    search = a_search(alice, ("tag", "equals", ("order",)))
    assert titles(read(search)) == ["Mail 2"]

    actions.tag(old, ["order"], by=alice)

    assert titles(read(search)) == ["Mail 0", "Mail 2"]


def test_junk_is_in_no_search_that_asks_for_it_either(support, read, alice):
    junk = a_received_conversation("Junk")
    actions.move_to(Folder.TRASH, junk, by=alice)

    assert titles(read(a_search(alice, ("folder", "equals", ("trash",))))) == []


def test_searches_for_words_and_in_several_mailboxes(support, read, alice):
    a_mailbox("sales@example.com", repliers=[alice])
    a_received_conversation("Parcel")
    a_received_conversation("Invoice", to="sales@example.com")
    index_waiting()

    assert titles(read(a_search(alice, ("subject", "contains", ("parcel",))))) == [
        "Parcel"
    ]
    both = a_search(alice, ("unread", "true", ()))
    assert titles(read(both)) == ["Invoice", "Parcel"]


def test_other_rules_are_another_version(support, client, alice):
    a_received_conversation("Parcel")
    search = a_search(alice, ("unread", "true", ()))
    feed = actions.subscribe(search, by=alice)
    url = f"/ecp/feeds/{subscriptions.token_of(feed)}/"
    tag = client.get(url)["ETag"]

    rules = [Rule("unread", "false")]
    actions.change_search(search, "Orders", rules, is_shared=False, by=alice)

    changed = client.get(url, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert b"Parcel" not in changed.content


@pytest.mark.parametrize(
    ("rule", "changes_at_midnight"),
    [
        (("message-date", "today", ()), True),
        (("message-date", "before", ("yesterday",)), True),
        (("message-date", "newer-than", ("4h",)), True),
        (("unread", "true", ()), False),
        (("message-date", "before", ("2026-01-01",)), False),
    ],
)
def test_what_the_clock_changes_is_another_version_at_midnight(
    support, client, alice, monkeypatch, rule, changes_at_midnight
):
    """Midnight is the account's: Los Angeles is eight hours behind in winter."""
    at = datetime(2026, 12, 2, 7, 59, 59, tzinfo=UTC)
    monkeypatch.setattr(days.Clock, "now", property(lambda _clock: at))
    feed = actions.subscribe(a_search(alice, rule), by=alice)
    url = f"/ecp/feeds/{subscriptions.token_of(feed)}/"
    tag = client.get(url)["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304

    at += timedelta(seconds=1)

    status = client.get(url, headers={"If-None-Match": tag}).status_code
    assert status == (200 if changes_at_midnight else 304)


# Plans


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's words")
def test_pages_are_read_from_an_index_in_its_order(support, alice):
    news = Message.objects.visible_to(alice).news(support)
    changed = changes.CHANGED.sort(Conversation.objects.whole().filter(mailbox=support))

    assert "ecp_message_news" in news[:51].explain()
    assert "ecp_conversation_changed" in changed[:50].explain()
    assert "TEMP B-TREE" not in news[:51].explain() + changed[:50].explain()
