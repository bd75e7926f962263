"""Mail of strangers as it comes out of feeds, by their real addresses."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import a_mailbox
from tests.feeds.hostile import HOSTILE
from tests.feeds.samples import FORMATS, PROBLEMS
from tests.feeds.subscribed import TARGETS, a_target, an_address, receive_words
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import Attachment, Message, Subscription
from wagtail_ecp.mail.decoding import scrub

pytestmark = pytest.mark.django_db

#: All of Unicode, with what is no character: surrogates, controls, unassigned.
ANY = st.text(st.characters(exclude_categories=()), max_size=60)
#: That, as far as a database holds it.
STORED = ANY.map(scrub)


@pytest.mark.parametrize("has_bodies", [False, True])
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", TARGETS)
def test_hostile_mail_holds_against_the_rules(client, alice, name, kind, has_bodies):
    a_mailbox(readers=[alice])
    Account.objects.update(spam_threshold=100)  # Spam is in no feed.
    receive_words(*HOSTILE, together=name == "conversation")
    target = a_target(name, by=alice)

    answer = client.get(an_address(target, kind, by=alice, has_bodies=has_bodies))

    assert answer.status_code == 200
    assert PROBLEMS[kind](answer.content) == []
    entries = answer.content.count(b"<pubDate>") or answer.content.count(b"<entry>")
    assert (entries or answer.content.count(b"date_published")) == len(HOSTILE)


@pytest.fixture
def address(alice):
    """The feed of a mailbox of one message."""
    mailbox = a_mailbox(readers=[alice])
    receive_words("Order")
    found = an_address(mailbox, by=alice, has_bodies=True)
    Message.objects.update(has_html=False)  # Its text is what is shown.
    return found


def store(words):
    """Put these into everything that a stranger writes."""
    Message.objects.update(
        subject=words[0], sender_name=words[1][:255], text=words[2], snippet=words[2]
    )
    Attachment.objects.update(name=words[3][:255], content_type=words[3][:255])


any_message = given(
    words=st.tuples(STORED, STORED, STORED, STORED),
    kind=st.sampled_from(FORMATS),
    has_bodies=st.booleans(),
)
# The rows stay from one example to the next, with other words.
alike = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
    ],
)


def comes_out(client, address, words, kind, has_bodies):
    store(words)
    Subscription.objects.update(format=kind, has_bodies=has_bodies)

    answer = client.get(address)

    assert answer.status_code == 200
    assert PROBLEMS[kind](answer.content) == []


@settings(alike, max_examples=100)
@any_message
def test_any_message_that_is_stored_comes_out(client, address, words, kind, has_bodies):
    comes_out(client, address, words, kind, has_bodies)


@pytest.mark.slow
@settings(alike, max_examples=10_000)
@any_message
def test_any_of_10_000_messages_comes_out(client, address, words, kind, has_bodies):
    comes_out(client, address, words, kind, has_bodies)
