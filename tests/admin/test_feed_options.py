"""The owner decides whether there are feeds, and what they may say."""

import pytest
from django.utils import timezone

from tests.admin.test_account_options import change, olga, options_url
from tests.builders import a_mailbox
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.actions import Choices
from wagtail_ecp.inbox.models import Subscription

__all__ = ["olga"]

pytestmark = pytest.mark.django_db


def page_of(client):
    return client.get(options_url()).content.decode()


def test_the_owner_switches_feeds_on_and_off_and_sees_when(client, olga):
    change(client, options_url(), rss_enabled=True, rss_full_bodies=True)
    assert Account.objects.get().serves_feeds

    change(client, options_url(), rss_enabled=False)

    assert not Account.objects.get().serves_feeds
    page = page_of(client)
    assert "Enable RSS: from “on” to “off”" in page
    assert "Allow full messages in feeds: from “off” to “on”" in page


def test_the_row_says_how_many_subscriptions_are_read(client, olga):
    assert "Nobody has subscribed to anything." in page_of(client)
    Account.objects.update(rss_enabled=True, rss_full_bodies=True)
    for number in range(3):
        mailbox = a_mailbox(f"box{number}@example.com", readers=[olga])
        actions.subscribe(mailbox, Choices(has_bodies=not number), by=olga)
    read = Subscription.objects.first()
    Subscription.objects.filter(pk=read.pk).update(last_read_at=timezone.now())

    page = page_of(client)

    assert "3 subscriptions, 1 read this week, 1 with whole messages." in page
    Account.objects.update(rss_enabled=False)
    assert "lead nowhere while this is off" in page_of(client)


def test_a_level_without_feeds_says_so_and_cannot_be_ticked(client, olga, settings):
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {
        "SERVICE_LEVELS": {"free": {"label": "Free", "allows": ["ssl"]}}
    }

    response = change(client, options_url(), rss_enabled=True)

    assert "The service level “Free” does not include this" in response.content.decode()
    assert not Account.objects.get().rss_enabled
