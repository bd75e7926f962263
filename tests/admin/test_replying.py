"""Answering from the conversation's page."""

import json

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import Conversation, MemberProfile, Message, Outbox
from wagtail_ecp.inbox.rich_text import as_mail
from wagtail_ecp.mail.parsing import parse

pytestmark = pytest.mark.django_db


def rich_text(*paragraphs):
    """Return what Wagtail's editor submits."""
    blocks = [
        {
            "key": f"k{index}",
            "type": "unstyled",
            "text": paragraph,
            "depth": 0,
            "inlineStyleRanges": [],
            "entityRanges": [],
        }
        for index, paragraph in enumerate(paragraphs)
    ]
    return json.dumps({"blocks": blocks, "entityMap": {}})


@pytest.fixture
def conversation(alice):
    a_mailbox(repliers=[alice])
    MemberProfile.objects.create(user=alice, then_shows="stay")
    receive_and_process(an_email(message_id="first@customer.example"))
    return Conversation.objects.get()


@pytest.fixture
def send(client, alice, conversation):
    """Return a function that submits the form as the page gave it, with changes."""
    client.force_login(alice)

    def submit(**changes):
        data = {
            "key": "a" * 32,
            "version": "0",
            "kind": "reply",
            "conversation": str(conversation.pk),
            "answers": str(conversation.messages.latest("pk").pk),
            "mailbox": str(conversation.mailbox_id),
            "to": "Vera Holm <vera@customer.example>",
            "subject": "Re: Where is my parcel?",
            "body": rich_text("It is on its way."),
            "seen": str(conversation.messages.latest("pk").pk),
            "then": "send",
        }
        return client.post(reverse("wagtail_ecp:send_draft"), data | changes)

    return submit


def sent():
    """Return the answers in the outbox, parsed."""
    return [parse(blobs.read(row.message.blob_id)) for row in Outbox.objects.all()]


def value_of(soup, name):
    [field] = soup.select(f".ecp-reply [name={name}]")
    return field.get("value", "")


def errors(response):
    soup = BeautifulSoup(response.content, "html.parser")
    return " ".join(error.text.strip() for error in soup.select(".error-message"))


def test_form_is_addressed_to_who_wrote_last(browse, alice, conversation):
    soup = browse(alice)(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    form = soup.select_one(".ecp-reply form#ecp-write")
    assert form.select_one("[name=to]")["value"] == "Vera Holm <vera@customer.example>"
    assert form.select_one("[name=subject]")["value"] == "Re: Where is my parcel?"


def test_form_follows_reply_to(browse, alice):
    a_mailbox(repliers=[alice])
    receive_and_process(an_email(Reply_To="Office <office@customer.example>"))
    conversation = Conversation.objects.get()

    soup = browse(alice)(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    to = soup.select_one(".ecp-reply [name=to]")["value"]
    assert to == "Office <office@customer.example>"


def test_every_field_has_a_label(browse, alice, conversation):
    soup = browse(alice)(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    labelled = {label.get("for") for label in soup.select("main label")}
    fields = soup.select("main input:not([type=hidden]), main select, main textarea")
    assert fields
    assert [field for field in fields if field.get("id") not in labelled] == []


def test_answer_is_threaded_and_waits_in_the_outbox(send, conversation):
    response = send()

    [answer] = sent()
    url = reverse("wagtail_ecp:conversation", args=[conversation.pk])
    assert response.url == f"{url}#message-{Message.objects.latest('pk').pk}"
    assert answer.in_reply_to == ("first@customer.example",)
    assert [to.address for to in answer.to] == ["vera@customer.example"]
    assert "It is on its way." in answer.html
    assert "It is on its way." in answer.text
    assert "data-block-key" not in answer.html


def test_send_and_archive_leads_to_the_list_if_one_wants_that(send, conversation):
    MemberProfile.objects.update(then_shows="list")

    response = send(then="archive")

    conversation.refresh_from_db()
    assert conversation.folder == "archive"
    assert response.url.endswith("/inbox/#top")


def test_the_next_conversation_of_the_list_one_came_from_follows(send, conversation):
    MemberProfile.objects.update(then_shows="next")
    receive_and_process(an_email("Another", date=conversation.last_message_at))
    other = Conversation.objects.latest("pk")

    response = send(**{"from": "all/inbox"})

    url = reverse("wagtail_ecp:conversation", args=[other.pk])
    # At its top: without a mark a browser keeps the form's, "#write".
    assert response.url == f"{url}?from=all/inbox#top"


def test_the_same_form_pressed_twice_leaves_once(send, conversation):
    send()

    response = send()

    message = Message.objects.get(direction="out")
    draft = reverse("wagtail_ecp:draft", args=[message.draft.pk])
    assert response.url == draft
    assert Outbox.objects.count() == 1


def test_undo_opens_the_draft_with_everything(send, conversation, client):
    page = client.get(send().url)
    [form] = BeautifulSoup(page.content, "html.parser").select(".ecp-undo form")

    response = client.post(form["action"], follow=True)

    soup = BeautifulSoup(response.content, "html.parser")
    assert Outbox.objects.count() == 0
    assert "It is on its way." in value_of(soup, "body")
    assert value_of(soup, "to") == "Vera Holm <vera@customer.example>"


def test_undo_that_comes_too_late_says_so(send, client):
    send()
    Outbox.objects.update(attempts=1, state="sent")
    message = Message.objects.get(direction="out")

    response = client.post(
        reverse("wagtail_ecp:unsend", args=[message.pk]), follow=True
    )

    assert "too late" in response.content.decode()
    assert Outbox.objects.count() == 1


def test_copies_go_where_they_should(send):
    send(cc="Cleo <cleo@x.example>, dan@x.example", bcc="eve@x.example")

    [answer] = sent()
    recipients = Outbox.objects.get().recipients.values_list("address", flat=True)
    assert [cc.address for cc in answer.cc] == ["cleo@x.example", "dan@x.example"]
    assert b"eve@x.example" not in blobs.read(Message.objects.last().blob_id)
    assert set(recipients) == {
        "vera@customer.example",
        "cleo@x.example",
        "dan@x.example",
        "eve@x.example",
    }


def test_files_are_attached(send):
    files = [
        SimpleUploadedFile("übersicht.pdf", b"%PDF", content_type="application/pdf"),
        SimpleUploadedFile("b.txt", b"text", content_type="text/plain"),
    ]

    send(attachments=files)

    [answer] = sent()
    names = [file.name for file in answer.attachments]
    assert names == ["übersicht.pdf", "b.txt"]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"to": ""}, "Say who should get this."),
        ({"to": "vera"}, "“vera” is not an e-mail address."),
        ({"to": "Vera <vera@>, b@x.example"}, "“vera@” is not an e-mail address."),
        (
            {"to": "vera@c.example\nBcc: eve@x.example"},
            "Write all addresses on one line.",
        ),
        ({"cc": "vera@c.example\r\nX: y"}, "Write all addresses on one line."),
        ({"subject": "Hello\nBcc: eve@x.example"}, "Write the subject on one line."),
        ({"body": rich_text("")}, "There is nothing to send yet."),
    ],
)
def test_what_cannot_be_sent_is_a_form_error_and_nothing_is_lost(
    send, changes, complaint
):
    response = send(**changes)

    soup = BeautifulSoup(response.content, "html.parser")
    kept = {"to": "Vera Holm <vera@customer.example>"} | changes
    assert response.status_code == 200
    assert complaint in errors(response)
    assert Outbox.objects.count() == 0
    assert value_of(soup, "to") == kept["to"]
    if "body" not in changes:
        assert "It is on its way." in value_of(soup, "body")


