"""Reading a conversation and filing it."""

import pytest
from django.urls import reverse

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.admin.quoted_text import with_links
from wagtail_ecp.admin.reading import TEXT_SHOWN
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    Merge,
    Message,
    Outbox,
    OutboxRecipient,
)
from wagtail_ecp.mail.addresses import Address, parse_addresses, written

pytestmark = pytest.mark.django_db


def url_of(conversation, name="conversation"):
    return reverse(f"wagtail_ecp:{name}", args=[conversation.pk])


def a_conversation(*mails):
    receive_and_process(*(mails or [an_email()]))
    return Conversation.objects.order_by("-pk").first()


def answered(conversation, by, *, to="vera@customer.example"):
    """Return the outbox row of an answer."""
    answer = Answer(
        to=[Address("", address) for address in to.split()],
        subject="Re: parcel",
        html="<p>We look into it.</p>",
    )
    last = conversation.messages.in_order().last()
    return actions.reply(conversation, answer, answers=last, by=by).outbox


def test_messages_are_shown_oldest_first_with_sender_and_text(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_conversation(
        an_email(text="First\n", message_id="1@c.example", date=None),
        an_email("Re: parcel", "Second\n", cites=["1@c.example"]),
    )

    soup = browse(alice)(url_of(conversation))

    texts = [text.text.strip() for text in soup.select(".ecp-text")]
    assert texts == ["First", "Second"]
    assert "Vera Holm" in soup.select_one(".ecp-message h3").text
    assert "vera@customer.example" in soup.select_one(".ecp-message h3").text


def test_opening_marks_it_read_for_the_team(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_conversation()

    browse(alice)(url_of(conversation))

    conversation.refresh_from_db()
    assert not conversation.is_unread


def test_text_of_a_stranger_is_escaped_and_its_links_open_outside(browse, alice):
    a_mailbox(readers=[alice])
    text = '<script>alert(1)</script> see https://shop.example/?a=1&b="x"\n'
    conversation = a_conversation(an_email(text=text))

    body = browse(alice)(url_of(conversation)).select_one(".ecp-text")

    assert body.script is None
    assert "<script>alert(1)</script>" in body.text
    assert body.a["rel"] == ["nofollow", "noopener", "noreferrer"]
    assert body.a["target"] == "_blank"


def test_no_text_can_smuggle_attributes_into_links():
    html = with_links(
        'https://x.example/"onclick="alert(1) rel="nofollow" javascript:x'
    )

    assert 'onclick="' not in html
    assert html.count("<a ") == 1


def test_long_text_continues_on_a_page_of_its_own(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_conversation(an_email(text="long " * TEXT_SHOWN))

    soup = browse(alice)(url_of(conversation))

    link = soup.select_one(".ecp-text + p a")["href"]
    assert len(soup.select_one(".ecp-text").text) == TEXT_SHOWN
    assert link == reverse("wagtail_ecp:message_text", args=[Message.objects.get().pk])


def test_marks_tell_what_to_beware_of(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_conversation()
    conversation.messages.update(
        authentication="fail", is_newcomer=True, is_automatic=True
    )

    marks = browse(alice)(url_of(conversation)).select(".ecp-marks .w-status")

    assert [mark.text for mark in marks] == [
        "sender check failed: this may be forged",
        "new participant",
        "automatic",
    ]


def test_unreadable_mail_has_a_notice_and_its_source(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_conversation()
    conversation.messages.update(is_readable=False)

    message = browse(alice)(url_of(conversation)).select_one(".ecp-message")

    assert "could not be read" in message.text
    assert message.select_one("a[href$='/source/']")


def test_every_message_says_why_it_is_here(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_conversation()

    details = browse(alice)(url_of(conversation)).select_one(".ecp-why")

    assert "It began this conversation." in details.text


@pytest.mark.parametrize(
    ("state", "words", "buttons"),
    [
        ("queued", "Waiting to be sent", []),
        ("sending", "Being sent", []),
        ("sent", "Sent", []),
        ("failed", "Failed", ["Send again"]),
        ("unknown", "It may have arrived", ["Send again", "It arrived"]),
    ],
)
def test_our_answer_shows_how_far_it_got(browse, alice, state, words, buttons):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()
    outbox = answered(conversation, alice)
    Outbox.objects.filter(pk=outbox.pk).update(state=state, error="the server's words")

    shown = browse(alice)(url_of(conversation)).select_one(".ecp-outbox")

    assert words in shown.text
    assert "the server's words" in shown.text
    assert [button.text for button in shown.select("button")] == buttons


def test_refused_recipients_are_named(browse, alice):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()
    outbox = answered(conversation, alice, to="vera@customer.example gone@x.example")
    outbox.recipients.filter(address="gone@x.example").update(
        state=OutboxRecipient.State.REFUSED, answer="550 no such user"
    )

    shown = browse(alice)(url_of(conversation)).select_one(".ecp-outbox")

    assert "gone@x.example" in shown.text
    assert "550 no such user" in shown.text
    assert "vera@" not in shown.text


def test_failed_answer_is_sent_again_by_a_button(client, alice):
    a_mailbox(repliers=[alice])
    outbox = answered(a_conversation(), alice)
    Outbox.objects.filter(pk=outbox.pk).update(state="failed")
    client.force_login(alice)

    client.post(reverse("wagtail_ecp:send_again", args=[outbox.message_id]))

    outbox.refresh_from_db()
    assert outbox.state == "queued"


def test_unknown_answer_is_settled_by_a_button(client, alice):
    a_mailbox(repliers=[alice])
    outbox = answered(a_conversation(), alice)
    Outbox.objects.filter(pk=outbox.pk).update(state="unknown")
    client.force_login(alice)

    client.post(reverse("wagtail_ecp:settle", args=[outbox.message_id]))

    outbox.refresh_from_db()
    assert outbox.state == "sent"


def test_colleague_is_assigned_and_taken_off_again(client, alice, bob):
    a_mailbox(repliers=[alice, bob])
    conversation = a_conversation()
    client.force_login(alice)

    client.post(url_of(conversation, "assign"), {"assignee": str(bob.pk)})
    conversation.refresh_from_db()
    assert conversation.assignee == bob

    client.post(url_of(conversation, "assign"), {"assignee": ""})
    conversation.refresh_from_db()
    assert conversation.assignee is None


def test_whoever_may_not_answer_cannot_be_chosen(client, alice, carol):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()
    client.force_login(alice)

    response = client.post(url_of(conversation, "assign"), {"assignee": str(carol.pk)})

    conversation.refresh_from_db()
    assert response.status_code == 400
    assert conversation.assignee is None


@pytest.mark.parametrize("folder", [Folder.ARCHIVE, Folder.TRASH])
def test_conversation_is_filed_and_leads_back_to_the_list(client, alice, folder):
    mailbox = a_mailbox(repliers=[alice])
    conversation = a_conversation()
    client.force_login(alice)

    response = client.post(url_of(conversation, "move"), {"folder": folder.value})

    conversation.refresh_from_db()
    assert conversation.folder == folder
    assert response.url == reverse("wagtail_ecp:folder", args=[mailbox.pk, "inbox"])


def test_there_is_no_folder_but_ours(client, alice):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()
    client.force_login(alice)

    response = client.post(url_of(conversation, "move"), {"folder": "cellar"})

    assert response.status_code == 400


def test_conversation_is_left_for_the_team_to_see_again(client, alice):
    a_mailbox(readers=[alice])
    conversation = a_conversation()
    client.force_login(alice)
    client.get(url_of(conversation))

    client.post(url_of(conversation, "mark_unread"))

    conversation.refresh_from_db()
    assert conversation.is_unread


def test_merged_conversation_leads_to_where_it_is_now(client, browse, alice):
    a_mailbox(repliers=[alice])
    one, other = a_conversation(), a_conversation(an_email("Another"))
    actions.merge(one, other, by=alice)
    soup = browse(alice)(url_of(one))

    response = client.get(url_of(other))

    assert response.url == url_of(one)
    assert f"#{other.pk} was merged into this one by alice." in soup.text


def test_where_it_is_now_must_be_visible_as_well(client, alice, bob):
    a_mailbox(repliers=[bob])
    a_mailbox("sales@example.com", repliers=[alice, bob])
    one = a_conversation()
    receive_and_process(an_email("Another"), to="sales@example.com")
    other = Conversation.objects.get(subject="Another")
    actions.merge(one, other, by=bob)
    client.force_login(alice)

    assert client.get(url_of(other)).status_code == 404


def test_merge_is_undone_by_a_button(client, alice):
    a_mailbox(repliers=[alice])
    one, other = a_conversation(), a_conversation(an_email("Another"))
    actions.merge(one, other, by=alice)
    client.force_login(alice)

    client.post(reverse("wagtail_ecp:undo_merge", args=[Merge.objects.get().pk]))

    other.refresh_from_db()
    assert other.merged_into is None
    assert other.messages.count() == 1


def test_reader_sees_no_buttons_that_would_be_refused(browse, alice):
    a_mailbox(readers=[alice])
    conversation = a_conversation()

    soup = browse(alice)(url_of(conversation))

    actions_offered = [form["action"] for form in soup.select("main form")]
    assert actions_offered == [
        url_of(conversation, "star"),
        url_of(conversation, "follow"),
        url_of(conversation, "mark_unread"),
        url_of(conversation, "reading_order"),
    ]


@pytest.mark.parametrize(
    "address",
    [
        Address("Vera Holm", "vera@c.example"),
        Address('Holm, "V" \\ Vera', "vera@c.example"),
        Address("", "vera@c.example"),
        Address("Ингрид", "i@c.example"),
    ],
)
def test_written_address_is_read_as_it_was(address):
    [read] = parse_addresses(written(address))

    assert read.address == address.address
    assert read.name == address.name
