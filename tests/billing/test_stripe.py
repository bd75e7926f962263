"""What an owner does about levels, cards and invoices, at a Stripe of our own."""

import datetime as dt
import logging
import re
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import stripe
from django.utils import timezone

import wagtail_ecp
from tests.billing import stripe_api
from tests.billing.stripe_http import Refusal
from tests.billing.stripe_site import (
    LEVELS,
    RETURN_URL,
    at_once,
    bill_through,
    buy,
    choose,
    known,
    level,
    report,
    the_provider,
)
from tests.builders import a_user, an_account
from tests.lasting.guides import DOCS
from wagtail_ecp.accounts import installation
from wagtail_ecp.accounts.levels import find
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing.stripe import (
    configuration,
    invoices,
    parameters,
    webhooks,
)
from wagtail_ecp.billing.stripe.models import StripeCustomer, StripeEvent
from wagtail_ecp.checks import check_installation
from wagtail_ecp.exceptions import BillingError, BillingUnavailableError

DECLINED = Refusal(402, "Your card was declined.", kind="card_error", code="declined")


@pytest.fixture(autouse=True)
def account(db):
    return an_account()


def test_the_first_purchase_leads_to_checkout_and_changes_nothing_yet(double):
    address = choose("standard")

    assert address.startswith(f"{double.url}/pay/")
    assert level() == "free"
    (session,) = double.all("checkout.session")
    assert session["sold"] == "price_standard"
    assert (session["success_url"], session["cancel_url"]) == (RETURN_URL, RETURN_URL)
    (customer,) = double.all("customer")
    assert (customer["name"], customer["email"]) == ("Tests", "olga@staff.example")


def test_what_was_paid_for_holds_as_soon_as_stripe_reports_it(double, client):
    buy(double, client, "standard")

    assert level() == "standard"
    card = the_provider().card()
    assert (card.brand, card.last4, card.expires) == ("Visa", "4242", "08/28")
    assert the_provider().how_to_pay == ""


def test_the_end_of_the_period_is_that_of_the_subscriptions_item(double, client):
    subscription = buy(double, client)

    end = subscription["items"]["data"][0]["current_period_end"]
    assert known().period_end == dt.datetime.fromtimestamp(end, dt.UTC)


def test_another_level_really_is_another_price_at_stripe(double, client):
    subscription = buy(double, client, "standard")

    assert choose("premium") is None

    assert double.price_of(subscription) == "price_premium"
    assert len(subscription["items"]["data"]) == 1
    assert [line["amount"] for line in double.prorations] == [-1900, 4900]
    report(double, client)
    assert level() == "premium"


def test_there_and_back_and_there_again_are_three_changes(double, client):
    subscription = buy(double, client, "standard")

    for key in ("premium", "standard", "premium"):
        assert choose(key) is None
        assert double.price_of(subscription) == f"price_{key}"


def test_a_level_without_price_ends_the_subscription(double, client):
    subscription = buy(double, client, "premium")

    assert choose("free") is None

    assert subscription["status"] == "canceled"
    last = double.all("invoice")[-1]
    assert last["total"] == pytest.approx(-4900, abs=1)
    report(double, client)
    assert level() == "free"


def test_who_comes_back_buys_again_as_the_same_customer(double, client):
    buy(double, client, "standard")
    choose("free")
    report(double, client)

    buy(double, client, "premium")

    assert level() == "premium"
    assert len(double.all("customer")) == 1
    assert [one["status"] for one in double.all("subscription")] == [
        "canceled",
        "active",
    ]


def test_looking_again_before_paying_finds_the_same_checkout(double):
    assert choose("standard") == choose("standard")
    assert len(double.all("checkout.session")) == 1


def test_another_choice_closes_the_checkout_that_is_still_open(double):
    choose("standard")

    choose("premium")

    assert [s["status"] for s in double.all("checkout.session")] == ["expired", "open"]


def test_choosing_nothing_after_all_closes_the_checkout_too(double):
    choose("standard")

    assert choose("free") is None

    assert [s["status"] for s in double.all("checkout.session")] == ["expired"]