def test_too_large_files_are_refused_with_the_limit(send, settings):
    settings.WAGTAIL_ECP = {"MAX_MESSAGE_BYTES": 4096}
    half = [SimpleUploadedFile(f"{name}.bin", b"x" * 2048) for name in "ab"]

    response = send(attachments=half)

    assert "3.0\xa0KB in all is the limit" in errors(response)
    assert "It is on its way." in response.content.decode()
    assert Outbox.objects.count() == 0


def test_new_message_meanwhile_is_shown_before_anything_is_sent(send, conversation):
    seen = str(conversation.messages.latest("pk").pk)
    receive_and_process(
        an_email("Re: parcel", "Found it!\n", cites=["first@customer.example"])
    )

    response = send(seen=seen)

    soup = BeautifulSoup(response.content, "html.parser")
    assert response.status_code == 409
    assert "A new message came in" in errors(response)
    assert "Vera Holm wrote." in soup.select_one(".ecp-since").text
    assert "Send anyway" in soup.select_one(".ecp-send").text
    assert "Found it!" in soup.select_one(".ecp-messages").text
    assert "It is on its way." in value_of(soup, "body")
    assert Outbox.objects.count() == 0

    send(
        seen=seen,
        version=value_of(soup, "version"),
        confirmed=value_of(soup, "confirmed"),
    )

    assert Outbox.objects.count() == 1


@pytest.mark.parametrize("seen", ["", "x", "1.5"])
def test_forged_mark_of_what_was_seen_sends_nothing(send, seen):
    response = send(seen=seen)

    assert response.status_code == 200
    assert Outbox.objects.count() == 0


@pytest.mark.parametrize("body", ["", "not json", "[]", "7"])
def test_forged_body_is_a_bad_request(send, body):
    response = send(body=body)

    assert response.status_code == 400
    assert Outbox.objects.count() == 0


def test_inactive_mailbox_has_no_form(browse, alice, conversation):
    conversation.mailbox.is_active = False
    conversation.mailbox.save()

    soup = browse(alice)(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    assert soup.select_one(".ecp-reply") is None
    assert "This mailbox is inactive" in soup.text


def test_links_to_pages_of_the_site_become_absolute(root_page):
    html = as_mail(
        f'<p data-block-key="x"><a linktype="page" id="{root_page.pk}">Delivery</a>'
        ' and <a href="https://other.example/x">more</a></p>',
        site="http://ignored.example/",
        user=AnonymousUser(),
    ).html

    assert html == (
        '<p><a href="http://tests.example/">Delivery</a>'
        ' and <a href="https://other.example/x">more</a></p>'
    )


@pytest.fixture
def root_page():
    """Return the page at the site's root, as a new Wagtail site has it."""
    from wagtail.models import Page, Site

    root = Page.objects.get(depth=1)
    page = root.get_children().first() or root.add_child(
        instance=Page(title="Home", slug="home-of-tests")
    )
    Site.objects.all().delete()
    Site.objects.create(hostname="tests.example", root_page=page, is_default_site=True)
    return page
