"""Reports of Stripe's: verified by their signature, handled once, order irrelevant."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

import stripe
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.billing.stripe import syncing
from wagtail_ecp.billing.stripe.models import StripeCustomer, StripeEvent
from wagtail_ecp.exceptions import BillingError, BillingUnavailableError

#: Seconds. An older report is a replay.
TOLERANCE = 300
#: Whoever took an event on and has not finished by then has died.
CLAIM = dt.timedelta(minutes=2)
#: Stripe delivers again for three days.
KEPT = dt.timedelta(days=30)

#: After these, Stripe is asked how the customer is doing; all others mean nothing here.
TYPES = frozenset(
    {
        "checkout.session.completed",
        "customer.deleted",
        "customer.subscription.created",
        "customer.subscription.deleted",
        "customer.subscription.paused",
        "customer.subscription.resumed",
        "customer.subscription.updated",
        "customer.updated",
        "invoice.paid",
        "invoice.payment_failed",
        "payment_method.automatically_updated",
        "payment_method.updated",
    }
)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Of a report no more than this counts; the rest is asked for anew."""

    id: str
    type: str
    created_at: dt.datetime
    customer_id: str


def verified(body: bytes, *, signature: str, secret: str) -> Event:
    """Return the event; BillingError for one that Stripe has not signed just now."""
    try:
        stripe.WebhookSignature.verify_header(
            body.decode(), signature, secret, TOLERANCE
        )
        return _event(json.loads(body))
    except stripe.SignatureVerificationError:
        raise BillingError(_("This report is not signed by Stripe.")) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise BillingError(_("This report makes no sense.")) from None


def handle(event: Event, *, client: stripe.StripeClient, row: StripeCustomer) -> None:
    """Take over Stripe's state after an event about ``row``, once for each event.

    BillingUnavailableError while another delivery of the same event is being handled;
    StripeError if Stripe can't be asked, and then the event may come again.
    """
    is_ours = event.customer_id and event.customer_id == row.customer_id
    if event.type not in TYPES or not is_ours:
        return
    taken = _claim(event)
    if taken is None:
        return
    try:
        syncing.refresh(client, row.pk)
    except (stripe.StripeError, BillingError):
        taken.update(claimed_at=None)
        raise
    taken.update(handled_at=timezone.now())
    StripeEvent.objects.filter(created_at__lt=timezone.now() - KEPT).delete()


def _event(content: dict[str, Any]) -> Event:
    about = content["data"]["object"]
    customer = about["id"] if about["object"] == "customer" else about.get("customer")
    return Event(
        id=str(content["id"]),
        type=str(content["type"]),
        created_at=dt.datetime.fromtimestamp(content["created"], dt.UTC),
        customer_id=str(customer or ""),
    )


def _claim(event: Event) -> QuerySet[StripeEvent] | None:
    """Return the event's row, now ours to handle; None if it has been handled."""
    row, is_new = StripeEvent.objects.get_or_create(
        event_id=event.id,
        defaults={"type": event.type, "created_at": event.created_at},
    )
    mine = StripeEvent.objects.filter(pk=row.pk)
    if is_new:
        return mine
    if row.handled_at:
        return None
    now = timezone.now()
    is_free = row.claimed_at is None or row.claimed_at < now - CLAIM
    abandoned = mine.filter(claimed_at=row.claimed_at, handled_at=None)
    if is_free and abandoned.update(claimed_at=now):
        return mine
    raise BillingUnavailableError(_("This report is being handled."))