def test_a_purchase_that_no_report_told_us_of_is_not_made_twice(double):
    address = choose("standard")
    subscription = double.pay(address.rpartition("/")[2])

    assert choose("premium") is None

    assert double.price_of(subscription) == "price_premium"
    assert len(double.all("checkout.session")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_open_one_checkout(double):
    addresses = at_once(lambda: choose("standard"), lambda: choose("standard"))

    assert len(set(addresses)) == 1
    assert len(double.all("customer")) == 1
    assert len(double.all("checkout.session")) == 1


def test_the_portal_opens_where_a_card_is_chosen(double, client):
    buy(double, client)

    address = the_provider().change_card(return_url=RETURN_URL)

    assert address.startswith(f"{double.url}/portal/")
    (portal,) = double.all("billing_portal.session")
    assert portal["flow"]["type"] == "payment_method_update"
    redirect = portal["flow"]["after_completion"]["redirect"]
    assert redirect == {"return_url": RETURN_URL}


def test_a_card_chosen_in_the_portal_is_the_one_that_is_charged(double, client):
    subscription = buy(double, client)
    address = the_provider().change_card(return_url=RETURN_URL)

    double.choose_card(address.rpartition("/")[2])
    report(double, client)

    card = the_provider().card()
    assert (card.brand, card.last4, card.expires) == ("Mastercard", "4444", "01/31")
    (customer,) = double.all("customer")
    chosen = customer["invoice_settings"]["default_payment_method"]
    assert subscription["default_payment_method"] == chosen


def test_an_old_card_of_the_portal_does_not_replace_that_of_a_new_purchase(
    double, client
):
    buy(double, client)
    address = the_provider().change_card(return_url=RETURN_URL)
    double.choose_card(address.rpartition("/")[2])
    report(double, client)
    choose("free")
    report(double, client)

    buy(double, client)
    report(double, client)

    assert the_provider().card().last4 == "4242"


def test_before_the_first_purchase_there_is_no_card_and_none_to_change(double):
    assert the_provider().card() is None
    assert the_provider().change_card(return_url=RETURN_URL) is None
    assert the_provider().invoices() == []
    assert the_provider().how_to_pay == ""
    assert not double.requests


def test_invoices_are_stripes_with_their_pages(double, client):
    subscription = buy(double, client)
    double.renew(subscription, pays=False)

    later, first = the_provider().invoices()

    assert first.number.startswith("ECP-")
    assert (first.total, first.currency) == (Decimal("19.00"), "EUR")
    assert (first.status, first.is_paid) == ("paid", True)
    assert first.url.startswith(f"{double.url}/invoice/")
    assert first.pdf_url == f"{first.url}/pdf"
    today = timezone.localdate(timezone=ZoneInfo(Account.objects.get().time_zone))
    assert (first.issued_on, first.label) == (today, f"{today:%Y-%m}")
    assert (later.status, later.is_paid) == ("payment failed", False)


@pytest.mark.parametrize(
    ("units", "currency", "total"),
    [
        (1999, "EUR", "19.99"),
        (500, "JPY", "500"),
        (1500, "KWD", "1.500"),
        (1000, "UGX", "10.00"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(units, currency, total):
    assert str(invoices.amount(units, currency)) == total


def test_a_failed_payment_is_said_and_the_level_stays_while_stripe_tries(
    double, client
):
    subscription = buy(double, client)

    double.renew(subscription, pays=False)
    report(double, client)

    assert known().get_status_display() == "payment failed"
    assert "could not charge" in the_provider().how_to_pay
    assert level() == "standard"


@pytest.mark.parametrize("status", ["unpaid", "canceled"])
def test_the_level_is_lost_when_stripe_gives_up(double, client, status):
    subscription = buy(double, client)
    double.renew(subscription, pays=False)

    double.set_status(subscription, status)
    report(double, client)

    assert level() == "free"


def test_who_owes_money_pays_before_the_level_is_changed(double, client):
    double.set_status(buy(double, client), "unpaid")

    with pytest.raises(BillingError, match="Pay the open invoices"):
        choose("premium")


def test_a_declined_card_changes_nothing_and_says_so(double, client):
    subscription = buy(double, client)
    double.refuse_next_write(DECLINED)

    with pytest.raises(BillingError, match=r"Your card was declined\. Switch to"):
        choose("premium")

    assert double.price_of(subscription) == "price_standard"


def test_a_refusal_is_not_repeated_once_the_card_is_another(double, client):
    subscription = buy(double, client)
    double.refuse_next_write(DECLINED)
    with pytest.raises(BillingError):
        choose("premium")

    assert choose("premium") is None

    assert double.price_of(subscription) == "price_premium"


def test_an_error_of_stripes_own_is_not_repeated_the_next_time(double, client):
    subscription = buy(double, client)
    double.refuse_next_write(Refusal(500, "Something went wrong.", kind="api_error"))
    with pytest.raises(BillingUnavailableError):
        choose("premium")

    assert choose("premium") is None

    assert double.price_of(subscription) == "price_premium"


def test_a_checkout_that_stripe_has_forgotten_is_followed_by_another(double):
    choose("standard")
    (old,) = double.all("checkout.session")
    del double.rows[old["id"]]

    choose("standard")

    (new,) = double.all("checkout.session")
    assert new["id"] != old["id"]


def test_a_lost_answer_does_not_make_a_second_customer(double):
    def lose(request):
        if request.path == "/v1/customers" and request.method == "POST":
            double.before_answer = lambda _request: None
            double.lose_answer = True

    double.before_answer = lose
    with pytest.raises(BillingUnavailableError):
        choose("standard")

    choose("standard")

    assert len(double.all("customer")) == 1
    first, again = double.writes("/v1/customers")
    assert first.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]


def test_every_write_of_ours_has_an_idempotency_key(double, client):
    buy(double, client)
    choose("premium")

    for request in double.requests:
        if request.method == "POST":
            assert request.headers["Idempotency-Key"]


def test_without_stripe_the_screen_still_knows_the_card(double, client, settings):
    buy(double, client)
    nobody = type("", (), {"url": "http://127.0.0.1:1"})
    bill_through(nobody, settings)

    assert the_provider().card().last4 == "4242"
    assert the_provider().how_to_pay == ""
    for ask in (
        the_provider().invoices,
        lambda: choose("premium"),
        lambda: the_provider().change_card(return_url=RETURN_URL),
    ):
        with pytest.raises(BillingUnavailableError, match="can't be reached just now"):
            ask()
    assert level() == "standard"


def test_a_stripe_that_says_nothing_is_given_up(double, settings):
    bill_through(double, settings, timeout=0.2)
    double.before_answer = lambda _request: double.held.wait(5)

    with pytest.raises(BillingUnavailableError):
        choose("standard")

    double.held.set()


def test_a_wrong_key_is_said_without_showing_it(double, settings, caplog):
    wrong = "sk_test_wrong_and_secret"
    bill_through(double, settings, secret_key=wrong)
    caplog.set_level(logging.DEBUG)

    with pytest.raises(BillingError, match="doesn't accept this site's key") as raised:
        choose("standard")

    assert wrong not in caplog.text
    assert wrong not in str(raised.value)
    assert raised.value.__cause__ is None


def test_keys_are_in_no_log_and_no_representation(double, client, caplog):
    caplog.set_level(logging.DEBUG)

    buy(double, client)

    for secret in (stripe_api.SECRET_KEY, stripe_api.WEBHOOK_SECRET):
        assert secret not in caplog.text
        assert secret not in repr(the_provider().configuration)


def test_a_site_without_keys_says_so_and_its_screen_opens(double, settings):
    bill_through(double, settings, secret_key="")

    assert "not set up for Stripe" in the_provider().how_to_pay
    with pytest.raises(BillingError, match="not set up for Stripe"):
        choose("standard")


def test_a_level_that_has_no_price_at_stripe_is_not_sold(double, settings):
    levels = {"free": {}, "odd": {"label": "Odd", "price": 5}}
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "SERVICE_LEVELS": levels}

    with pytest.raises(BillingError, match="“Odd” can't be bought yet"):
        choose("odd")


def test_a_price_that_stripe_does_not_know_is_refused_in_its_words(double):
    del double.prices["price_standard"]

    with pytest.raises(BillingError, match="Stripe refused this: No such price"):
        choose("standard")


def test_a_copy_of_the_installation_does_not_touch_the_subscription(double, client):
    subscription = buy(double, client)
    installation.declare_copy()
    asked = len(double.requests)

    for ask in (
        lambda: choose("premium"),
        lambda: the_provider().change_card(return_url=RETURN_URL),
    ):
        with pytest.raises(BillingError, match="may be a copy"):
            ask()

    assert len(double.requests) == asked
    assert double.price_of(subscription) == "price_standard"


def test_a_new_owner_is_whom_stripe_writes_to_from_then_on(double, client):
    buy(double, client)
    Account.objects.update(owner=a_user("nora"))

    the_provider().change_card(return_url=RETURN_URL)

    (customer,) = double.all("customer")
    assert customer["email"] == "nora@staff.example"


def test_test_mode_and_live_mode_are_two_customers(double, client, settings):
    buy(double, client)

    bill_through(double, settings, secret_key="sk_live_other")

    assert the_provider().card() is None
    assert the_provider().change_card(return_url=RETURN_URL) is None


def test_a_subscription_that_ends_with_its_period_says_when(double, client):
    subscription = buy(double, client)
    subscription["cancel_at_period_end"] = True
    double.renew(subscription)
    report(double, client)
    assert "The subscription ends on" in the_provider().how_to_pay

    choose("standard")
    report(double, client)

    assert the_provider().how_to_pay == ""
    assert subscription["cancel_at_period_end"] is False


def test_taxes_are_left_to_stripe_where_the_site_says_so(double, settings):
    bill_through(double, settings, automatic_tax=True)

    choose("standard")

    (asked,) = double.writes("/v1/checkout/sessions")
    assert asked.form["automatic_tax"] == {"enabled": True}
    assert asked.form["tax_id_collection"] == {"enabled": True}
    assert asked.form["customer_update"] == {"address": "auto", "name": "auto"}


def test_nothing_that_we_keep_could_hold_a_card_number():
    names = {
        field.name
        for model in (StripeCustomer, StripeEvent)
        for field in model._meta.fields
    }

    assert {name for name in names if "card" in name} == {
        "card_brand",
        "card_last4",
        "card_expires",
    }
    assert not [name for name in names if "number" in name or "cvc" in name]


def test_no_code_and_no_page_of_ours_asks_for_a_card_number():
    package = Path(wagtail_ecp.__file__).parent
    asked = re.compile(
        r"\b(cvc|cvv|card_?number|cc-?(number|csc|exp))\b", re.IGNORECASE
    )

    for file in package.rglob("*"):
        if file.suffix in {".py", ".html", ".js", ".txt"}:
            assert not asked.search(file.read_text("utf-8")), file


def problems():
    return [message.msg for message in check_installation()]


def test_a_site_that_bills_through_stripe_can_be_in_order(double):
    assert problems() == []


@pytest.mark.parametrize("name", ["secret_key", "webhook_secret"])
def test_a_missing_key_is_named_by_the_check(double, settings, name):
    bill_through(double, settings, **{name: ""})

    assert problems() == [
        f"WAGTAIL_ECP: billing through Stripe: STRIPE has no {name!r}."
    ]


def test_a_setting_of_another_name_is_named_by_the_check(double, settings):
    bill_through(double, settings, publishable_key="pk")

    (problem,) = problems()
    assert "STRIPE has no setting 'publishable_key'" in problem


def test_levels_that_stripe_could_not_bill_are_named_by_the_check(double, settings):
    levels = {"odd": {"price": 5}}
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "SERVICE_LEVELS": levels}

    without_price, without_free = problems()

    assert "'odd'] has no provider_price" in without_price
    assert "no level without a price" in without_free


def test_a_missing_extra_is_named_by_the_check(double, monkeypatch):
    monkeypatch.setattr(configuration, "find_spec", lambda _name: None)

    (problem,) = problems()

    assert "pip install wagtail-ecp[stripe]" in problem


def test_a_site_that_stripe_can_not_report_to_is_named_by_the_check(double, settings):
    settings.ROOT_URLCONF = "wagtail.admin.urls"

    assert sum("Stripe can't report" in problem for problem in problems()) == 1


def test_the_guide_lists_the_events_that_we_take_in():
    page = (DOCS / "how-to/bill-with-stripe.md").read_text("utf-8")

    listed = re.findall(r"^\| `([a-z_.]+)` \|$", page, re.MULTILINE)

    assert set(listed) == webhooks.TYPES
    assert listed == sorted(listed)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/v1/checkout/sessions", {"lineitems": [{"price": "price_standard"}]}),
        ("/v1/checkout/sessions", {"payment_method_types": ["card"]}),
        ("/v1/billing_portal/sessions", {"flowdata": {"type": "x"}}),
    ],
)
def test_the_double_refuses_what_stripe_does_not_know(double, path, form):
    client = the_provider().client

    with pytest.raises(stripe.InvalidRequestError, match="Received unknown parameter"):
        client.raw_request("post", path, **form)


def test_the_double_refuses_a_key_that_comes_with_something_else(double):
    client = the_provider().client
    options: stripe.RequestOptions = {"idempotency_key": "same"}
    one = parameters.customer(name="One", email="one@x.example", mark="x")
    other = parameters.customer(name="Other", email="one@x.example", mark="x")

    first = client.v1.customers.create(one, options)
    assert client.v1.customers.create(one, options).id == first.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create(other, options)


def test_every_paid_level_of_these_tests_has_a_price_at_the_double(double):
    paid = [find(key) for key in LEVELS if find(key).is_paid]

    assert {level.provider_price for level in paid} == set(double.prices)
