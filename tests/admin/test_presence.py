"""What the conversation's page says of colleagues who have it open as well."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import presence
from wagtail_ecp.inbox.models import Conversation, Presence

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(alice, bob):
    a_mailbox(readers=[bob], repliers=[alice])
    receive_and_process(an_email())
    return Conversation.objects.get()


def url_of(name, conversation):
    return reverse(f"wagtail_ecp:{name}", args=[conversation.pk])


def test_the_page_says_from_the_start_who_is_replying(browse, conversation, alice, bob):
    alice.first_name, alice.last_name = "Alice <i>", "Berg"
    alice.save()
    presence.tell(conversation, user=alice, is_replying=True)

    soup = browse(bob)(url_of("conversation", conversation))

    shown = soup.select_one(".ecp-presence [aria-live=polite]")
    assert "Alice <i> Berg is replying" in shown.get_text()
    assert shown.select_one(".ecp-initials").get_text() == "AB"


def test_the_page_tells_nobody_without_being_looked_at(browse, conversation, bob):
    browse(bob)(url_of("conversation", conversation))

    assert not Presence.objects.exists()


def test_a_page_that_is_looked_at_says_so_and_learns_who_else_does(
    client, conversation, alice, bob
):
    presence.tell(conversation, user=alice, is_replying=False)
    client.force_login(bob)

    response = client.post(url_of("here", conversation), {"is_replying": "1"})

    assert "alice is here" in response.content.decode()
    assert presence.others(conversation, than=alice) == [("bob", True)]


def test_saying_so_costs_three_queries_beside_those_of_any_page(
    client, conversation, bob
):
    client.force_login(bob)
    client.post(url_of("here", conversation))
    Presence.objects.all().delete()

    with CaptureQueriesContext(connection) as captured:
        client.post(url_of("here", conversation))

    asked = [query["sql"] for query in captured.captured_queries]
    ours = [sql for sql in asked if "wagtail_ecp_" in sql and "ecp_kind" not in sql]
    # The other one asks when one was here last, on whatever page.
    assert len([sql for sql in ours if "lastseen" in sql]) == 1
    assert len(ours) <= 3 + 1


def test_a_page_that_is_left_says_so(client, conversation, bob):
    presence.tell(conversation, user=bob, is_replying=True)
    client.force_login(bob)

    response = client.post(url_of("gone", conversation))

    assert response.status_code == 204
    assert not Presence.objects.exists()


@pytest.mark.parametrize("name", ["here", "gone"])
def test_who_may_not_read_gives_and_gets_no_presence(client, conversation, carol, name):
    client.force_login(carol)

    response = client.post(url_of(name, conversation))

    assert response.status_code == 404
    assert not Presence.objects.exists()
