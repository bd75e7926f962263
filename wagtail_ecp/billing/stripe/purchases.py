"""Checkout: where the owner buys a level for the first time, or again."""

import stripe
from django.db.models import F
from django.utils.translation import gettext as _

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing.stripe import parameters
from wagtail_ecp.billing.stripe.configuration import Configuration
from wagtail_ecp.billing.stripe.connection import idempotency_key
from wagtail_ecp.billing.stripe.models import StripeCustomer
from wagtail_ecp.billing.stripe.syncing import bump, refusals_noted
from wagtail_ecp.exceptions import BillingError


def known_customer(account: Account, configuration: Configuration) -> StripeCustomer:
    """Return our row for this mode of Stripe's, or an unsaved one without customer."""
    of_mode = {"account": account, "is_live": configuration.is_live}
    return StripeCustomer.objects.filter(**of_mode).first() or StripeCustomer(**of_mode)


def ensure_customer(
    client: stripe.StripeClient, row: StripeCustomer, *, email: str
) -> StripeCustomer:
    """Return the row of a customer that Stripe has, by the account's present name."""
    account = row.account
    if row._state.adding:
        row, _created = StripeCustomer.objects.get_or_create(
            account=account, is_live=row.is_live
        )
    told = {"name": account.name, "email": email}
    if row.customer_id and (row.name, row.email) == (account.name, email):
        return row
    mark = account.installation.identifier
    params = parameters.customer(mark=mark, **told)
    if row.customer_id:
        changes = parameters.renamed_customer(**told)
        customer = client.v1.customers.update(row.customer_id, changes)
    else:
        key = idempotency_key("customer", mark, row.revision, params=params)
        with refusals_noted(row):
            customer = client.v1.customers.create(params, {"idempotency_key": key})
    # Of two at once one writes; the other goes on with the same revision, and so with
    # the same idempotency keys.
    StripeCustomer.objects.filter(pk=row.pk, revision=row.revision).update(
        revision=F("revision") + 1, customer_id=customer.id, **told
    )
    return StripeCustomer.objects.get(pk=row.pk)


def open_checkout(
    client: stripe.StripeClient,
    row: StripeCustomer,
    *,
    price: str,
    return_url: str,
    taxes: bool,
) -> str:
    """Return the address of the one open Checkout, so that nothing is bought twice."""
    earlier = _still_open(client, row)
    if earlier and earlier.url:
        if (row.checkout_price_id, earlier.success_url) == (price, return_url):
            return earlier.url
        _close(client, earlier)
    params = parameters.checkout(
        row.customer_id,
        price=price,
        return_url=return_url,
        mark=row.account.installation.identifier,
        taxes=taxes,
    )
    key = idempotency_key("checkout", row.revision, row.checkout_id, params=params)
    with refusals_noted(row):
        session = client.v1.checkout.sessions.create(params, {"idempotency_key": key})
    bump(row, checkout_id=session.id, checkout_price_id=price)
    if not session.url:
        raise BillingError(_("Stripe has no page for this purchase; try again."))
    return session.url


def close_checkout(client: stripe.StripeClient, row: StripeCustomer) -> None:
    """See to it that nothing can be bought in a window that was left open."""
    earlier = _still_open(client, row)
    if earlier:
        _close(client, earlier)


def _still_open(
    client: stripe.StripeClient, row: StripeCustomer
) -> stripe.checkout.Session | None:
    if not row.checkout_id:
        return None
    try:
        session = client.v1.checkout.sessions.retrieve(row.checkout_id)
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing":  # Stripe has forgotten it.
            return None
        raise
    return session if session.status == "open" else None


def _close(client: stripe.StripeClient, session: stripe.checkout.Session) -> None:
    """Close it; BillingError if it was paid for at this moment."""
    try:
        client.v1.checkout.sessions.expire(session.id)
    except stripe.InvalidRequestError:
        raise BillingError(
            _("A purchase was completed at this moment. Look at the level again first.")
        ) from None
