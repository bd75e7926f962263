"""Saying what is spam: in lists, in conversations, and what the pages tell of it."""

from datetime import timedelta
from typing import get_args

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.admin.queries import queries_of
from tests.builders import a_mailbox, account_zone, an_email, receive_and_process
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.admin.scores import DOUBTS, in_words
from wagtail_ecp.contacts import actions as contacts
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import BulkChange, Conversation, Folder, Message
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.verdicts import Reason
from wagtail_ecp.spam.models import Mark, Score, SpamModel

pytestmark = pytest.mark.django_db

Verdict = Mark.Verdict
VERA = Address("Vera Holm", "vera@customer.example")


@pytest.fixture
def support(alice):
    return a_mailbox(repliers=[alice])


@pytest.fixture
def post(client, alice):
    """Return a function that presses a button of alice's and follows it."""
    client.force_login(alice)

    def press(name, *numbers, **data):
        url = reverse(f"wagtail_ecp:{name}", args=numbers)
        response = client.post(url, data, follow=True)
        assert response.status_code == 200, response.status_code
        return response.content.decode()

    return press


def arrive(*mails, threshold=100, to="support@example.com"):
    """Receive mails while this threshold holds; return their conversations."""
    Account.objects.update(spam_threshold=threshold)
    rows = receive_and_process(*(mails or [an_email()]), to=to)
    return [row.message.conversation for row in rows]


def page_of(conversation):
    return reverse("wagtail_ecp:conversation", args=[conversation.pk])


def ticked(rows, verdict, *, mailbox, folder="inbox"):
    """Return what the list's form submits with these rows ticked."""
    return {"row": rows, "action": verdict, "from": f"{mailbox.pk}/{folder}"}


def undo_url():
    return reverse("wagtail_ecp:undo_bulk", args=[BulkChange.objects.latest("pk").pk])


def list_of(mailbox, folder="inbox"):
    return reverse("wagtail_ecp:folder", args=[mailbox.pk, folder])


def folders():
    rows = Conversation.objects.order_by("pk")
    return list(rows.values_list("folder", flat=True))


def texts(soup, selector):
    return [" ".join(found.text.split()) for found in soup.select(selector)]


def reason(kind="outside", value="the words", points=12.34):
    return [kind, value, points]


# The list


def test_ticked_conversations_go_to_spam_with_one_notice(support, post, alice):
    one, _two, three = arrive(an_email("1"), an_email("2"), an_email("3"))

    html = post("bulk", **ticked([one.pk, three.pk], "spam", mailbox=support))

    assert folders() == ["spam", "inbox", "spam"]
    assert html.count("2 conversations are in Spam now.") == 1
    assert "The filter learns from it." in html
    assert set(Mark.objects.values_list("user", "verdict")) == {(alice.pk, "spam")}


def test_notice_is_shown_once(support, post, client):
    (one,) = arrive()
    post("bulk", **ticked([one.pk], "spam", mailbox=support))

    html = client.get(list_of(support)).content.decode()

    assert "in Spam now" not in html


def test_marks_are_undone_by_the_button_in_the_notice(support, post, client):
    numbers = [row.pk for row in arrive(an_email("1"), an_email("2"))]
    post("bulk", **ticked(numbers, "spam", mailbox=support))

    html = client.post(undo_url(), follow=True).content.decode()

    assert folders() == ["inbox", "inbox"]
    assert "Undone: all is as it was." in html
    assert not Score.objects.exclude(decision="").exists()


def test_what_happened_since_is_not_undone_and_said(support, post, client, alice):
    one, two = arrive(an_email("1"), an_email("2"))
    post("bulk", **ticked([one.pk, two.pk], "spam", mailbox=support))
    actions.move_to(Folder.TRASH, two, by=alice)

    html = client.post(undo_url(), follow=True).content.decode()

    assert folders() == ["inbox", "trash"]
    assert f"something has happened there since: #{two.pk}." in html


def test_not_spam_offers_the_senders_as_contacts(support, post, browse, alice):
    rows = arrive(
        an_email("1"),
        an_email("2", sender="Tom <tom@other.example>"),
        an_email("3", sender="Tom <tom@other.example>"),
        threshold=0,
    )
    numbers = [row.pk for row in rows]

    html = post("bulk", **ticked(numbers, "wanted", mailbox=support, folder="spam"))

    assert folders() == ["inbox"] * 3
    assert "tom@other.example" in html
    assert html.count('name="message"') == 2


