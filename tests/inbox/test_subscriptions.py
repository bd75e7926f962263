"""Private feeds: who may have one, and which address opens which."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tests.builders import (
    a_mailbox,
    a_received_conversation,
    a_user,
    grant,
)
from wagtail_ecp.accounts import keys
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions, subscriptions
from wagtail_ecp.inbox.actions import Choices
from wagtail_ecp.inbox.models import SavedSearch, Subscription
from wagtail_ecp.journal.models import Action


@pytest.fixture
def support(alice):
    mailbox = a_mailbox(readers=[alice])
    Account.objects.update(rss_enabled=True)
    return mailbox


def test_one_has_one_feed_of_a_thing_and_its_address_stays(support, alice):
    first = actions.subscribe(support, by=alice)
    token = subscriptions.token_of(first)

    again = actions.subscribe(support, Choices(format="atom"), by=alice)

    assert again == first
    assert again.format == "atom"
    assert subscriptions.token_of(again) == token
    assert Action.objects.filter(kind="subscribed").count() == 1


def test_a_feed_is_of_exactly_one_thing(support, alice):
    conversation = a_received_conversation()

    for targets in ({}, {"mailbox": support, "conversation": conversation}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Subscription.objects.create(user=alice, **targets)


def test_two_people_at_once_make_no_second_live_feed(support, alice):
    actions.subscribe(support, by=alice)

    with pytest.raises(IntegrityError), transaction.atomic():
        Subscription.objects.create(user=alice, mailbox=support)


def test_nobody_subscribes_to_what_they_may_not_read(support, bob):
    conversation = a_received_conversation()
    search = SavedSearch.objects.create(name="Bob has no mail", user=None)

    for target in (support, conversation, search):
        with pytest.raises(PermissionDenied):
            actions.subscribe(target, by=bob)

    assert not Subscription.objects.exists()


def test_nobody_subscribes_while_feeds_are_off(support, alice):
    Account.objects.update(rss_enabled=False)

    with pytest.raises(ValidationError):
        actions.subscribe(support, by=alice)


def test_full_messages_need_the_owner(support, alice):
    with pytest.raises(ValidationError):
        actions.subscribe(support, Choices(has_bodies=True), by=alice)
    Account.objects.update(rss_full_bodies=True)

    assert actions.subscribe(support, Choices(has_bodies=True), by=alice).has_bodies


def test_there_are_three_formats(support, alice):
    with pytest.raises(ValidationError):
        actions.subscribe(support, Choices(format="opml"), by=alice)


def test_an_address_opens_its_own_feed_and_no_other(support, alice):
    feed = actions.subscribe(support, by=alice)
    other = actions.subscribe(a_received_conversation(), by=alice)
    token = subscriptions.token_of(feed)
    number, _dot, mark = token.partition(".")

    assert subscriptions.find(token) == feed
    for wrong in (
        *("", ".", number, f"{number}.", f".{mark}", "x" * 500, f"{'9' * 30}.{mark}"),
        *(f"{other.pk}.{mark}", f"{number}.{mark[:-1]}", f"{number}.{mark}A"),
        *(f"{number}.{mark.swapcase()}", f"\u0663.{mark}", f"{number}.\u00fc{mark}"),
    ):
        assert subscriptions.find(wrong) is None, wrong


def test_an_address_can_not_be_made_from_the_database_alone(support, alice, settings):
    feed = actions.subscribe(support, by=alice)
    token = subscriptions.token_of(feed)

    settings.SECRET_KEY = "another one"

    assert subscriptions.token_of(feed) != token
    assert subscriptions.find(token) is None


def test_old_addresses_work_while_the_old_key_is_kept(support, alice, settings):
    token = subscriptions.token_of(actions.subscribe(support, by=alice))

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a newer one"
    assert subscriptions.find(token) is not None

    settings.SECRET_KEY_FALLBACKS = []
    assert subscriptions.find(token) is None


def test_our_own_key_ring_counts_and_not_the_secret_key(support, alice, settings):
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "KEYS": ["ours"]}
    token = subscriptions.token_of(actions.subscribe(support, by=alice))

    settings.SECRET_KEY = "another one"
    assert subscriptions.find(token) is not None


def test_no_token_is_examined_while_feeds_are_off(support, alice, monkeypatch):
    token = subscriptions.token_of(actions.subscribe(support, by=alice))
    Account.objects.update(rss_enabled=False)
    monkeypatch.setattr(keys, "is_sealed", pytest.fail)

    assert subscriptions.find(token) is None


def test_a_service_level_without_feeds_has_none(support, alice, settings):
    token = subscriptions.token_of(actions.subscribe(support, by=alice))
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "SERVICE_LEVELS": {"small": {"label": "Small", "allows": []}},
    }

    assert subscriptions.find(token) is None
    with pytest.raises(ValidationError):
        actions.subscribe(support, by=alice)


def test_a_new_address_ends_the_old_one(support, alice):
    feed = actions.subscribe(support, Choices(format="json", has_notes=True), by=alice)

    renewed = actions.renew_subscription(feed, by=alice)

    feed.refresh_from_db()
    assert feed.revoked_at is not None
    assert renewed.target == support
    assert (renewed.format, renewed.has_notes) == ("json", True)
    assert subscriptions.token_of(renewed) != subscriptions.token_of(feed)
    with pytest.raises(ValidationError):
        actions.renew_subscription(feed, by=alice)


def test_one_ends_ones_own_feeds_and_administrators_anybodys(support, alice, bob):
    feed = actions.subscribe(support, by=alice)
    with pytest.raises(PermissionDenied):
        actions.revoke_subscription(feed, by=bob)
    with pytest.raises(PermissionDenied):
        actions.renew_subscription(feed, by=bob)

    actions.revoke_subscription(feed, by=a_user("root", is_superuser=True))

    feed.refresh_from_db()
    assert feed.revoked_at is not None
    ended = Action.objects.get(kind="unsubscribed")
    assert (ended.user_name, ended.mailbox_number) == ("root", support.pk)


def test_who_has_ended_a_feed_may_have_another(support, alice):
    first = actions.subscribe(support, by=alice)
    actions.revoke_subscription(first, by=alice)

    assert actions.subscribe(support, by=alice) != first


def test_the_journal_names_the_conversation_and_no_address(support, alice):
    conversation = a_received_conversation()

    feed = actions.subscribe(conversation, by=alice)

    action = Action.objects.get(kind="subscribed")
    assert action.conversation_number == conversation.pk
    assert action.data == {"subscription": feed.pk}


def test_a_search_that_somebody_shares_can_be_followed(support, alice, bob):
    grant(bob, support, "read")
    search = SavedSearch.objects.create(name="New", user=alice, is_shared=True)

    assert actions.subscribe(search, by=bob).target == search


def test_a_feed_goes_with_its_user_and_its_search(support, alice):
    search = SavedSearch.objects.create(name="New", user=alice)
    actions.subscribe(search, by=alice)
    actions.subscribe(support, by=alice)

    search.delete()
    assert Subscription.objects.get().target == support
    alice.delete()
    assert not Subscription.objects.exists()


def test_reading_is_written_down_once_an_hour(
    support, alice, django_assert_num_queries
):
    feed = actions.subscribe(support, by=alice)

    subscriptions.note_reading(feed, reader="newsboat/2.21\x00" + "x" * 500)
    feed.refresh_from_db()
    assert feed.last_reader.startswith("newsboat/2.21 xxx")
    with django_assert_num_queries(0):
        subscriptions.note_reading(feed, reader=feed.last_reader)

    assert subscriptions.numbers() == (1, 1, 0)
