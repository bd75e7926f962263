"""The billing provider that leaves cards, taxes and invoices to Stripe."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from zoneinfo import ZoneInfo

import stripe
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from wagtail_ecp.accounts import installation, members
from wagtail_ecp.accounts.levels import Level
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing.provider import Card, InvoiceRow
from wagtail_ecp.billing.stripe import (
    configuration,
    invoices,
    parameters,
    purchases,
    reading,
    syncing,
    webhooks,
)
from wagtail_ecp.billing.stripe.connection import connect, idempotency_key, in_words
from wagtail_ecp.billing.stripe.models import StripeCustomer
from wagtail_ecp.exceptions import BillingError

ROWS = 60

Status = StripeCustomer.Status


class StripeProvider:
    """Sells levels through Checkout; what Stripe reports decides which level holds.

    What is known of card and subscription is in our tables, so the screen opens also
    while Stripe is out of reach.
    """

    takes_webhooks = True

    def __init__(self, account: Account) -> None:
        self.account = account

    @cached_property
    def configuration(self) -> configuration.Configuration:
        """The site's keys; BillingError if some are missing."""
        return configuration.read()

    @cached_property
    def client(self) -> stripe.StripeClient:
        """What talks to Stripe."""
        return connect(self.configuration)

    @property
    def how_to_pay(self) -> str:
        """What has to be done about paying, if there is anything."""
        try:
            row = self._row()
        except BillingError as error:
            return str(error)
        if row.status in {Status.PAST_DUE, Status.UNPAID, Status.INCOMPLETE}:
            return _(
                "Stripe could not charge the card. Switch to a different card, and pay"
                " what is open in the list of invoices."
            )
        if row.status in reading.PAYING and row.ends_with_period and row.period_end:
            day = localdate(row.period_end, ZoneInfo(self.account.time_zone))
            return _("The subscription ends on %(day)s.") % {"day": date_format(day)}
        return ""

    def card(self) -> Card | None:
        """Return the card that Stripe charges, as Stripe last told us."""
        row = self._row()
        if not row.card_last4:
            return None
        return Card(
            brand=row.card_brand.replace("_", " ").title(),
            last4=row.card_last4,
            expires=row.card_expires,
        )

    def change_card(self, *, return_url: str) -> str | None:
        """Return the portal's page for another card; None before the first purchase."""
        row = self._row()
        if not row.customer_id:
            return None
        self._refuse_on_a_copy()
        with in_words():
            row = self._named(row)
            params = parameters.card_change(row.customer_id, return_url=return_url)
            # Without a key of ours: its address is good for some minutes only.
            return self.client.v1.billing_portal.sessions.create(params).url

    def change_level(self, level: Level, *, return_url: str) -> str | None:
        """Sell ``level``, change the subscription to it, or end that."""
        self._refuse_on_a_copy()
        if level.is_paid and not level.provider_price:
            raise BillingError(
                _("“%(level)s” can't be bought yet. Ask whoever runs this site.")
                % {"level": level.label}
            )
        with in_words():
            row = self._row()
            if row.customer_id:
                row = syncing.refresh(self.client, row.pk)
            if not level.is_paid:
                self._end(row)
                return None
            if row.status == Status.UNPAID:
                raise BillingError(
                    _("Pay the open invoices first; then the level can be changed.")
                )
            if row.status in reading.PAYING:
                self._change_price(row, level.provider_price)
                return None
            return purchases.open_checkout(
                self.client,
                self._named(row),
                price=level.provider_price,
                return_url=return_url,
                taxes=self.configuration.automatic_tax,
            )

    def invoices(self) -> Sequence[InvoiceRow]:
        """Return what Stripe has issued, newest first, with Stripe's own pages."""
        row = self._row()
        if not row.customer_id:
            return []
        params = parameters.invoices(row.customer_id, limit=ROWS)
        with in_words():
            listed = self.client.v1.invoices.list(params)
        return [
            invoices.row(invoice, zone=self.account.time_zone)
            for invoice in listed.data
            if invoice.status != "draft"
        ]

    def handle_webhook(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Take over what Stripe reports, once; BillingError for a forged report."""
        event = webhooks.verified(
            body,
            signature=headers.get("Stripe-Signature", ""),
            secret=self.configuration.webhook_secret,
        )
        with in_words():
            webhooks.handle(event, client=self.client, row=self._row())

    def catch_up(self) -> None:
        """Take over what Stripe may have reported in vain."""
        row = self._row()
        if row.customer_id:
            with in_words():
                syncing.refresh(self.client, row.pk)

    def _row(self) -> StripeCustomer:
        return purchases.known_customer(self.account, self.configuration)

    def _named(self, row: StripeCustomer) -> StripeCustomer:
        owner = self.account.owner
        email = members.address_of(owner)
        return purchases.ensure_customer(self.client, row, email=email)

    def _end(self, row: StripeCustomer) -> None:
        purchases.close_checkout(self.client, row)
        if row.status not in reading.OPEN:
            return
        try:
            self.client.v1.subscriptions.cancel(row.subscription_id, parameters.end())
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":  # It has ended at this moment.
                raise
        syncing.bump(row)

    def _change_price(self, row: StripeCustomer, price: str) -> None:
        if row.price_id == price and not row.ends_with_period:
            return
        params = parameters.level_change(row.item_id, price=price)
        key = idempotency_key("level", row.revision, row.subscription_id, params=params)
        with syncing.refusals_noted(row):
            self.client.v1.subscriptions.update(
                row.subscription_id, params, {"idempotency_key": key}
            )
        syncing.bump(row)

    def _refuse_on_a_copy(self) -> None:
        if installation.check(self.account.installation).pause:
            raise BillingError(
                _(
                    "This may be a copy of another installation, whose subscription it"
                    " must not change. An administrator has to say first which one"
                    " this is."
                )
            )