def test_offered_senders_become_contacts_at_once(support, post):
    arrive(an_email("1"), an_email("2", sender="Tom <tom@other.example>"), threshold=0)
    numbers = list(Message.objects.values_list("pk", flat=True))

    html = post("add_contacts", message=numbers)

    assert Contact.objects.filter(origin=Contact.Origin.ADDED).count() == 2
    assert "tom@other.example" in html
    assert "never spam" in html


def test_contacts_are_not_offered_again(support, post, alice):
    (one,) = arrive(threshold=0)
    contacts.add(VERA, by=alice)

    html = post("bulk", **ticked([one.pk], "wanted", mailbox=support, folder="spam"))

    assert "Undo" in html
    assert "Add vera@customer.example to contacts" not in html


def test_nothing_ticked_says_what_to_do(support, post):
    arrive()

    html = post("bulk", **ticked([], "spam", mailbox=support))

    assert "Tick conversations first" in html
    assert folders() == ["inbox"]


def test_spam_folder_shows_score_and_end_of_each_row(support, browse, alice):
    arrive(threshold=0)
    Score.objects.update(value=93.44)
    now = timezone.localtime(timezone=account_zone())
    Conversation.objects.update(junked_at=now - timedelta(days=10))
    Account.objects.update(junk_retention_days=12)
    end = timezone.localtime(now + timedelta(days=2), account_zone())

    soup = browse(alice)(list_of(support, "spam"))
    cells = texts(soup, ".ecp-list td")

    assert texts(soup, ".ecp-list th")[2:4] == ["Score", "Deleted after"]
    assert cells[2] == "Score of 100: 93.4"
    assert cells[3].startswith(
        f"{end:%b} {end.day}" if end.year == now.year else f"{end:%m}/"
    )
    assert "deleted for good after 12 days" in soup.select_one("main").text


def test_trash_shows_the_end_too(support, browse, alice):
    (one,) = arrive()
    actions.move_to(Folder.TRASH, one, by=alice)

    soup = browse(alice)(list_of(support, "trash"))

    assert texts(soup, ".ecp-list th")[2:4] == ["Assignee", "Deleted after"]
    assert texts(soup, ".ecp-list td")[3]
    assert "deleted for good after 30 days" in soup.select_one("main").text


def test_inbox_tells_of_no_end(support, browse, alice):
    arrive()

    soup = browse(alice)(list_of(support))

    assert "deleted for good" not in soup.select_one("main").text


def test_spam_waits_for_nobody(support, browse, alice):
    arrive(threshold=0)

    soup = browse(alice)(list_of(support, "spam"))

    assert "waiting" not in soup.select_one(".ecp-list").text


def spam(mailbox, number):
    """Make so many conversations of spam, each with a score."""
    arrive(*(an_email(f"{index}") for index in range(number)), to=mailbox, threshold=0)


def test_fifty_rows_of_spam_cost_as_many_queries_as_five(client, alice):
    few, many = (
        a_mailbox(repliers=[alice]),
        a_mailbox("x@example.com", repliers=[alice]),
    )
    spam(few.address, 5)
    spam(many.address, 51)
    client.force_login(alice)

    for_five = queries_of(client, list_of(few, "spam"))
    for_fifty = queries_of(client, list_of(many, "spam"))

    assert len(for_five) == len(for_fifty) <= 15
    assert not [sql for sql in for_fifty if "COUNT(" in sql]


def test_fifty_rows_that_can_be_ticked_are_a_light_page(client, alice):
    mailbox = a_mailbox(repliers=[alice])
    spam(mailbox.address, 51)
    client.force_login(alice)

    assert len(client.get(list_of(mailbox, "spam")).content) <= 64 * 1024


def test_marking_a_page_costs_at_most_twenty_five_statements_a_row(
    support, client, alice
):
    rows = arrive(*(an_email(f"{number}") for number in range(50)))
    client.force_login(alice)
    url = reverse("wagtail_ecp:bulk")
    data = ticked([row.pk for row in rows], "spam", mailbox=support)

    with CaptureQueriesContext(connection) as captured:
        client.post(url, data)

    assert folders() == ["spam"] * 50
    assert len(captured) <= 50 * 25


# The conversation


def test_spam_leads_back_to_the_list_where_it_can_be_undone(support, post, alice):
    (one,) = arrive()

    html = post("mark", one.pk, verdict="spam")

    assert folders() == ["spam"]
    assert "1 conversation is in Spam now." in html
    marked = Action.objects.get(kind=Action.Kind.MARKED_SPAM)
    assert reverse("wagtail_ecp:undo", args=[marked.pk]) in html


