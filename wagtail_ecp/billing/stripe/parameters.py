"""What we ask Stripe for, in Stripe's own types, so that mypy knows every name."""

from stripe.params import (
    CustomerCreateParams,
    CustomerRetrieveParams,
    CustomerUpdateParams,
    InvoiceListParams,
    SubscriptionCancelParams,
    SubscriptionListParams,
    SubscriptionUpdateParams,
)
from stripe.params.billing_portal import SessionCreateParams as PortalParams
from stripe.params.checkout import SessionCreateParams as CheckoutParams

#: Under this name our identifier stands in the metadata of what we make at Stripe.
MARK = "wagtail_ecp"


def customer(*, name: str, email: str, mark: str) -> CustomerCreateParams:
    """Ask for a customer; receipts go to ``email``."""
    return {"name": name, "email": email, "metadata": {MARK: mark}}


def renamed_customer(*, name: str, email: str) -> CustomerUpdateParams:
    """Ask to know the customer by another name or address from now on."""
    return {"name": name, "email": email}


def checkout(
    customer_id: str, *, price: str, return_url: str, mark: str, taxes: bool
) -> CheckoutParams:
    """Ask for a page of Stripe's that sells a subscription and takes a card."""
    asked: CheckoutParams = {
        "mode": "subscription",
        "customer": customer_id,
        "allowed_payment_method_types": ["card"],
        "line_items": [{"price": price, "quantity": 1}],
        "success_url": return_url,
        "cancel_url": return_url,
        "client_reference_id": mark,
        "subscription_data": {"metadata": {MARK: mark}},
    }
    if taxes:
        asked["automatic_tax"] = {"enabled": True}
        asked["tax_id_collection"] = {"enabled": True}
        # Else Stripe refuses both for a customer that it knows already.
        asked["customer_update"] = {"address": "auto", "name": "auto"}
    return asked


def card_change(customer_id: str, *, return_url: str) -> PortalParams:
    """Ask for the one page of the portal where another card is chosen."""
    return {
        "customer": customer_id,
        "return_url": return_url,
        "flow_data": {
            "type": "payment_method_update",
            "after_completion": {
                "type": "redirect",
                "redirect": {"return_url": return_url},
            },
        },
    }


def level_change(item_id: str, *, price: str) -> SubscriptionUpdateParams:
    """Ask for another price from now on; the difference is on the next invoice."""
    return {
        "items": [{"id": item_id, "price": price}],
        "proration_behavior": "create_prorations",
        # What has to be paid at once and can't be is refused, and nothing changes.
        "payment_behavior": "error_if_incomplete",
        "cancel_at_period_end": False,
    }


def card_of_subscription(method_id: str) -> SubscriptionUpdateParams:
    """Ask to charge the subscription to this payment method."""
    return {"default_payment_method": method_id}


def end() -> SubscriptionCancelParams:
    """Ask to end it now: what is left of the period becomes a credit."""
    return {"prorate": True, "invoice_now": True}


def subscriptions(customer_id: str) -> SubscriptionListParams:
    """Ask for the customer's subscriptions, ended ones too, with their cards."""
    return {
        "customer": customer_id,
        "status": "all",
        "limit": 20,
        "expand": ["data.default_payment_method"],
    }


def invoices(customer_id: str, *, limit: int) -> InvoiceListParams:
    """Ask for the customer's latest invoices, newest first."""
    return {"customer": customer_id, "limit": limit}


def with_card() -> CustomerRetrieveParams:
    """Ask for the customer with the card that is their default."""
    return {"expand": ["invoice_settings.default_payment_method"]}
