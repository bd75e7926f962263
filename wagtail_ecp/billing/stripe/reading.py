"""What Stripe says of our customer now, in our words."""

import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import stripe

from wagtail_ecp.accounts.levels import Level, levels
from wagtail_ecp.billing.stripe import parameters
from wagtail_ecp.billing.stripe.models import StripeCustomer

logger = logging.getLogger(__name__)

Status = StripeCustomer.Status

#: The level holds; for "past_due" as long as Stripe goes on trying.
PAYING = frozenset({Status.ACTIVE, Status.TRIALING, Status.PAST_DUE})
#: Not over yet: it may cost something, and can be ended.
OPEN = PAYING | {Status.UNPAID, Status.INCOMPLETE, Status.PAUSED}
#: The level is lost.
LOST = frozenset({Status.CANCELED, Status.UNPAID, Status.PAUSED})


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The columns of ``StripeCustomer`` that are Stripe's to say."""

    customer_id: str
    subscription_id: str = ""
    item_id: str = ""
    price_id: str = ""
    status: str = ""
    period_end: dt.datetime | None = None
    ends_with_period: bool = False
    default_method_id: str = ""
    card_brand: str = ""
    card_last4: str = ""
    card_expires: str = ""

    def columns(self) -> dict[str, Any]:
        """Return them by name."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Found:
    """The customer's own default card and their subscription, as Stripe has them."""

    customer: stripe.Customer
    subscription: stripe.Subscription | None

    @property
    def is_deleted(self) -> bool:
        """Whether the customer is no more; only then does Stripe mention it."""
        return bool(getattr(self.customer, "deleted", False))

    @property
    def own_card(self) -> stripe.PaymentMethod | None:
        """What the customer pays with where a subscription names nothing else."""
        if self.is_deleted:
            return None
        settings = self.customer.invoice_settings
        return _expanded(settings.default_payment_method if settings else None)

    @property
    def subscriptions_card(self) -> stripe.PaymentMethod | None:
        """What the subscription is charged to, whatever the customer's default is."""
        if self.subscription is None:
            return None
        return _expanded(self.subscription.default_payment_method)


def find(client: stripe.StripeClient, customer_id: str) -> Found:
    """Ask Stripe for the customer and the subscription that counts."""
    customer = client.v1.customers.retrieve(customer_id, parameters.with_card())
    found = Found(customer=customer, subscription=None)
    if found.is_deleted:
        return found
    listed = client.v1.subscriptions.list(parameters.subscriptions(customer_id))
    if sum(one.status in PAYING for one in listed.data) > 1:
        logger.error("Stripe: %s pays for more than one subscription", customer_id)
    return Found(customer=customer, subscription=_that_counts(listed.data))


def in_our_words(found: Found) -> Seen:
    """Return what is kept of it: of a card only brand, last four and expiry."""
    if found.is_deleted:
        return Seen(customer_id="", status=Status.CANCELED)
    own, method = found.own_card, found.subscriptions_card or found.own_card
    card = method.card if method else None
    return Seen(
        customer_id=found.customer.id,
        default_method_id=own.id if own else "",
        card_brand=card.brand if card else "",
        card_last4=card.last4 or "" if card else "",
        card_expires=f"{card.exp_month:02}/{card.exp_year % 100:02}" if card else "",
        **_of_subscription(found.subscription),
    )


def level_of(price_id: str) -> Level | None:
    """Return the service level that has this price at Stripe."""
    paid = (level for level in levels().values() if level.is_paid)
    return next((level for level in paid if level.provider_price == price_id), None)


def level_without_price() -> Level | None:
    """Return the first service level that costs nothing."""
    return next((level for level in levels().values() if not level.is_paid), None)


def _of_subscription(subscription: stripe.Subscription | None) -> dict[str, Any]:
    if subscription is None:
        return {}
    items = subscription.items.data
    known = (item for item in items if level_of(item.price.id))
    item = next(known, items[0] if items else None)
    return {
        "subscription_id": subscription.id,
        "status": subscription.status,
        "ends_with_period": subscription.cancel_at_period_end,
        "item_id": item.id if item else "",
        "price_id": item.price.id if item else "",
        "period_end": _moment(item.current_period_end) if item else None,
    }


def _that_counts(found: Sequence[stripe.Subscription]) -> stripe.Subscription | None:
    """Return the one that pays, else one that may, else the latest."""
    return max(
        found,
        key=lambda one: (one.status in PAYING, one.status in OPEN, one.created),
        default=None,
    )


def _expanded(
    method: stripe.PaymentMethod | str | None,
) -> stripe.PaymentMethod | None:
    return method if isinstance(method, stripe.PaymentMethod) else None


def _moment(seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