def test_not_spam_stays_and_offers_the_sender_as_a_contact(support, post):
    (one,) = arrive(threshold=0)

    html = post("mark", one.pk, verdict="wanted")

    assert folders() == ["inbox"]
    assert "Not spam any more: this conversation is in the inbox again." in html
    assert "Add vera@customer.example to contacts" in html
    assert 'class="ecp-subject"' in html


def test_conversation_in_spam_has_not_spam_in_place_of_the_inbox(
    support, browse, alice
):
    (one,) = arrive(threshold=0)

    soup = browse(alice)(page_of(one))

    buttons = texts(soup, ".ecp-tools > form button")
    assert buttons[:3] == ["Move to trash", "Not spam", "Assign to me"]
    assert "Spam" not in buttons


def test_spam_among_accepted_mail_is_folded_and_marked(support, browse, alice):
    arrive(an_email(text="First\n", message_id="1@c.example"))
    (one,) = arrive(an_email("Re: x", "Buy now\n", cites=["1@c.example"]), threshold=0)

    soup = browse(alice)(page_of(one))

    folded = soup.select_one("details.ecp-folded")
    assert "judged to be spam" in folded.summary.text
    assert "Vera Holm" in folded.summary.text
    assert texts(folded, ".ecp-text") == ["Buy now"]
    assert texts(soup, ".ecp-messages > li > .ecp-message .ecp-text") == ["First"]
    assert soup.select_one("#ecp-write-to")["value"].endswith("<vera@customer.example>")


def test_mail_in_the_spam_folder_is_not_folded(support, browse, alice):
    (one,) = arrive(threshold=0)

    soup = browse(alice)(page_of(one))

    assert soup.select_one("details.ecp-folded") is None
    assert "judged to be spam" in soup.select_one(".ecp-marks").text


def test_answer_goes_to_the_last_wanted_message(support, browse, alice):
    arrive(an_email(message_id="1@c.example"))
    spammer = "Eve <eve@evil.example>"
    Message.objects.update(participants=["vera@customer.example", "eve@evil.example"])
    (one,) = arrive(
        an_email("Re: x", cites=["1@c.example"], sender=spammer), threshold=0
    )
    assert one.messages.count() == 2

    soup = browse(alice)(page_of(one))

    assert "vera@" in soup.select_one("#ecp-write-to")["value"]


def test_one_of_several_messages_is_marked_by_itself(support, post, browse, alice):
    arrive(an_email(message_id="1@c.example"))
    (one,) = arrive(an_email("Re: x", cites=["1@c.example"]))
    second = one.messages.in_order().last()

    post("mark_message", second.pk, verdict="spam")

    assert folders() == ["inbox"]
    marked = Score.objects.filter(is_spam=True)
    assert [score.pk for score in marked] == [second.pk]
    assert "marked as spam" in browse(alice)(page_of(one)).text


def why_of(conversation):
    """Return where a conversation's only message says why it has its score."""
    message = conversation.messages.get().pk
    return reverse("wagtail_ecp:message_view", args=[message, "why"])


def test_every_score_says_why(support, browse, alice):
    (one,) = arrive()
    clues = [["marked-spam", "", 12.34], ["answered-before", "", -3.0]]
    Score.objects.update(value=61.27, threshold=70, clues=clues)
    get = browse(alice)

    summary = get(page_of(one)).select_one(".ecp-why summary")
    why = get(why_of(one)).select_one(".ecp-score")

    assert summary.text.endswith("Why this score? 61.3")
    assert "From 70 on a message was spam then." in why.text
    assert "The sender is not a contact." in why.text
    assert texts(why, "tbody td:first-child") == [
        "mail of this sender was marked as spam",
        "your team has answered this sender before",
    ]
    assert texts(why, "tbody td:nth-child(2)") == ["+12.3", "\N{MINUS SIGN}3.0"]
    bars = [(bar["x"], bar["width"]) for bar in why.select("td rect")]
    assert bars == [("50.0", "50.0"), ("37.8", "12.2")]


def test_at_100_nothing_was_spam(support, browse, alice):
    (one,) = arrive(threshold=100)

    why = browse(alice)(why_of(one)).select_one(".ecp-score")

    assert "Nothing counted as spam then" in why.text


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0.0"), (12.349, "12.3"), (99.99, "99.9"), (100.0, "100.0")],
)
def test_score_in_words_is_never_more_than_it_is(value, words):
    assert in_words(value) == words


def test_pictures_have_points_where_people_write_commas(
    support, browse, alice, settings
):
    (one,) = arrive()
    Score.objects.update(value=61.27, clues=[["marked-spam", "", 12.34]])
    settings.LANGUAGE_CODE = "de"

    why = browse(alice)(why_of(one)).select_one(".ecp-score")

    assert [bar["width"] for bar in why.select("rect")] == ["61.3", "50.0"]
    assert "61,3" in why.text


