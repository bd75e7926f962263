"""What is pasted into the editor, a picture or a table, stands in the mail where it was."""

import json
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.admin.test_attachments import an_image
from tests.admin.test_draft_files import put
from tests.admin.test_drafting import fields, soup_of
from tests.admin.test_replying import value_of
from tests.builders import a_draft, a_mailbox, an_email, grant, receive_and_process
from wagtail_ecp.inbox import actions, blobs
from wagtail_ecp.inbox.actions import GivenFile
from wagtail_ecp.inbox.models import Conversation, Draft, DraftFile, Mailbox

pytestmark = pytest.mark.django_db

SAVE = reverse("wagtail_ecp:save_draft")


@pytest.fixture
def conversation(client, alice, bob):
    a_mailbox(repliers=[alice, bob])
    receive_and_process(an_email())
    client.force_login(alice)
    return Conversation.objects.get()


def a_screenshot(name="image.png", data=None):
    return SimpleUploadedFile(name, data or an_image(), "image/png")


def showing(kind, **data):
    """Return what the editor submits with one block of its own between two lines."""
    block = {"depth": 0, "inlineStyleRanges": [], "entityRanges": []}
    shown = {"offset": 0, "length": 1, "key": 0}
    blocks = [
        block | {"key": "k0", "type": "unstyled", "text": "Look:"},
        block | {"key": "k1", "type": "atomic", "text": " ", "entityRanges": [shown]},
        block | {"key": "k2", "type": "unstyled", "text": "Is it that?"},
    ]
    entity = {"type": kind, "mutability": "IMMUTABLE", "data": data}
    return json.dumps({"blocks": blocks, "entityMap": {"0": entity}})


def pasted(client, conversation, file=None):
    """Upload a pasted picture as the script does; return what the script learns."""
    answer = put(client, conversation, pasted=[file or a_screenshot()])
    return answer.json()["pictures"]


def sent(draft, by):
    draft.refresh_from_db()
    message = actions.send_draft(draft, by=by, version=draft.version)
    mail = message_from_bytes(blobs.read(message.blob_id), policy=policy.default)
    return message, mail


def test_a_pasted_picture_is_shown_by_the_mail_where_it_was_pasted(
    client, conversation, alice
):
    [picture] = pasted(client, conversation)
    body = showing("ECP_PICTURE", id=picture["id"], alt=picture["alt"])
    client.post(SAVE, fields(conversation, version=1, body=body))

    message, mail = sent(Draft.objects.get(), alice)

    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds.index("multipart/related") < kinds.index("image/png")
    [image] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    html = mail.get_body(("html",)).get_content()
    content_id = image["Content-ID"].strip("<>")
    before, after = html.split(f'src="cid:{content_id}"')
    assert "Look:" in before
    assert "Is it that?" in after
    assert image.get_content() == an_image()
    assert not message.has_attachments
    text = mail.get_body(("plain",)).get_content()
    assert text.index("Look:") < text.index("image.png") < text.index("Is it that?")


def test_a_pasted_picture_is_no_attachment_of_the_draft(client, conversation):
    answer = put(client, conversation, pasted=[a_screenshot()])

    assert answer.json()["html"].strip() == ""
    assert DraftFile.objects.get().is_inline


