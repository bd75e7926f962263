"""The API of the double of Stripe: its rows, and what may be asked of them."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from tests.billing.stripe_http import Refusal, Request, Route, missing

SECRET_KEY = "sk_test_only_for_the_double_of_stripe"
WEBHOOK_SECRET = "whsec_only_for_the_double_of_stripe"
API_VERSION = "2026-09-30.endive"
MONTH = 30 * 24 * 3600

VISA = {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2028}
MASTERCARD = {"brand": "mastercard", "last4": "4444", "exp_month": 1, "exp_year": 2031}
CARDS = {"visa": VISA, "mastercard": MASTERCARD}

Row = dict[str, Any]


class StripeApi:
    """The state; ``events`` are those that no webhook has taken yet."""

    def __init__(self) -> None:
        self.prices: dict[str, Row] = {}
        self.rows: dict[str, Row] = {}
        self.events: list[Row] = []
        self.requests: list[Request] = []
        self.answers: dict[str, tuple[str, tuple[int, Any]]] = {}
        self.prorations: list[Row] = []
        self.refusals: list[Refusal] = []
        self.before_answer: Callable[[Request], None] = lambda _request: None
        self.lose_answer = False
        self.held = threading.Event()
        self.webhook_url = ""
        self.url = ""
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        for name, units in (("standard", 1900), ("premium", 4900)):
            self.add_price(f"price_{name}", units)

    def add_price(self, identifier: str, units: int, currency: str = "eur") -> None:
        self.prices[identifier] = {
            "id": identifier,
            "object": "price",
            "active": True,
            "currency": currency,
            "unit_amount": units,
            "recurring": {"interval": "month", "interval_count": 1},
            "type": "recurring",
        }

    def all(self, kind: str) -> list[Row]:
        """Return the rows of a kind, such as "subscription", oldest first."""
        return [row for row in self.rows.values() if row["object"] == kind]

    def an_event(self, kind: str, about: Row) -> Row:
        return {
            "id": self._new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": int(time.time()),
            "type": kind,
            "livemode": False,
            "data": {"object": deepcopy(about)},
        }

    def after_answer(self) -> None:
        """Do what Stripe does by itself once it has answered."""

    # How it answers

    def api(self, request: Request, query: str) -> tuple[int, Any, dict[str, str]]:
        with self._lock:
            self.requests.append(request)
        self.before_answer(request)
        with self._lock:
            headers = {"Request-Id": self._new_id("req")}
            try:
                status, content, is_again = self._once(request, query)
            except Refusal as refusal:
                return refusal.status, refusal.body, headers
            if is_again:
                headers["Idempotent-Replayed"] = "true"
        self.after_answer()
        if self.lose_answer:
            self.lose_answer = False
            raise ConnectionAbortedError
        return status, content, headers

    def _once(self, request: Request, query: str) -> tuple[int, Any, bool]:
        """Answer; a key that was used before gets the same answer, errors too."""
        self._authenticate(request)
        key = request.headers.get("Idempotency-Key", "")
        intention = f"{request.method} {request.path} {query}"
        if request.method != "POST" or not key:
            return *self._answer(request, query), False
        if key in self.answers:
            before, answer = self.answers[key]
            if before != intention:
                raise Refusal(
                    400,
                    "Keys for idempotent requests can only be used with the same"
                    " parameters they were first used with.",
                    kind="idempotency_error",
                )
            return *answer, True
        try:
            answer = self._answer(request, query)
        except Refusal as refusal:
            if not refusal.body["error"].get("param"):  # Validation is not kept.
                self.answers[key] = intention, (refusal.status, refusal.body)
            raise
        self.answers[key] = intention, deepcopy(answer)
        return *answer, False

    def _authenticate(self, request: Request) -> None:
        key = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if key != SECRET_KEY:
            raise Refusal(401, f"Invalid API Key provided: {key[:8]}***")
        if request.headers.get("Stripe-Version") != API_VERSION:
            raise Refusal(400, "This double speaks another version of the API.")

    def _answer(self, request: Request, query: str) -> tuple[int, Any]:
        for route in self.routes():
            found = route.match(request)
            if found:
                route.check(query)
                if request.method != "GET" and self.refusals:
                    raise self.refusals.pop(0)
                answer = route.answer(*found.groups(), **request.form)
                return 200, deepcopy(answer)
        raise Refusal(404, f"Unrecognized request URL ({request.path})")

    def routes(self) -> Iterator[Route]:
        named = "name email description metadata.* preferred_locales.#"
        yield Route("POST", "/v1/customers", self._create_customer, named)
        yield Route("POST", "/v1/customers/{}", self._update_customer, named)
        yield Route("GET", "/v1/customers/{}", self._customer)
        yield Route(
            "POST",
            "/v1/checkout/sessions",
            self._create_checkout,
            "mode customer success_url cancel_url client_reference_id metadata.*"
            " line_items.#.price line_items.#.quantity allowed_payment_method_types.#"
            " subscription_data.metadata.* automatic_tax.enabled"
            " tax_id_collection.enabled customer_update.address customer_update.name",
            ("mode", "success_url", "line_items.#.price"),
            {
                "mode": "payment setup subscription",
                "allowed_payment_method_types.#": "card sepa_debit paypal",
                "customer_update.address": "auto never",
            },
        )
        yield Route("GET", "/v1/checkout/sessions/{}", self._checkout)
        yield Route("POST", "/v1/checkout/sessions/{}/expire", self._expire)
        yield Route(
            "POST",
            "/v1/billing_portal/sessions",
            self._create_portal,
            "customer return_url locale configuration flow_data.type"
            " flow_data.after_completion.type"
            " flow_data.after_completion.redirect.return_url",
            ("customer",),
            {
                "flow_data.type": "payment_method_update subscription_cancel",
                "flow_data.after_completion.type": "redirect portal_homepage",
            },
        )
        yield Route(
            "GET", "/v1/subscriptions", self._subscriptions, "customer status limit"
        )
        yield Route("GET", "/v1/subscriptions/{}", self._subscription)
        yield Route(
            "POST",
            "/v1/subscriptions/{}",
            self._update_subscription,
            "items.#.id items.#.price items.#.quantity items.#.deleted metadata.*"
            " proration_behavior payment_behavior cancel_at_period_end"
            " default_payment_method",
            words={
                "proration_behavior": "always_invoice create_prorations none",
                "payment_behavior": "allow_incomplete error_if_incomplete",
            },
        )
        yield Route(
            "DELETE", "/v1/subscriptions/{}", self._cancel, "prorate invoice_now"
        )
        yield Route("GET", "/v1/invoices", self._invoices, "customer limit status")
        yield Route("GET", "/v1/prices/{}", self._price)

    def _customer(self, identifier: str, expand: tuple[str, ...] = ()) -> Row:
        customer = deepcopy(self._get("customer", identifier))
        if "invoice_settings.default_payment_method" in expand:
            self._expand(customer.get("invoice_settings", {}))
        return customer

    def _create_customer(self, **form: Any) -> Row:
        about = {"name": None, "email": None, "metadata": {}, **form}
        settings = {"default_payment_method": None, "footer": None}
        return self._add("cus", "customer", invoice_settings=settings, **about)

    def _update_customer(self, identifier: str, **form: Any) -> Row:
        customer = self._get("customer", identifier)
        customer.update(form)
        self._emit("customer.updated", customer)
        return customer

    def _create_checkout(self, **form: Any) -> Row:
        customer = self._get("customer", form["customer"], param="customer")
        for item in form["line_items"]:
            self._price(item["price"], param="line_items[0][price]")
        session = self._add(
            "cs_test",
            "checkout.session",
            status="open",
            payment_status="unpaid",
            subscription=None,
            mode=form["mode"],
            customer=customer["id"],
            success_url=form["success_url"],
            cancel_url=form.get("cancel_url"),
            sold=form["line_items"][0]["price"],
        )
        session["url"] = f"{self.url}/pay/{session['id']}"
        return session

    def _checkout(self, identifier: str) -> Row:
        return self._get("checkout.session", identifier)

    def _expire(self, identifier: str) -> Row:
        session = self._checkout(identifier)
        if session["status"] != "open":
            raise Refusal(
                400, "Only Checkout Sessions with status open can be expired."
            )
        session.update(status="expired", url=None)
        return session

    def _create_portal(self, **form: Any) -> Row:
        customer = self._get("customer", form["customer"], param="customer")
        portal = self._add(
            "bps",
            "billing_portal.session",
            customer=customer["id"],
            return_url=form.get("return_url"),
            flow=form.get("flow_data"),
        )
        portal["url"] = f"{self.url}/portal/{portal['id']}"
        return portal

    def _subscriptions(
        self,
        customer: str,
        status: str = "",
        limit: str = "10",
        expand: tuple[str, ...] = (),
    ) -> Row:
        if self._get("customer", customer, param="customer").get("deleted"):
            raise missing("customer", customer, param="customer")
        found = [
            deepcopy(one)
            for one in reversed(self.all("subscription"))
            if one["customer"] == customer
            and (status == "all" or one["status"] != "canceled")
        ]
        if "data.default_payment_method" in expand:
            for one in found:
                self._expand(one)
        return self._list(found, limit)

    def _subscription(self, identifier: str, expand: tuple[str, ...] = ()) -> Row:
        return self._get("subscription", identifier)

    def _update_subscription(self, identifier: str, **form: Any) -> Row:
        subscription = self._get("subscription", identifier)
        if subscription["status"] == "canceled":
            raise Refusal(400, "A canceled subscription can only update its metadata.")
        item = subscription["items"]["data"][0]
        for change in form.get("items", ()):
            if change.get("id") != item["id"]:
                raise missing(
                    "subscription item", change.get("id", ""), param="items[0][id]"
                )
            price = self._price(change["price"], param="items[0][price]")
            if form.get("proration_behavior") != "none":
                self._prorate(item, price)
            item["price"] = price
        method = form.get("default_payment_method")
        if method:
            self._get("payment_method", method, param="default_payment_method")
            subscription["default_payment_method"] = method
        if "cancel_at_period_end" in form:
            subscription["cancel_at_period_end"] = form["cancel_at_period_end"]
        self._emit("customer.subscription.updated", subscription)
        return subscription

    def _cancel(
        self, identifier: str, *, prorate: bool = False, invoice_now: bool = False
    ) -> Row:
        subscription = self._get("subscription", identifier)
        if subscription["status"] == "canceled":
            raise missing("subscription", identifier)
        subscription["status"] = "canceled"
        if prorate:
            self._prorate(subscription["items"]["data"][0], None)
        if invoice_now:
            self._bill(subscription, pays=True, is_final=True)
        self._emit("customer.subscription.deleted", subscription)
        return subscription

    def _invoices(self, customer: str, limit: str = "10", status: str = "") -> Row:
        self._get("customer", customer, param="customer")
        found = [
            one
            for one in reversed(self.all("invoice"))
            if one["customer"] == customer and status in {"", one["status"]}
        ]
        return self._list(found, limit)

    def _price(self, identifier: str, param: str = "id") -> Row:
        if identifier not in self.prices:
            raise missing("price", identifier, param=param)
        return self.prices[identifier]

    # How the state changes

    def _subscribe(self, session: Row, method: Row) -> Row:
        now = int(time.time())
        item = {
            "id": self._new_id("si"),
            "object": "subscription_item",
            "price": self.prices[session["sold"]],
            "quantity": 1,
            "current_period_start": now,
            "current_period_end": now + MONTH,
        }
        return self._add(
            "sub",
            "subscription",
            status="active",
            customer=session["customer"],
            cancel_at_period_end=False,
            # As Checkout does: bound to this card, whatever the customer's default.
            default_payment_method=method["id"],
            items={"object": "list", "data": [item], "has_more": False, "url": "/v1/x"},
        )

    def _bill(self, subscription: Row, *, pays: bool, is_final: bool = False) -> Row:
        item = subscription["items"]["data"][0]
        lines, self.prorations = self.prorations, []
        if not is_final:
            lines.append(
                _line(
                    item["price"]["unit_amount"],
                    item["current_period_start"],
                    item["current_period_end"],
                )
            )
        invoice = self._add(
            "in",
            "invoice",
            customer=subscription["customer"],
            number=f"ECP-{next(self._numbers):04}",
            currency=item["price"]["currency"],
            status="paid" if pays else "open",
            attempted=True,
            total=sum(line["amount"] for line in lines),
            lines={"object": "list", "data": lines, "has_more": False, "url": "/v1/x"},
            status_transitions={"finalized_at": int(time.time())},
        )
        page = f"{self.url}/invoice/{invoice['id']}"
        invoice.update(hosted_invoice_url=page, invoice_pdf=f"{page}/pdf")
        self._emit("invoice.paid" if pays else "invoice.payment_failed", invoice)
        return invoice

    def _prorate(self, item: Row, price: Row | None) -> None:
        now, end = int(time.time()), item["current_period_end"]
        share = (end - now) / (end - item["current_period_start"])
        for sign, one in ((-1, item["price"]), (1, price)):
            if one:
                units = sign * round(one["unit_amount"] * share)
                self.prorations.append(_line(units, now, end))

    def _new_card(self, customer: str, card: str) -> Row:
        return self._add(
            "pm", "payment_method", type="card", card=CARDS[card], customer=customer
        )

    def _add(self, prefix: str, kind: str, **columns: Any) -> Row:
        row = {
            "id": self._new_id(prefix),
            "object": kind,
            "created": int(time.time()),
            "livemode": False,
            **columns,
        }
        self.rows[row["id"]] = row
        return row

    def _get(self, kind: str, identifier: str, *, param: str = "id") -> Row:
        row = self.rows.get(identifier)
        if row is None or row["object"] != kind:
            raise missing(kind, identifier, param=param)
        return row

    def _expand(self, holder: Row) -> None:
        identifier = holder.get("default_payment_method")
        if identifier:
            holder["default_payment_method"] = deepcopy(self.rows[identifier])

    def _list(self, rows: list[Row], limit: str) -> Row:
        cut = int(limit)
        return {
            "object": "list",
            "data": rows[:cut],
            "has_more": len(rows) > cut,
            "url": "/v1/x",
        }

    def _new_id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):08}"

    def _emit(self, kind: str, about: Row) -> None:
        self.events.append(self.an_event(kind, about))


def _line(units: int, start: int, end: int) -> Row:
    return {
        "object": "line_item",
        "amount": units,
        "period": {"start": start, "end": end},
    }
