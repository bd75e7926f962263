"""Which time zones there are, and on whose clock a date is shown."""

import datetime as dt

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from wagtail.users.models import UserProfile

from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from wagtail_ecp.accounts import zones
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import Conversation, Source


def test_the_canonical_zones_are_grouped_by_region():
    regions = zones.canonical()

    assert "America/Los_Angeles" in regions["America"]
    assert "Europe/Berlin" in regions["Europe"]
    assert regions["UTC"] == ("UTC",)
    assert sum(map(len, regions.values())) > 300


def test_every_canonical_zone_can_be_stored():
    assert all(
        zones.is_zone(name) for found in zones.canonical().values() for name in found
    )


@pytest.mark.parametrize("name", ["US/Pacific", "Asia/Calcutta", "Etc/UTC"])
def test_aliases_can_be_stored(name):
    assert zones.is_zone(name)


@pytest.mark.parametrize("name", ["localtime", "Factory", "", "../etc/passwd", "Mars"])
def test_what_is_no_place_cannot_be_stored(name):
    assert not zones.is_zone(name)


def shown(client, user, mailbox):
    """Return the time that the list shows for the one conversation in it."""
    client.force_login(user)
    page = client.get(reverse("wagtail_ecp:folder", args=[mailbox.pk, "inbox"]))
    soup = BeautifulSoup(page.content, "html.parser")
    return soup.select_one(".ecp-list tbody td:last-child").get_text(strip=True)


@pytest.fixture
def at_noon_utc(db):
    """A conversation of a summer day at noon, UTC, long ago enough to show its day."""
    rita = a_user("rita")
    mailbox = a_mailbox(readers=[rita])
    receive_and_process(an_email())
    midnight = dt.datetime(2026, 7, 1, 2, 30, tzinfo=dt.UTC)
    Conversation.objects.update(last_message_at=midnight)
    return rita, mailbox


def test_a_blank_profile_means_the_accounts_zone_never_the_sites(
    client, at_noon_utc, settings
):
    settings.TIME_ZONE = "Asia/Tokyo"
    UserProfile.get_for_user(at_noon_utc[0])

    assert shown(client, *at_noon_utc) == "Jun 30"  # 19:30 in Los Angeles


def test_the_accounts_zone_holds_from_the_next_request(client, at_noon_utc):
    Account.objects.update(time_zone="Europe/Berlin")

    assert shown(client, *at_noon_utc) == "Jul 1"


def test_a_members_own_zone_wins_for_what_they_see(client, at_noon_utc):
    rita, mailbox = at_noon_utc
    profile = UserProfile.get_for_user(rita)
    profile.current_time_zone = "Asia/Tokyo"
    profile.save()

    assert shown(client, rita, mailbox) == "Jul 1"


def test_wagtails_own_screens_of_our_rows_are_on_the_same_clock(
    client, at_noon_utc, settings
):
    settings.TIME_ZONE = "Asia/Tokyo"
    _rita, mailbox = at_noon_utc
    source = Source.objects.create(mailbox=mailbox, name="Ours", host="a", port=993)
    at = dt.datetime(2026, 7, 1, 2, 30, tzinfo=dt.UTC)
    Source.objects.filter(pk=source.pk).update(last_success_at=at)
    client.force_login(a_user("root", is_superuser=True))

    page = client.get(reverse("ecp_sources:index")).content.decode()

    assert "June 30, 2026, 7:30 p.m." in page
