"""New mail while reading a list, the preview beside it, and how one wants to see it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.admin.queries import queries_of
from tests.builders import a_conversation, a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import actions, presence
from wagtail_ecp.inbox.models import Conversation, MemberProfile, Merge

pytestmark = pytest.mark.django_db


def list_of(mailbox, name="inbox"):
    return reverse("wagtail_ecp:folder", args=[mailbox.pk, name])


def news_of(soup):
    """Return the address that a list's page asks for what is new."""
    page = soup.select_one("[data-controller=ecp-list-news]")
    url = page["data-ecp-list-news-url-value"]
    and_ = "&" if "?" in url else "?"
    after = page["data-ecp-list-news-after-value"]
    since = page["data-ecp-list-news-since-value"]
    return f"{url}{and_}after={after}&since={since}"


def ago(minutes):
    return timezone.now() - timedelta(minutes=minutes)


@pytest.mark.parametrize("number", [0, 2])
def test_list_tells_what_came_after_it_was_shown(client, browse, alice, number):
    mailbox = a_mailbox(readers=[alice])
    for minutes in range(number):
        a_conversation(mailbox, last_message_at=ago(5 + minutes))
    url = news_of(browse(alice)(list_of(mailbox)))

    before = client.get(url).json()
    a_conversation(mailbox)
    a_conversation(mailbox, folder="archive")
    after = client.get(url).json()

    assert before["number"] == 0
    assert (after["number"], after["words"]) == (1, "1 new")
    assert (after["replying"], after["joined"], after["gone"]) == ({}, [], [])


def test_list_tells_who_begins_to_reply_and_who_stops(client, browse, alice, bob):
    mailbox = a_mailbox(readers=[alice], repliers=[bob])
    row, hidden = a_conversation(mailbox), a_conversation(a_mailbox("x@example.com"))
    url = news_of(browse(alice)(list_of(mailbox)))
    presence.tell(row, user=bob, is_replying=True)
    presence.tell(hidden, user=bob, is_replying=True)

    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    presence.leave(row, user=bob)
    last = client.get(url, headers={"If-None-Match": first["ETag"]})

    assert first.json()["replying"] == {str(row.pk): "bob is replying"}
    assert again.status_code == 304
    assert last.json()["replying"] == {}


def test_what_becomes_one_is_told_of_where_it_stands(client, browse, alice):
    mailbox = a_mailbox(repliers=[alice])
    kept, gone, top = (
        row.message.conversation
        for row in receive_and_process(
            an_email("Kept"), an_email("Gone"), an_email("Top")
        )
    )
    url = news_of(browse(alice)(list_of(mailbox)))
    assert client.get(url).json()["number"] == 0

    actions.merge(kept, gone, by=alice)
    told = client.get(url).json()

    assert (told["number"], told["joined"], told["gone"]) == (1, [kept.pk], [gone.pk])
    actions.unmerge(Merge.objects.get(), by=alice)
    assert client.get(url).json()["number"] == 0
    assert top.folder == "inbox"


def test_merges_elsewhere_are_no_news_here(client, browse, alice, bob):
    mailbox = a_mailbox(readers=[alice])
    url = news_of(browse(alice)(list_of(mailbox)))
    a_mailbox("secret@example.com", repliers=[bob])
    mails = [
        an_email("One", to="secret@example.com"),
        an_email("Two", to="secret@example.com"),
    ]
    one, two = receive_and_process(*mails, to="secret@example.com")

    actions.merge(one.message.conversation, two.message.conversation, by=bob)

    told = client.get(url).json()
    assert (told["number"], told["joined"], told["gone"]) == (0, [], [])


def test_filtered_list_tells_of_what_it_would_show(client, browse, alice):
    mailbox = a_mailbox(readers=[alice])
    url = news_of(browse(alice)(list_of(mailbox), files="yes"))

    a_conversation(mailbox)
    a_conversation(mailbox, has_attachments=True)

    assert client.get(url).json()["number"] == 1


def test_nothing_new_is_answered_by_no_more_than_that(client, browse, alice):
    mailbox = a_mailbox(readers=[alice])
    url = news_of(browse(alice)(list_of(mailbox)))
    tag = client.get(url).headers["ETag"]

    unchanged = client.get(url, headers={"if-none-match": tag})
    a_conversation(mailbox)
    changed = client.get(url, headers={"if-none-match": tag})

    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert changed.json()["number"] == 1


def test_news_cost_four_queries_beside_the_login_and_a_sign_of_life(
    client, browse, alice
):
    mailbox = a_mailbox(readers=[alice])
    a_conversation(mailbox)
    url = news_of(browse(alice)(list_of(mailbox)))

    asked = [sql for sql in queries_of(client, url) if "wagtail_ecp_" in sql]

    assert len([sql for sql in asked if "lastseen" in sql]) == 1
    assert len(asked) == 4 + 1


@pytest.mark.parametrize("after", ["", "x", "1-", "9" * 40])
def test_malformed_place_has_no_news(client, alice, after):
    mailbox = a_mailbox(readers=[alice])
    a_conversation(mailbox)
    client.force_login(alice)

    url = reverse("wagtail_ecp:folder_news", args=[mailbox.pk, "inbox"])

    assert client.get(url, {"after": after}).json()["number"] == 0


def test_list_in_another_order_asks_for_no_news(browse, alice):
    mailbox = a_mailbox(readers=[alice])

    soup = browse(alice)(list_of(mailbox, "snoozed"))

    assert not soup.select("[data-controller=ecp-list-news]")


def test_preview_shows_the_messages_and_marks_nothing_read(browse, alice):
    a_mailbox(readers=[alice])
    receive_and_process(an_email("Where is it?", "Hello,\nwhere is it?\n"))
    conversation = Conversation.objects.get()

    soup = browse(alice)(reverse("wagtail_ecp:preview", args=[conversation.pk]))

    conversation.refresh_from_db()
    assert soup.select_one("h2").text == "Where is it?"
    assert "where is it?" in soup.select_one(".ecp-message").text
    assert conversation.is_unread


@pytest.mark.parametrize("name", ["has_preview", "is_compact"])
def test_member_switches_how_lists_look(client, browse, alice, name):
    mailbox = a_mailbox(readers=[alice])
    a_conversation(mailbox)
    get = browse(alice)

    response = client.post(
        reverse("wagtail_ecp:list_view"), {name: "1", "from": f"{mailbox.pk}/mine"}
    )
    soup = get(list_of(mailbox))

    assert response.url == list_of(mailbox, "mine")
    assert getattr(MemberProfile.objects.get(user=alice), name) is True
    assert soup.select_one(f"button[name={name}]")["value"] == "0"
    assert soup.select_one(".ecp-pane" if name == "has_preview" else ".ecp-compact")


@pytest.mark.parametrize("data", [{}, {"is_compact": "x"}, {"signature": "1"}])
def test_what_is_no_switch_changes_nothing(client, alice, data):
    a_mailbox(readers=[alice])
    client.force_login(alice)

    response = client.post(reverse("wagtail_ecp:list_view"), data)

    assert response.status_code == 400
    assert not MemberProfile.objects.exists()