def test_the_editor_shows_it_again_when_the_draft_is_opened(client, conversation):
    [picture] = pasted(client, conversation)
    body = showing("ECP_PICTURE", id=picture["id"], alt="image.png")
    client.post(SAVE, fields(conversation, version=1, body=body))

    page = client.get(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    state = json.loads(value_of(soup_of(page), "body"))
    [entity] = state["entityMap"].values()
    assert entity["data"]["src"] == picture["src"]
    image = client.get(picture["src"])
    assert image["Content-Type"] == "image/png"
    assert image.content == an_image()


def test_who_may_not_see_the_draft_does_not_see_its_picture(
    client, conversation, bob, carol
):
    [picture] = pasted(client, conversation)

    client.force_login(bob)
    assert client.get(picture["src"]).status_code == 200
    Draft.objects.update(is_private=True)
    assert client.get(picture["src"]).status_code == 404
    client.force_login(carol)
    assert client.get(picture["src"]).status_code != 200


@pytest.mark.parametrize("data", [b"<svg onload=alert(1)>", b"%PDF-1.7"])
def test_what_is_no_picture_becomes_an_attachment(client, conversation, data):
    answer = put(client, conversation, pasted=[a_screenshot(data=data)])

    assert answer.json()["pictures"] == [None]
    assert "image.png" in answer.json()["html"]
    assert not DraftFile.objects.get().is_inline


def test_a_picture_that_was_taken_out_of_the_text_does_not_go_along(
    client, conversation, alice
):
    pasted(client, conversation)

    message, mail = sent(Draft.objects.get(), alice)

    assert "image/png" not in [part.get_content_type() for part in mail.walk()]
    assert not message.has_attachments


def test_a_picture_that_is_still_on_its_way_is_left_out(client, conversation):
    body = showing("ECP_PICTURE", src="blob:https://tests.example/1", alt="image.png")

    client.post(SAVE, fields(conversation, body=body))

    assert "embed" not in Draft.objects.get().body


def test_a_picture_copied_from_another_draft_becomes_this_draft_s_own(
    client, conversation, alice
):
    other = a_draft(conversation, by=alice)
    given = GivenFile("image.png", "image/png", an_image())
    [file] = actions.attach(other, [given], by=alice, into_text=True)
    body = showing("ECP_PICTURE", id=file.pk, alt="image.png")
    client.post(SAVE, fields(conversation, body=body))
    client.post(SAVE, fields(conversation, version=1, body=body))
    other.delete()

    draft = Draft.objects.get()
    _message, mail = sent(draft, alice)

    assert draft.files.count() == 1
    assert "image/png" in [part.get_content_type() for part in mail.walk()]


def test_nobody_s_picture_is_had_by_its_number(client, conversation, alice, bob):
    elsewhere = a_mailbox("sales@ours.example", repliers=[bob])
    other = a_draft(mailbox=elsewhere, by=bob)
    given = GivenFile("image.png", "image/png", an_image())
    [file] = actions.attach(other, [given], by=bob, into_text=True)

    body = showing("ECP_PICTURE", id=file.pk, alt="image.png")
    client.post(SAVE, fields(conversation, body=body))

    draft = Draft.objects.get(author=alice)
    _message, mail = sent(draft, alice)
    assert not draft.files.exists()
    assert "image/png" not in [part.get_content_type() for part in mail.walk()]


def test_a_picture_stands_where_it_was_when_sending_is_taken_back(
    client, conversation, alice
):
    [picture] = pasted(client, conversation)
    body = showing("ECP_PICTURE", id=picture["id"], alt="image.png")
    client.post(SAVE, fields(conversation, version=1, body=body))
    draft = Draft.objects.get()
    message = actions.send_draft(
        draft, by=alice, version=draft.version, undo=timedelta(seconds=30)
    )

    again = actions.unsend(message, by=alice)

    assert f'id="{picture["id"]}"' in again.body
    assert again.files.get().is_inline


def test_in_plain_text_a_pasted_picture_goes_along_as_an_attachment(
    client, conversation, alice
):
    [picture] = pasted(client, conversation)
    body = showing("ECP_PICTURE", id=picture["id"], alt="image.png")

    client.post(SAVE, fields(conversation, version=1, body=body, turn="switch"))

    draft = Draft.objects.get()
    assert draft.body == "Look:\n\nimage.png\n\nIs it that?"
    message, mail = sent(draft, alice)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["image.png"]
    assert message.has_attachments


def test_pictures_count_for_what_a_mail_may_hold(client, conversation, alice, settings):
    [picture] = pasted(client, conversation)
    body = showing("ECP_PICTURE", id=picture["id"], alt="image.png")
    client.post(SAVE, fields(conversation, version=1, body=body))
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {"MAX_MESSAGE_BYTES": 30}

    answer = client.post(
        reverse("wagtail_ecp:send_draft"), fields(conversation, version=2, body=body)
    )

    assert "too large" in answer.content.decode()
    assert Draft.objects.get().message is None


ROWS = [["Item", "Price"], ["Cup", "4.50"]]


def test_a_pasted_table_is_one_in_html_and_in_columns_as_text(
    client, conversation, alice
):
    client.post(
        SAVE, fields(conversation, body=showing("ECP_TABLE", rows=ROWS, head=True))
    )

    _message, mail = sent(Draft.objects.get(), alice)

    html = mail.get_body(("html",)).get_content()
    assert html.index("Look:") < html.index("<table") < html.index("Is it that?")
    assert ">Price</th>" in html
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Item  Price\n----  -----\nCup   4.50\n" in text


def test_the_editor_shows_the_table_again(client, conversation):
    client.post(
        SAVE, fields(conversation, body=showing("ECP_TABLE", rows=ROWS, head=True))
    )

    page = client.get(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    state = json.loads(value_of(soup_of(page), "body"))
    [entity] = state["entityMap"].values()
    assert entity["type"] == "ECP_TABLE"
    assert entity["data"] == {"rows": ROWS, "head": True}


def test_a_table_becomes_columns_in_plain_text(client, conversation):
    body = showing("ECP_TABLE", rows=ROWS, head=False)

    client.post(SAVE, fields(conversation, body=body, turn="switch"))

    assert "Item  Price\nCup   4.50" in Draft.objects.get().body


@pytest.mark.parametrize("rows", [None, "x", [1], [[{"a": 1}]], {"a": "b"}])
def test_what_no_editor_submits_as_a_table_breaks_nothing(client, conversation, rows):
    answer = client.post(
        SAVE, fields(conversation, body=showing("ECP_TABLE", rows=rows))
    )

    assert answer.status_code in (302, 400)


def test_a_reader_uploads_no_picture(client, conversation, bob):
    bob.groups.filter(name__contains=" reply ").delete()
    grant(bob, Mailbox.objects.get(), "read")
    client.force_login(bob)

    answer = put(client, conversation, pasted=[a_screenshot()])

    assert answer.status_code == 403
    assert not DraftFile.objects.exists()
