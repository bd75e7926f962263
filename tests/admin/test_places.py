"""Where one came from, as it travels with the addresses of conversations."""

import pytest
from django.test import RequestFactory

from tests.builders import a_conversation, a_mailbox
from wagtail_ecp.admin.places import came_from
from wagtail_ecp.inbox.cursors import Cursor
from wagtail_ecp.inbox.lists import BY_NAME
from wagtail_ecp.inbox.models.conversations import UNTIL_REPLY

pytestmark = pytest.mark.django_db


def request_of(user, **query):
    request = RequestFactory().get("/", query)
    request.user = user
    return request


@pytest.mark.parametrize("name", BY_NAME)
@pytest.mark.parametrize("is_all", [False, True])
@pytest.mark.parametrize("page", ["", "?before=17-4"])
def test_place_is_read_as_it_was_written(alice, name, is_all, page):
    mailbox = a_mailbox(readers=[alice])
    key = f"{'all' if is_all else mailbox.pk}/{name}{page}"

    place = came_from(request_of(alice, **{"from": key}), a_conversation(mailbox))

    assert place.key == key
    assert place.url.endswith(f"/{name}/{page}")


def test_place_is_called_by_its_mailbox_and_list(alice):
    mailbox = a_mailbox(readers=[alice])
    conversation = a_conversation(mailbox)

    titles = [
        came_from(request_of(alice, **{"from": key}), conversation).title
        for key in (f"{mailbox.pk}/mine", "all/sent")
    ]

    assert titles == ["Support: Mine", "All mailboxes: Sent"]


def test_conversation_is_opened_with_the_place_in_its_address(alice, client):
    mailbox = a_mailbox(readers=[alice])
    conversation = a_conversation(mailbox)
    cursor = Cursor(UNTIL_REPLY, 4)
    key = f"{mailbox.pk}/snoozed?before={cursor}"
    place = came_from(request_of(alice, **{"from": key}), conversation)
    client.force_login(alice)

    opened = client.get(place.url_of(conversation.pk)).wsgi_request

    assert came_from(opened, conversation) == place


@pytest.mark.parametrize(
    "key",
    [
        "",
        "inbox",
        "/",
        "7",
        "all/",
        "all/cellar",
        "nobody/inbox",
        "-1/inbox",
        "٧/inbox",
        f"{'9' * 5000}/inbox",
        "https://elsewhere.example/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_place_means_the_conversations_own_folder(alice, key):
    mailbox = a_mailbox(readers=[alice])
    conversation = a_conversation(mailbox, folder="archive")

    place = came_from(request_of(alice, **{"from": key}), conversation)

    assert place.key == f"{mailbox.pk}/archive"


def test_place_that_one_may_not_see_means_the_conversations_own_list(alice):
    mailbox, secret = a_mailbox(readers=[alice]), a_mailbox("secret@example.com")
    conversation = a_conversation(mailbox, snoozed_until=UNTIL_REPLY)

    place = came_from(request_of(alice, **{"from": f"{secret.pk}/inbox"}), conversation)

    assert place.key == f"{mailbox.pk}/snoozed"
