"""Reading a long conversation: what is one line, its notes, its order."""

import time
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.admin.queries import queries_of
from tests.builders import a_mailbox, a_note, a_thread, an_email, receive_and_process
from wagtail_ecp.admin.collapsing import LAST, UNREAD, shown_whole
from wagtail_ecp.admin.shown_notes import with_mentions
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation, MemberProfile, Message
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db


def url_of(conversation, name="conversation"):
    return reverse(f"wagtail_ecp:{name}", args=[conversation.pk])


def whole(soup):
    """Return the numbers of the messages that are shown whole, in their order."""
    items = [article.find_parent("li") for article in soup.select(".ecp-message")]
    return [int(item["id"].removeprefix("message-")) for item in items]


def lines(soup):
    return [int(line["data-message"]) for line in soup.select(".ecp-line details")]


@pytest.mark.parametrize("number", [0, 1, 5])
def test_short_conversations_are_shown_whole(number):
    numbers = list(range(number))

    assert shown_whole(numbers, unread=()) == set(numbers)


def test_of_long_ones_the_first_and_the_last_messages_are_shown():
    numbers = list(range(100, 200))

    assert shown_whole(numbers, unread=()) == {100, *numbers[-LAST:]}


def test_unread_messages_are_shown_but_not_without_end():
    numbers = list(range(200))

    few = shown_whole(numbers, unread={50, 51})
    all_of_them = shown_whole(numbers, unread=set(numbers))

    assert few == {0, 50, 51, *numbers[-LAST:]}
    assert len(all_of_them) == UNREAD + 1


def test_opened_messages_are_shown_and_strange_numbers_are_not():
    assert shown_whole(range(100), unread=(), opened={7, 4711}) == {0, 7, 97, 98, 99}


