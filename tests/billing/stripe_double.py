"""A small Stripe of our own on loopback: it keeps state, and is as strict as Stripe.

It knows what the e-mail centre uses of API version 2026-09-30.endive: prices,
customers, Checkout, the portal, subscriptions with their items, invoices, cards, and
signed events. Names that Stripe has not, ids that it has not, and an idempotency key
that comes with other parameters are errors. It has pages where a test, or a person,
pays and switches the card; no card number exists here.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.request import Request as WebRequest
from urllib.request import urlopen

import stripe

from tests.billing.stripe_api import CARDS, MONTH, WEBHOOK_SECRET, Row, StripeApi
from tests.billing.stripe_http import Refusal, Request, Server


class StripeDouble(StripeApi):
    """What a test asks and does; ``url`` is where the API and the pages are."""

    def price_of(self, subscription: Row) -> str:
        return str(subscription["items"]["data"][0]["price"]["id"])

    def writes(self, path: str) -> list[Request]:
        """Return what was asked to be changed below ``path``."""
        return [
            request
            for request in self.requests
            if request.method != "GET" and request.path.startswith(path)
        ]

    def refuse_next_write(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)

    def pay(self, session_id: str, card: str = "visa") -> Row:
        """Do what a customer does on Checkout's page; return the subscription."""
        with self._lock:
            session = self._get("checkout.session", session_id)
            if session["status"] != "open":
                raise Refusal(400, "This Checkout Session is no longer open.")
            method = self._new_card(session["customer"], card)
            subscription = self._subscribe(session, method)
            session.update(
                status="complete",
                payment_status="paid",
                subscription=subscription["id"],
                url=None,
            )
            self._emit("checkout.session.completed", session)
            self._emit("customer.subscription.created", subscription)
            self._bill(subscription, pays=True)
            return subscription

    def choose_card(self, portal_id: str, card: str = "mastercard") -> None:
        """Do what a customer does in the portal's flow for another card."""
        with self._lock:
            portal = self._get("billing_portal.session", portal_id)
            customer = self._get("customer", portal["customer"])
            # The customer's default, and not that of a subscription.
            method = self._new_card(customer["id"], card)
            customer["invoice_settings"]["default_payment_method"] = method["id"]
            self._emit("payment_method.attached", method)
            self._emit("customer.updated", customer)

    def renew(self, subscription: Row, *, pays: bool = True) -> Row:
        """Begin the next month, and charge the card or fail to; return the invoice."""
        with self._lock:
            item = subscription["items"]["data"][0]
            item["current_period_start"] = item["current_period_end"]
            item["current_period_end"] += MONTH
            subscription["status"] = "active" if pays else "past_due"
            invoice = self._bill(subscription, pays=pays)
            self._emit("customer.subscription.updated", subscription)
            return invoice

    def set_status(self, subscription: Row, status: str) -> None:
        """Let Stripe give a subscription another status, as after its last try."""
        with self._lock:
            subscription["status"] = status
            kind = "deleted" if status == "canceled" else "updated"
            self._emit(f"customer.subscription.{kind}", subscription)

    def delete_customer(self, customer_id: str) -> None:
        """Do what the operator can do in Stripe's dashboard."""
        with self._lock:
            for one in self.all("subscription"):
                self.set_status(one, "canceled")
            gone = {"id": customer_id, "object": "customer", "deleted": True}
            self.rows[customer_id] = gone
            self._emit("customer.deleted", gone)

    def deliver(self, post: Callable[[bytes, str], int]) -> list[int]:
        """Send what has happened to ``post(body, signature)``; return its answers.

        What is not answered by 200 comes again the next time.
        """
        waiting, self.events = self.events, []
        answers = []
        for event in waiting:
            answers.append(post(*self.signed(event)))
            if answers[-1] != 200:
                self.events.append(event)
        return answers

    def signed(
        self, event: Row, *, secret: str = WEBHOOK_SECRET, age: int = 0
    ) -> tuple[bytes, str]:
        """Return an event's body and its signature, made ``age`` seconds ago."""
        body = json.dumps(event)
        header = stripe.WebhookSignature.generate_signature_header(
            body, secret, int(time.time()) - age
        )
        return body.encode(), header

    # The pages

    def page(self, request: Request) -> tuple[int, str, dict[str, str]]:
        kind, _slash, identifier = request.path.strip("/").partition("/")
        act = {"pay": self.pay, "portal": self.choose_card}.get(kind)
        row = self.rows.get(identifier)
        if act is None or row is None:
            return 404, "No such page.", {}
        if request.method == "POST":
            try:
                act(identifier, request.form["card"])
            except Refusal as refusal:
                return refusal.status, str(refusal), {}
            self.after_answer()
            target = row.get("success_url") or row.get("return_url")
            return 303, "", {"Location": str(target)}
        buttons = "".join(
            f'<button name="card" value="{name}">{card["brand"]} {card["last4"]}</button>'
            for name, card in CARDS.items()
        )
        return 200, f'<form method="post">{buttons}</form>', {}

    def after_answer(self) -> None:
        if self.webhook_url:
            self.deliver(self._post)

    def _post(self, body: bytes, signature: str) -> int:
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        with urlopen(WebRequest(self.webhook_url, body, headers)) as answer:  # noqa: S310
            return int(answer.status)


@contextmanager
def running() -> Iterator[StripeDouble]:
    """Run a double of its own and yield it; its address is ``url``."""
    double = StripeDouble()
    with Server(double.api, double.page) as server:
        double.url = server.url
        yield double
