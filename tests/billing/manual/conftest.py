"""An account that pays for its level."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from tests.builders import a_user, an_account
from wagtail_ecp.accounts.models import Account

LEVELS: dict[str, dict[str, Any]] = {
    "free": {"label": "Free", "allows": ["rss"], "limits": {"mailboxes": 1}},
    "standard": {
        "label": "Standard",
        "price": "20.00",
        "allows": ["ssl", "rss"],
        "limits": {"mailboxes": 3, "members": 5},
    },
    "premium": {"label": "Premium", "price": 50, "allows": ["ssl", "rss", "api"]},
}
TERMS: dict[str, Any] = {
    "issuer": {
        "name": "Müller & Söhne",
        "address": "Lange Straße 1\n10115 Berlin",
        "country": "DE",
        "vat_id": "DE123456789",
    },
    "tax_rate": "19",
    "how_to_pay": "By transfer to DE00 0000, within 14 days.",
}
WITH_TAX = Decimal("23.80")


def moment(*parts):
    """Return a moment in UTC."""
    return dt.datetime(*parts).replace(tzinfo=dt.UTC)  # noqa: DTZ001


def month(year, number):
    return dt.date(year, number, 1)


#: The account is in Los Angeles and exists since August.
BEGINNING = moment(2026, 8, 15, 12)
NOVEMBER = moment(2026, 11, 10, 12)


@pytest.fixture
def set_up(settings):
    """Return a function that changes single settings of ours."""

    def change(**values):
        settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, **values}

    return change


@pytest.fixture(autouse=True)
def _levels(set_up):
    set_up(SERVICE_LEVELS=LEVELS, BILLING=TERMS)


@pytest.fixture
def olga(db):
    """Owns the account."""
    return a_user("olga")


@pytest.fixture
def account(olga):
    """The account, on Standard since its beginning."""
    an_account(owner=olga)
    Account.objects.update(service_level="standard", created_at=BEGINNING)
    return Account.objects.get()