def test_mark_names_who_made_it_and_can_be_taken_back(support, post, browse, alice):
    (one,) = arrive()
    actions.mark(one, Verdict.SPAM, by=alice)
    get = browse(alice)
    why = get(why_of(one)).select_one(".ecp-score")
    assert "alice marked it as spam" in why.text
    assert texts(why, "button") == ["Take it back"]

    post("take_back_mark", one.messages.get().pk)

    assert folders() == ["inbox"]
    why = get(why_of(one)).select_one(".ecp-score")
    assert "alice took the mark back" in why.text
    assert texts(why, "button") == []


def test_filter_says_that_it_is_learning_until_it_has(support, browse, alice):
    (one,) = arrive()
    get = browse(alice)
    SpamModel.note(marks=34)
    before = get(why_of(one)).select_one(".ecp-score").text
    SpamModel.note(marks=200)
    after = get(why_of(one)).select_one(".ecp-score").text

    assert "34 of some 200 marks" in before
    assert "learning" not in after


def test_message_from_before_the_filter_is_not_scored(support, browse, alice):
    (one,) = arrive()
    Score.objects.all().delete()

    summary = browse(alice)(page_of(one)).select_one(".ecp-why summary")

    assert summary.text.endswith("Why this score? not scored")


def test_our_own_messages_have_no_score(support, browse, alice):
    (one,) = arrive()
    one.messages.update(direction="out")

    assert browse(alice)(page_of(one)).select_one(".ecp-why") is None


@pytest.mark.parametrize("code", [code for code in DOUBTS if code != "dkim-aligned"])
def test_who_only_claims_to_be_a_contact_is_warned_of(support, browse, alice, code):
    (one,) = arrive()
    Score.objects.update(standing="doubted", check_reason=code)

    message = browse(alice)(page_of(one)).select_one(".ecp-message")

    warning = " ".join(message.select_one(".help-warning").text.split())
    assert warning == f"It claims to be from a contact, but {DOUBTS[code]}"


def test_every_outcome_of_a_check_has_words():
    assert set(DOUBTS) == set(get_args(Reason))


@pytest.mark.parametrize(
    ("standing", "words"),
    [
        ("contact", ["contact, authenticated"]),
        ("unverified", ["contact, unverified sender"]),
        ("doubted", []),
        ("", []),
        ("history", []),
    ],
)
def test_contact_bears_a_mark_if_the_sender_is_in_no_doubt(
    support, browse, alice, standing, words
):
    (one,) = arrive()
    Score.objects.update(standing=standing)
    contacts.add(VERA, by=alice)

    marks = browse(alice)(page_of(one)).select_one(".ecp-marks")

    assert texts(marks, ".w-status") == words


def test_sender_becomes_a_contact_and_a_stranger_again(support, post, browse, alice):
    (one,) = arrive()
    number = one.messages.get().pk
    get = browse(alice)
    assert texts(get(page_of(one)), ".ecp-marks button") == ["Add to contacts"]

    html = post("add_contact", number)
    assert "vera@customer.example is a contact now." in html
    shown = get(page_of(one))
    assert texts(shown, ".ecp-marks button") == []
    assert texts(shown, ".ecp-menu button") == ["Remove from contacts"]

    html = post("remove_contact", number)
    assert "vera@customer.example is not a contact any more" in html
    assert texts(get(page_of(one)), ".ecp-marks button") == ["Add to contacts"]


def test_mail_without_an_address_makes_nobody_a_contact(support, post):
    (one,) = arrive(an_email(sender="nobody"))

    html = post("add_contact", one.messages.get().pk)

    assert "This message says no address that it is from." in html
    assert not Contact.objects.filter(origin="added").exists()


def test_marks_of_two_hundred_messages_cost_no_more_queries(support, client, alice):
    few = arrive(an_email("1"))[0]
    many = arrive(an_email("2", message_id="many@x"))[0]
    replies = [an_email("Re: 2", f"{n}", cites=["many@x"]) for n in range(20)]
    arrive(*replies)
    for conversation in (few, many):
        actions.mark(conversation, Verdict.WANTED, by=alice)
    client.force_login(alice)

    for_one = queries_of(client, page_of(few))
    for_many = queries_of(client, page_of(many))

    assert many.messages.count() == 21
    assert len(for_one) == len(for_many) <= 20
    assert not [sql for sql in for_many if '"features"' in sql]
