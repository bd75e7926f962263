"""What every way of paying offers, so that the screens know none of them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from wagtail_ecp import conf
from wagtail_ecp.accounts.levels import Level
from wagtail_ecp.accounts.models import Account


@dataclass(frozen=True, kw_only=True)
class Card:
    """All that we ever know of a payment card."""

    brand: str
    last4: str
    expires: str  # "08/28"


@dataclass(frozen=True, kw_only=True)
class InvoiceRow:
    """One invoice as the owner's list shows it; addresses may be empty."""

    number: str
    issued_on: dt.date
    label: str  # What it is for, such as "2026-11".
    total: Decimal
    currency: str
    status: str  # A word for people.
    is_paid: bool
    url: str = ""
    pdf_url: str = ""


class Provider(Protocol):
    """Bills one account; made anew for each request with ``Provider(account)``.

    Every method may raise ``BillingError``, whose words are meant for the owner. No
    card number ever reaches our process.
    """

    #: Whether it reports to us: ``webhooks/billing.py`` answers 404 where not.
    takes_webhooks: bool

    def __init__(self, account: Account) -> None: ...

    @property
    def how_to_pay(self) -> str:
        """How payment is arranged, in words; empty where a card says it all."""

    def card(self) -> Card | None:
        """Return the card that is charged, if there is one."""

    def change_card(self, *, return_url: str) -> str | None:
        """Return the address where the owner chooses another card; None: there is none."""

    def change_level(self, level: Level, *, return_url: str) -> str | None:
        """Bill ``level`` from now on.

        Returns the address where the owner must confirm it first, or None if it holds
        at once. Who calls it changes the account's level only in the latter case.
        """

    def invoices(self) -> Sequence[InvoiceRow]:
        """Return the latest invoices, newest first, at most 60."""

    def handle_webhook(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Take in what the provider reports; BillingError for a forged one."""

    def catch_up(self) -> None:
        """Ask the provider for what it may have reported in vain, if it reports."""


def provider(account: Account) -> Provider:
    """Return the site's billing provider for ``account``."""
    found: type[Provider] = conf.load(conf.get("BILLING_PROVIDER"))
    return found(account)
