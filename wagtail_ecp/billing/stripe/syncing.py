"""Takes over what Stripe says now, in whatever order its reports come in."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import stripe
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from wagtail_ecp.accounts import actions, installation
from wagtail_ecp.accounts.levels import Level
from wagtail_ecp.billing.stripe import parameters, reading
from wagtail_ecp.billing.stripe.connection import idempotency_key
from wagtail_ecp.billing.stripe.models import StripeCustomer
from wagtail_ecp.billing.stripe.reading import Found, Seen
from wagtail_ecp.exceptions import BillingUnavailableError

logger = logging.getLogger(__name__)

TURNS = 5


def refresh(client: stripe.StripeClient, pk: int) -> StripeCustomer:
    """Ask Stripe how the customer is doing, and let the level follow what changed.

    An answer counts only if nobody wrote another one since the question was asked, so
    two at once end with what Stripe said last. StripeError if it can't be asked.
    """
    for _turn in range(TURNS):
        row = StripeCustomer.objects.get(pk=pk)
        if not row.customer_id:
            return row
        found = _follow_card(client, row, reading.find(client, row.customer_id))
        seen = reading.in_our_words(found)
        if _store(row, seen):
            return StripeCustomer.objects.get(pk=pk)
    raise BillingUnavailableError(_("Stripe reports too much at once; try again."))


def bump(row: StripeCustomer, **columns: str) -> None:
    """Make answers to earlier questions void, because Stripe has changed since."""
    StripeCustomer.objects.filter(pk=row.pk).update(
        revision=F("revision") + 1, **columns
    )


@contextmanager
def refusals_noted(row: StripeCustomer) -> Iterator[None]:
    """Let the next try have another idempotency key, if Stripe answers with an error.

    Stripe repeats its first answer to a key for a day, also a refusal of the card and
    an error of its own. Without any answer the same key has to be used again.
    """
    try:
        yield
    except stripe.APIConnectionError:
        raise
    except stripe.StripeError:
        bump(row)
        raise


def _store(row: StripeCustomer, seen: Seen) -> bool:
    columns = seen.columns()
    if all(getattr(row, name) == value for name, value in columns.items()):
        return True
    with transaction.atomic():
        unchanged = StripeCustomer.objects.filter(pk=row.pk, revision=row.revision)
        if not unchanged.update(revision=F("revision") + 1, **columns):
            return False
        level = _new_level(row, seen)
        if level is not None:
            actions.change_level(level, by=None)
    return True


def _new_level(before: StripeCustomer, seen: Seen) -> Level | None:
    """Return the level that what has happened leads to; None: it stays.

    Only a change counts, so that a level that was given by hand outlives reports of
    other things.
    """
    if seen.status in reading.PAYING:
        is_news = before.status not in reading.PAYING or (
            (before.subscription_id, before.price_id)
            != (seen.subscription_id, seen.price_id)
        )
        level = reading.level_of(seen.price_id) if is_news else None
        if is_news and level is None:
            logger.error("Stripe: no service level has the price %s", seen.price_id)
        return level
    if seen.status in reading.LOST and before.status in reading.PAYING:
        level = reading.level_without_price()
        if level is None:
            logger.error("Stripe: nobody pays, and no service level is without price")
        return level
    return None


def _follow_card(
    client: stripe.StripeClient, row: StripeCustomer, found: Found
) -> Found:
    """Charge the subscription to the card that was chosen in the portal.

    The portal makes it the customer's default, but Checkout has bound the subscription
    to the card of the first purchase, which comes before that default.
    """
    own, charged, subscription = (
        found.own_card,
        found.subscriptions_card,
        found.subscription,
    )
    if (
        own is None
        or charged is None
        or subscription is None
        or subscription.status not in reading.OPEN
        or subscription.id != row.subscription_id
        or own.id in {charged.id, row.default_method_id}
        or installation.check(row.account.installation).pause
    ):
        return found
    params = parameters.card_of_subscription(own.id)
    key = idempotency_key(
        "card", row.revision, subscription.id, charged.id, params=params
    )
    client.v1.subscriptions.update(subscription.id, params, {"idempotency_key": key})
    return reading.find(client, row.customer_id)
