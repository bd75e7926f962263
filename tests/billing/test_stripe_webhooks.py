"""Stripe's reports: believed when signed, handled once, in any order."""

import datetime as dt
import json
import logging

import pytest
import stripe
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.billing.stripe_site import (
    at_once,
    bill_through,
    buy,
    choose,
    known,
    level,
    post,
    report,
    the_provider,
)
from tests.builders import an_account
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing.stripe import reading, webhooks
from wagtail_ecp.billing.stripe.models import StripeEvent
from wagtail_ecp.jobs.billing_reports import catch_up
from wagtail_ecp.journal.models import Action
from wagtail_ecp.webhooks.billing import MAX_BYTES

ADDRESS = "/ecp/webhooks/billing/"


@pytest.fixture(autouse=True)
def account(db):
    return an_account()


@pytest.fixture
def paid(double):
    """What Stripe reports when a purchase was paid for; nobody has been told yet."""
    double.pay(choose("premium").rpartition("/")[2])
    (event,) = (e for e in double.events if e["type"] == "checkout.session.completed")
    return event


def fail(_request):
    raise ConnectionAbortedError


def test_the_address_is_the_documented_one():
    assert reverse("wagtail_ecp_site:billing_webhook") == ADDRESS


def test_a_signed_report_is_taken_in(double, client, paid):
    assert post(client, *double.signed(paid)) == 200

    assert level() == "premium"
    assert StripeEvent.objects.get().handled_at


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda body, header: (body, None), id="no header"),
        pytest.param(lambda body, header: (body, ""), id="empty header"),
        pytest.param(lambda body, header: (body, "t=1,v1=00"), id="bad signature"),
        pytest.param(lambda body, header: (body, "v1"), id="no header at all"),
        pytest.param(lambda body, header: (body + b" ", header), id="tampered"),
        pytest.param(lambda body, header: (b"\xff" + body, header), id="no text"),
        pytest.param(lambda body, header: (b"", header), id="no body"),
    ],
)
def test_a_forged_report_changes_nothing(double, client, paid, forge):
    asked = len(double.requests)

    assert post(client, *forge(*double.signed(paid))) == 400

    assert level() == "free"
    assert not StripeEvent.objects.exists()
    assert len(double.requests) == asked


def test_a_report_that_another_secret_signed_changes_nothing(double, client, paid):
    assert post(client, *double.signed(paid, secret="whsec_another")) == 400
    assert level() == "free"


@pytest.mark.parametrize(("age", "status"), [(290, 200), (301, 400)])
def test_a_report_counts_for_five_minutes(double, client, paid, age, status):
    assert post(client, *double.signed(paid, age=age)) == status
    assert level() == ("premium" if status == 200 else "free")


@pytest.mark.parametrize(
    "content", ["[]", "{}", '"x"', "1", "{", '{"id": 1, "type": 2, "data": {}}']
)
def test_a_signed_report_without_sense_is_refused(double, client, content):
    header = stripe.WebhookSignature.generate_signature_header(
        content, the_provider().configuration.webhook_secret
    )

    assert post(client, content.encode(), header) == 400


def test_the_same_report_again_changes_nothing(double, client, paid):
    signed = double.signed(paid)
    post(client, *signed)
    asked, actions = len(double.requests), Action.objects.count()
    Account.objects.update(service_level="standard")

    assert post(client, *signed) == 200

    assert level() == "standard"
    assert len(double.requests) == asked
    assert Action.objects.count() == actions


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_at_once_are_handled_once(double, paid):
    signed = double.signed(paid)
    asked = len(double.requests)

    statuses = at_once(*[lambda: post(Client(), *signed)] * 2)

    assert sorted(statuses) in ([200, 200], [200, 503])
    assert level() == "premium"
    assert Action.objects.filter(kind=Action.Kind.SETTING_CHANGED).count() == 1
    assert len(double.requests) == asked + 2


def test_a_report_that_could_not_be_handled_may_come_again(double, client, paid):
    double.before_answer = fail
    assert post(client, *double.signed(paid)) == 503
    assert level() == "free"

    double.before_answer = lambda _request: None
    assert post(client, *double.signed(paid)) == 200
    assert level() == "premium"


def test_a_report_whose_handler_died_may_come_again(double, client, paid):
    StripeEvent.objects.create(
        event_id=paid["id"], type=paid["type"], created_at=timezone.now()
    )
    assert post(client, *double.signed(paid)) == 503

    StripeEvent.objects.update(claimed_at=timezone.now() - webhooks.CLAIM * 2)

    assert post(client, *double.signed(paid)) == 200
    assert level() == "premium"


def test_reports_in_the_wrong_order_end_with_the_newest_state(double, client):
    subscription = buy(double, client, "standard")
    choose("premium")
    choose("free")
    assert [event["type"] for event in double.events][-1].endswith("deleted")
    double.events.reverse()

    report(double, client)

    assert subscription["status"] == "canceled"
    assert level() == "free"


def test_an_old_report_does_not_undo_what_has_happened_since(double, client):
    subscription = buy(double, client, "standard")
    old = double.an_event("customer.subscription.updated", subscription)
    choose("premium")
    report(double, client)

    assert post(client, *double.signed(old)) == 200

    assert level() == "premium"


