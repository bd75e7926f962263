"""Service levels: what the settings say is what the account allows."""

from decimal import Decimal

import pytest

from tests.builders import an_account
from wagtail_ecp.accounts import levels
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import ConfigurationError

LEVELS = {
    "free": {"label": "Free", "limits": {"mailboxes": 1}},
    "paid": {
        "label": "Paid",
        "price": "19.50",
        "currency": "USD",
        "allows": ["ssl", "rss", "api"],
    },
}


@pytest.fixture
def two_levels(settings):
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {"SERVICE_LEVELS": LEVELS}


def test_without_settings_there_is_one_level_that_allows_everything(db):
    account = an_account()

    assert all(account.allows(feature) for feature in levels.FEATURES)
    assert account.limit("mailboxes") is None
    assert not account.level.is_paid


def test_a_level_allows_and_limits_what_the_settings_say(two_levels):
    free, paid = Account(service_level="free"), Account(service_level="paid")

    assert (free.allows("api"), paid.allows("api")) == (False, True)
    assert (free.limit("mailboxes"), paid.limit("mailboxes")) == (1, None)
    assert (paid.level.price, paid.level.currency) == (Decimal("19.50"), "USD")


def test_ssl_is_demanded_only_where_the_level_includes_it(two_levels):
    assert Account(service_level="paid", use_ssl=True).requires_ssl
    assert not Account(service_level="paid", use_ssl=False).requires_ssl
    assert not Account(service_level="free", use_ssl=True).requires_ssl


def test_a_level_that_the_settings_no_longer_name_counts_as_the_first(two_levels):
    assert Account(service_level="gold").level.key == "free"


def test_new_accounts_begin_on_the_level_that_says_so(settings):
    levels_here = {**LEVELS, "start": {"label": "Start", "is_first": True}}
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {"SERVICE_LEVELS": levels_here}

    assert Account().level.key == "start"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"alows": ["api"]}, "no key 'alows'"),
        ({"allows": ["teleport"]}, "no feature 'teleport'"),
        ({"limits": {"mails": 3}}, "no limit 'mails'"),
        ({"price": "cheap"}, "'cheap' is no price"),
        ({"price": -1}, "-1 is no price"),
    ],
)
def test_what_makes_no_sense_in_the_settings_is_named(settings, wrong, words):
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {"SERVICE_LEVELS": {"x": wrong}}

    with pytest.raises(ConfigurationError, match=words):
        levels.levels()
