"""Images that a member puts into an answer travel inside of the mail."""

from email import message_from_bytes

import pytest
from django.contrib.auth.models import Permission
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, GroupCollectionPermission

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import actions, blobs
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.rich_text import as_mail
from wagtail_ecp.mail.addresses import Address

SITE = "http://tests.example/"


@pytest.fixture
def image(db):
    return get_image_model().objects.create(
        title="Press", file=get_test_image_file(size=(40, 30))
    )


def let_choose(user):
    GroupCollectionPermission.objects.create(
        group=user.groups.get(name="Admin access"),
        collection=Collection.get_first_root_node(),
        permission=Permission.objects.get(codename="choose_image"),
    )


def rich_text(number):
    return (
        f'<p>Look:</p><embed alt="Our press" embedtype="image" format="left"'
        f' id="{number}"/>'
    )


def test_an_image_of_the_library_is_in_the_mail_that_shows_it(alice, image):
    a_mailbox(repliers=[alice])
    let_choose(alice)
    (row,) = receive_and_process(an_email())
    letter = as_mail(rich_text(image.pk), site=SITE, user=alice)

    message = actions.reply(
        row.message.conversation,
        Answer(
            to=[Address("", "vera@customer.example")],
            subject="Re: x",
            html=letter.html,
            images=letter.images,
        ),
        answers=row.message,
        by=alice,
    )

    parts = list(message_from_bytes(blobs.read(message.blob_id)).walk())
    (shown,) = [part for part in parts if part.get_content_maintype() == "image"]
    (html,) = [part for part in parts if part.get_content_type() == "text/html"]
    content_id = shown["Content-ID"].strip("<>")
    assert f'src="cid:{content_id}"' in html.get_payload(decode=True).decode()
    assert shown.get_payload(decode=True).startswith(b"\x89PNG")
    assert "multipart/related" in [part.get_content_type() for part in parts]
    assert not message.has_attachments


@pytest.mark.parametrize("number", ["0", "99999999", "x", ""])
def test_an_image_that_is_not_there_is_left_out(alice, number):
    letter = as_mail(rich_text(number), site=SITE, user=alice)

    assert letter.images == ()
    assert "<img" not in letter.html


def test_an_image_that_its_writer_may_not_choose_is_left_out(alice, image):
    letter = as_mail(rich_text(image.pk), site=SITE, user=alice)

    assert letter.images == ()
    assert "cid:" not in letter.html