def test_an_answer_that_was_overtaken_meanwhile_does_not_count(
    double, client, monkeypatch
):
    subscription = buy(double, client, "standard")
    ask, overtaken = reading.find, []

    def slowly(*arguments):
        found = ask(*arguments)
        if not overtaken:
            overtaken.append(found)
            choose("free")
            report(double, client)
            assert known().status == "canceled"
        return found

    monkeypatch.setattr(reading, "find", slowly)
    subscription["cancel_at_period_end"] = True
    event = double.an_event("customer.subscription.updated", subscription)

    assert post(client, *double.signed(event)) == 200

    assert overtaken[0].subscription.status == "active"
    assert known().status == "canceled"
    assert level() == "free"


@pytest.mark.parametrize(
    "kind", ["charge.refunded", "invoice.upcoming", "v2.core.event_destination.ping"]
)
def test_reports_of_other_things_are_ignored(double, client, kind):
    subscription = buy(double, client)
    asked = len(double.requests)

    event = double.an_event(kind, subscription)

    assert post(client, *double.signed(event)) == 200
    assert len(double.requests) == asked


def test_reports_about_other_customers_are_ignored(double, client, paid):
    paid["data"]["object"]["customer"] = "cus_of_the_shop"

    assert post(client, *double.signed(paid)) == 200

    assert level() == "free"
    assert not StripeEvent.objects.exists()


def test_what_a_report_claims_is_not_believed_but_asked_for(double, client):
    subscription = buy(double, client, "standard")
    event = double.an_event("customer.subscription.updated", subscription)
    item = event["data"]["object"]["items"]["data"][0]
    item["price"] = double.prices["price_premium"]

    assert post(client, *double.signed(event)) == 200

    assert level() == "standard"


def test_a_level_given_by_hand_outlives_reports_of_other_things(double, client):
    subscription = buy(double, client, "standard")
    Account.objects.update(service_level="premium")

    double.renew(subscription)
    report(double, client)

    assert level() == "premium"


def test_a_price_that_no_level_has_is_logged_and_changes_nothing(
    double, client, caplog
):
    subscription = buy(double, client, "standard")
    double.add_price("price_special", 100)
    subscription["items"]["data"][0]["price"] = double.prices["price_special"]

    double.set_status(subscription, "active")
    with caplog.at_level(logging.ERROR):
        report(double, client)

    assert level() == "standard"
    assert "no service level has the price price_special" in caplog.text


def test_two_subscriptions_that_both_cost_something_are_an_error_in_the_log(
    double, client, caplog
):
    older = buy(double, client, "standard")
    choose("free")
    report(double, client)
    buy(double, client, "premium")

    double.set_status(older, "active")
    with caplog.at_level(logging.ERROR):
        report(double, client)

    assert "pays for more than one subscription" in caplog.text
    assert level() == "premium"


def test_a_customer_deleted_at_stripe_pays_no_more_and_may_buy_again(double, client):
    buy(double, client, "standard")

    double.delete_customer(known().customer_id)
    report(double, client)

    assert level() == "free"
    assert the_provider().card() is None
    buy(double, client, "premium")
    assert level() == "premium"


def test_a_renewed_card_is_shown_with_its_new_date(double, client):
    buy(double, client)
    (method,) = double.all("payment_method")
    method["card"] = {**method["card"], "exp_year": 2033}

    event = double.an_event("payment_method.automatically_updated", method)
    post(client, *double.signed(event))

    assert the_provider().card().expires == "08/33"


def test_what_was_reported_in_vain_is_asked_for_within_the_hour(double, paid):
    catch_up()

    assert level() == "premium"


def test_without_stripe_the_hourly_question_does_no_harm(double, paid, caplog):
    double.before_answer = fail

    with caplog.at_level(logging.WARNING):
        catch_up()

    assert level() == "free"
    assert "can't be reached" in caplog.text


def test_there_is_nothing_to_ask_for_without_a_purchase(double, settings):
    catch_up()
    settings.WAGTAIL_ECP = {}
    catch_up()

    assert not double.requests


def test_events_are_forgotten_after_a_month(double, client, paid):
    old = timezone.now() - dt.timedelta(days=31)
    StripeEvent.objects.create(event_id="evt_old", type="x", created_at=old)

    post(client, *double.signed(paid))

    assert StripeEvent.objects.get().event_id == paid["id"]


def test_who_reports_needs_no_cookie_and_gets_none(double, paid):
    client = Client(enforce_csrf_checks=True)

    assert post(client, *double.signed(paid)) == 200

    assert not client.cookies


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_reports_are_posted(double, client, method):
    assert getattr(client, method)(ADDRESS).status_code == 405


def test_a_report_that_is_too_long_is_not_read(double, client):
    assert post(client, b"x" * (MAX_BYTES + 1), "t=1,v1=00") == 413


def test_where_nothing_is_reported_there_is_no_such_address(double, client, settings):
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "BILLING_PROVIDER": "wagtail_ecp.billing.manual.ManualProvider",
    }

    assert post(client, b"{}", "t=1,v1=00") == 404


def test_without_an_account_there_is_no_such_address(double, client):
    Account.objects.all().delete()

    assert post(client, b"{}", "t=1,v1=00") == 404


def test_without_keys_nothing_is_believed(double, client, paid, settings):
    signed = double.signed(paid)
    bill_through(double, settings, webhook_secret="")

    assert post(client, *signed) == 400
    assert level() == "free"


def test_a_refused_report_is_not_in_the_log(double, client, paid, caplog):
    caplog.set_level(logging.DEBUG)

    post(client, json.dumps(paid).encode(), "t=1,v1=c0ffee")

    assert "c0ffee" not in caplog.text
    assert paid["id"] not in caplog.text
