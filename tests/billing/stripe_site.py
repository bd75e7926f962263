"""A site that bills through the double of Stripe, and what tests do there."""

import threading

from django.urls import reverse

from tests.billing import stripe_api
from wagtail_ecp.accounts.levels import find
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing.provider import provider
from wagtail_ecp.billing.stripe.configuration import PROVIDER
from wagtail_ecp.billing.stripe.models import StripeCustomer

RETURN_URL = "https://tests.example/admin/billing/"

LEVELS = {
    "free": {"label": "Free", "limits": {"mailboxes": 1}},
    "standard": {
        "label": "Standard",
        "price": 19,
        "provider_price": "price_standard",
        "allows": ["ssl", "rss"],
    },
    "premium": {
        "label": "Premium",
        "price": 49,
        "provider_price": "price_premium",
        "allows": ["ssl", "rss", "api"],
    },
}


def bill_through(double, settings, **more):
    """Make the tests' site bill through ``double``."""
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "BILLING_PROVIDER": PROVIDER,
        "SERVICE_LEVELS": LEVELS,
        "STRIPE": {
            "secret_key": stripe_api.SECRET_KEY,
            "webhook_secret": stripe_api.WEBHOOK_SECRET,
            "api_base": double.url,
            "retries": 0,
            "timeout": 5,
            **more,
        },
    }


def the_provider():
    """Return the provider as a request would make it."""
    return provider(Account.objects.get())


def level():
    return Account.objects.get().level.key


def known():
    """Return what we remember of Stripe."""
    return StripeCustomer.objects.get()


def choose(key):
    """Do what the screen does when the owner chooses a level."""
    account = Account.objects.get()
    address = provider(account).change_level(find(key), return_url=RETURN_URL)
    if address is None:
        Account.objects.update(service_level=key)
    return address


def buy(double, client, key="standard"):
    """Buy a level from the beginning to Stripe's reports; return the subscription."""
    address = choose(key)
    subscription = double.pay(address.rpartition("/")[2])
    assert set(report(double, client)) == {200}
    return subscription


def report(double, client):
    """Let Stripe send its reports; return our answers."""
    return double.deliver(lambda body, signature: post(client, body, signature))


def post(client, body, signature):
    headers = {"Stripe-Signature": signature} if signature is not None else {}
    return client.post(
        reverse("wagtail_ecp_site:billing_webhook"),
        data=body,
        content_type="application/json",
        headers=headers,
    ).status_code


def at_once(*acts):
    """Do each in a thread of its own, and return what they return."""
    results = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number, act):
        from django.db import connection

        gate.wait()
        try:
            results[number] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