def test_messages_in_between_are_one_line_each(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_thread(8)
    actions.mark_read(conversation, by=alice)
    numbers = [m.pk for m in conversation.messages.in_order()]

    soup = browse(alice)(url_of(conversation))

    assert whole(soup) == [numbers[0], *numbers[-LAST:]]
    assert lines(soup) == numbers[1:-LAST]
    line = soup.select_one(f"#message-{numbers[1]}")
    assert "Vera Holm" in line.summary.text
    assert "Message 1" in line.summary.text
    assert line.select_one(".ecp-text") is None


def test_without_script_a_line_leads_to_its_message(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_thread(8)
    actions.mark_read(conversation, by=alice)
    get = browse(alice)
    link = get(url_of(conversation)).select_one(".ecp-line a")["href"]
    address, _hash, name = link.partition("#")

    soup = get(url_of(conversation) + address)

    assert "Message 1" in soup.select_one(f"#{name} .ecp-text").text


def test_all_messages_are_shown_to_who_asks(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_thread(8)
    actions.mark_read(conversation, by=alice)
    get = browse(alice)
    [link] = get(url_of(conversation)).select("a[href^='?open=all']")

    soup = get(url_of(conversation) + link["href"])

    assert len(whole(soup)) == 8
    assert soup.select_one("a[href^='?open=all']") is None


@pytest.mark.parametrize("asked", ["x", "-1", "²", "9" * 40, "<script>"])
def test_strange_wishes_open_nothing(browse, alice, asked):
    a_mailbox(readers=[alice])
    conversation = a_thread(8)
    actions.mark_read(conversation, by=alice)

    soup = browse(alice)(url_of(conversation), open=asked)

    assert len(whole(soup)) == 1 + LAST


def test_what_came_since_the_team_looked_is_shown(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_thread(8)
    actions.mark_read(conversation, by=alice)
    at = timezone.now()
    news = list(conversation.messages.in_order())[3:5]
    Message.objects.exclude(pk__in=[m.pk for m in news]).update(
        stored_at=at - timedelta(days=1)
    )
    Message.objects.filter(pk__in=[m.pk for m in news]).update(stored_at=at)
    Action.objects.filter(kind=Action.Kind.READ).update(at=at)
    Conversation.objects.update(is_unread=True)

    soup = browse(alice)(url_of(conversation))

    assert {m.pk for m in news} <= set(whole(soup))
    conversation.refresh_from_db()
    assert not conversation.is_unread


def test_reading_is_written_down_once(alice):
    a_mailbox(readers=[alice])
    conversation = a_thread(1)

    actions.mark_read(conversation, by=alice)
    actions.mark_read(conversation, by=alice)
    actions.mark_read(conversation, by=alice, is_read=False)

    actions_here = Action.objects.filter(conversation_number=conversation.pk)
    kinds = actions_here.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["received", "read", "unread"]


def test_a_line_is_filled_with_its_message(browse, alice):
    a_mailbox(readers=[alice])
    message = a_thread(8).messages.in_order()[2]

    soup = browse(alice)(reverse("wagtail_ecp:message_body", args=[message.pk]))

    assert soup.select_one("html") is None
    assert soup.select_one(".ecp-message .ecp-text").text.strip() == "Message 2"


def test_newest_first_is_a_members_own_wish(client, browse, alice, bob):
    a_mailbox(readers=[alice, bob])
    conversation = a_thread(4)
    numbers = [m.pk for m in conversation.messages.in_order()]
    client.force_login(alice)

    client.post(url_of(conversation, "reading_order"), {"newest_first": "1"})

    assert whole(browse(alice)(url_of(conversation))) == numbers[::-1]
    assert whole(browse(bob)(url_of(conversation))) == numbers
    client.force_login(alice)
    client.post(url_of(conversation, "reading_order"), {"newest_first": "0"})
    assert not MemberProfile.objects.get(user=alice).newest_first


def test_there_are_but_two_orders(client, alice):
    a_mailbox(readers=[alice])
    client.force_login(alice)

    response = client.post(url_of(a_thread(1), "reading_order"), {"newest_first": "x"})

    assert response.status_code == 400


def test_with_the_newest_first_the_answer_is_written_above(browse, alice):
    a_mailbox(repliers=[alice])
    conversation = a_thread(1)
    MemberProfile.objects.create(user=alice, newest_first=True)

    soup = browse(alice)(url_of(conversation))

    assert soup.select_one(".ecp-thread").find_previous("section", class_="ecp-reply")


def test_notes_stand_among_the_messages_by_time(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_thread(3)
    first, second, third = conversation.messages.in_order()
    a_note(conversation, "In between", by=alice, at=second.at)

    soup = browse(alice)(url_of(conversation))

    ids = [item["id"] for item in soup.select(".ecp-messages > li")]
    note = f"note-{conversation.notes.get().pk}"
    assert ids == [
        f"message-{first.pk}",
        f"message-{second.pk}",
        note,
        f"message-{third.pk}",
    ]
    assert "Note by alice" in soup.select_one(f"#{note} h3").text


def test_notes_are_escaped_and_name_colleagues():
    html = with_mentions(
        "<b>@bob</b> ask @carol.jones, not x@y.example https://x.example/@bob"
    )

    assert "<b>" not in html
    assert html.count("<mark") == 2
    assert '<mark class="ecp-mention">@carol.jones</mark>,' in html
    assert 'href="https://x.example/@bob"' in html


def a_full(conversation):
    """Give each message a file, and the last one an outbox."""
    for message in conversation.messages.all():
        message.attachments.create(
            index=0, name="a.pdf", content_type="application/pdf", size=1
        )
    conversation.messages.update(has_attachments=True)
    return conversation


def test_two_hundred_messages_cost_as_many_queries_as_five(client, alice):
    a_mailbox(repliers=[alice])
    few, many = a_full(a_thread(5)), a_full(a_thread(200, "Another"))
    for conversation in (few, many):
        a_note(conversation, "Hello @bob", by=alice)
    client.force_login(alice)

    for_five = queries_of(client, url_of(few))
    for_two_hundred = queries_of(client, url_of(many))

    assert len(for_five) == len(for_two_hundred) <= 20, "\n".join(for_two_hundred)


def test_bodies_of_folded_messages_are_not_read(client, alice):
    a_mailbox(repliers=[alice])
    conversation = a_thread(200)
    client.force_login(alice)

    queries = queries_of(client, url_of(conversation))

    bodies = [sql for sql in queries if '"wagtail_ecp_message"."text"' in sql]
    assert len(bodies) == 1
    assert '"wagtail_ecp_message"."id" IN' in bodies[0]


def test_two_hundred_messages_cost_at_most_three_times_five(client, alice):
    a_mailbox(repliers=[alice])
    few, many = a_thread(5), a_thread(200, "Another")
    client.force_login(alice)

    def cost(conversation):
        begun = time.process_time()
        client.get(url_of(conversation))
        return time.process_time() - begun

    rounds = [(cost(few), cost(many)) for _round in range(8)][1:]

    # The cheapest round of each is the one that was disturbed least.
    assert min(many for _few, many in rounds) <= 3 * min(few for few, _ in rounds)


def test_new_messages_are_told_of(client, browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_thread(1)
    seen = conversation.messages.get().pk
    get = browse(alice)
    url = url_of(conversation, "news")
    assert get(url, after=seen).select("li") == []

    receive_and_process(an_email("Re: parcel", "More\n", cites=["0@parcel.example"]))

    newest = Message.objects.latest("pk")
    assert newest.conversation_id == conversation.pk
    [line] = get(url, after=seen).select("li")
    assert line["id"] == f"message-{newest.pk}"
    answer = client.get(url, {"after": seen})
    again = client.get(url, {"after": seen}, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def since_of(soup):
    return soup.select_one("[data-ecp-news-since-value]")["data-ecp-news-since-value"]


def test_messages_that_come_by_a_merge_are_told_of(browse, alice):
    a_mailbox(repliers=[alice])
    old, conversation = a_thread(2, "Older"), a_thread(1, "Open")
    get = browse(alice)
    since, newest = since_of(get(url_of(conversation))), Message.objects.latest("pk").pk
    url = url_of(conversation, "news")
    assert get(url, after=newest, since=since).select("li") == []

    actions.merge(conversation, old, by=alice)
    whole = Conversation.objects.get(pk=min(old.pk, conversation.pk))

    # The lower number stays: who has that open sees the lines, others are led there.
    lines = get(url_of(whole, "news"), after=newest, since=since).select("li")
    assert len(lines) == 1
    link = get(url, after=newest, since=since).select_one(".ecp-became")
    assert link["href"] == url_of(whole)
    assert f"#{whole.pk}" in link.text


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30])
def test_without_a_time_merges_are_no_news(browse, alice, since):
    a_mailbox(readers=[alice])
    conversation = a_thread(1)

    soup = browse(alice)(url_of(conversation, "news"), after=0, since=since)

    assert len(soup.select("li")) == 1


def test_spam_is_no_news(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_thread(2)
    first, second = conversation.messages.in_order()
    second.score.is_spam = True
    second.score.save()

    soup = browse(alice)(url_of(conversation, "news"), after=first.pk)

    assert soup.select("li") == []


@pytest.mark.parametrize("after", ["", "x", "-1", "1.5", "9" * 40, "²"])
def test_news_after_nonsense_are_refused(client, alice, after):
    a_mailbox(readers=[alice])
    client.force_login(alice)

    response = client.get(url_of(a_thread(1), "news"), {"after": after})

    assert response.status_code == 400


def test_asking_for_news_costs_three_queries_and_counts_nothing(client, alice):
    a_mailbox(readers=[alice])
    conversation = a_thread(3)
    client.force_login(alice)

    queries = queries_of(client, url_of(conversation, "news") + "?after=0&since=1")

    ours = [sql for sql in queries if sql.startswith('SELECT "wagtail_ecp_')]
    assert len(ours) == 3, "\n".join(queries)
    assert "COUNT(" not in "".join(ours)


def test_what_was_shown_while_reading_counts_as_read(client, alice):
    a_mailbox(readers=[alice])
    conversation = a_thread(1)
    client.force_login(alice)

    response = client.post(url_of(conversation, "mark_read"))

    conversation.refresh_from_db()
    assert response.status_code == 204
    assert not conversation.is_unread
