"""What a reader's question costs: few statements, as many for much mail as for little."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.builders import (
    a_mailbox,
    a_received_conversation,
    an_email,
    grant,
    receive_and_process,
)
from tests.feeds.subscribed import TARGETS, a_target, an_address
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.search.vocabulary import Rule

pytestmark = pytest.mark.django_db

UNCHANGED, ANEW = 3, 5


@pytest.fixture
def support(alice):
    return a_mailbox(repliers=[alice])


def receive(number, *, together=False):
    """Take in so many mails, all of one conversation or each of its own."""
    first = "cost-0@customer.example"
    receive_and_process(
        *(
            an_email(
                f"Order {index}",
                message_id=f"cost-{index}@customer.example",
                cites=[first] if together and index else [],
            )
            for index in range(number)
        )
    )


def statements(client, address, **headers):
    """Return how many statements an answer takes, and the answer."""
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address, headers=headers)
    return len(seen), answer


@pytest.mark.parametrize("name", TARGETS)
def test_a_feed_takes_as_few_statements_for_much_mail_as_for_little(
    client, alice, support, name
):
    receive(1)
    address = an_address(a_target(name, by=alice), by=alice)
    few, _answer = statements(client, address, user_agent="the first")
    receive(60, together=name == "conversation")

    # Each writes down who reads, which happens once an hour or for another program.
    many, answer = statements(client, address, user_agent="another")
    given = {"if_none_match": answer["ETag"], "user_agent": "a third"}
    unchanged, nothing = statements(client, address, **given)

    assert (answer.status_code, nothing.status_code) == (200, 304)
    assert answer.content.count(b"<item>") >= 50
    assert few == many <= ANEW
    assert unchanged <= UNCHANGED


@pytest.mark.parametrize("times", [1, 2])
def test_a_part_of_another_conversation_is_followed_to_the_whole(
    client, alice, support, times
):
    receive(3)
    one, two, three = Conversation.objects.order_by("pk")
    address = an_address(three, by=alice)
    actions.merge(two, three, by=alice)
    if times > 1:
        actions.merge(one, two, by=alice)

    client.get(address)
    taken, answer = statements(client, address)

    assert answer.content.count(b"<item>") == times + 1
    if times == 1:
        assert taken <= ANEW


def test_a_part_is_read_by_who_may_read_the_whole(client, alice, bob, support):
    sales = a_mailbox("sales@example.com", repliers=[alice])
    whole = a_received_conversation(to=sales.address)
    part = a_received_conversation()
    grant(bob, support, "read")
    address = an_address(part, by=bob)
    actions.merge(whole, part, by=alice)

    assert client.get(address).status_code == 403

    grant(bob, sales, "read")
    assert client.get(address).content.count(b"<item>") == 2


def test_a_search_that_names_people_tags_and_mailboxes_costs_no_more(
    client, alice, support
):
    receive(2)
    row = Conversation.objects.earliest("pk")
    actions.tag(row, ["Order", "Urgent"], by=alice)
    actions.assign(row, to=alice, by=alice)
    rules = [
        Rule("tag", "in", ("Order", "Urgent")),
        Rule("user", "equals", ("alice",)),
        Rule("mailbox", "equals", (support.address,)),
    ]
    saved = actions.save_search("Mine", rules, by=alice)

    taken, answer = statements(client, an_address(saved, by=alice))

    assert answer.content.count(b"<item>") == 1
    assert taken <= ANEW
