"""The whole way through the Billing screen: choose, pay at Stripe, be told, see it."""

from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.billing.stripe_site import bill_through, level, report
from tests.builders import a_user, an_account
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.journal.models import Action

SCREEN = "http://testserver/admin/mail/billing/?back=1"


class _Stay(HTTPRedirectHandler):
    """Follows no redirect: it leads back to the site."""

    def http_error_303(self, request, answer, *_rest):
        return answer


@pytest.fixture
def owner(client, db):
    olga = a_user("olga")
    an_account(olga)
    client.force_login(olga)
    return olga


def press(address, card):
    """Press a button on a page of Stripe's; return where it leads."""
    opener = build_opener(_Stay)
    page = BeautifulSoup(opener.open(address).read(), "html.parser")
    assert page.find("button", value=card)
    return opener.open(address, f"card={card}".encode()).headers["Location"]


def change(client, key):
    address = reverse("wagtail_ecp:change_level", args=[key])
    return client.post(address, {"was": Account.objects.get().level.key})


def screen(client):
    page = client.get(reverse("wagtail_ecp:billing"))
    assert page.status_code == 200
    return " ".join(BeautifulSoup(page.content, "html.parser").main.text.split())


def test_a_level_is_chosen_paid_for_and_had(double, client, owner):
    assert "No card is charged" in screen(client)

    answer = change(client, "standard")
    assert answer.status_code == 302
    assert "Free" in screen(client)
    assert press(answer.url, "visa") == SCREEN
    assert set(report(double, client)) == {200}

    assert level() == "standard"
    shown = screen(client)
    assert "Visa ending 4242, expires 08/28" in shown
    assert "paid" in shown
    assert "19.00" in shown


def test_who_comes_back_before_stripes_report_has_the_level_already(
    double, client, owner
):
    back = press(change(client, "standard").url, "visa")

    page = client.get(back)

    assert level() == "standard"
    assert "Visa ending 4242" in page.content.decode()


def test_the_level_is_changed_at_once_for_whom_stripe_knows(double, client, owner):
    press(change(client, "standard").url, "visa")
    report(double, client)

    assert change(client, "premium").url == reverse("wagtail_ecp:billing")

    assert level() == "premium"
    (subscription,) = double.all("subscription")
    assert double.price_of(subscription) == "price_premium"
    assert "The service level is Premium now." in screen(client)
    changes = Action.objects.filter(kind=Action.Kind.SETTING_CHANGED).order_by("pk")
    report(double, client)
    assert [change.user for change in changes] == [None, owner]


def test_the_card_is_switched_at_stripe(double, client, owner):
    press(change(client, "standard").url, "visa")
    report(double, client)

    answer = client.post(reverse("wagtail_ecp:change_card"))
    assert press(answer.url, "mastercard") == SCREEN
    report(double, client)

    assert "Mastercard ending 4444, expires 01/31" in screen(client)


def test_the_level_without_price_is_had_at_once(double, client, owner):
    press(change(client, "premium").url, "visa")
    report(double, client)

    change(client, "free")
    report(double, client)

    assert level() == "free"
    (subscription,) = double.all("subscription")
    assert subscription["status"] == "canceled"


def test_a_failed_payment_is_shown(double, client, owner):
    press(change(client, "standard").url, "visa")
    (subscription,) = double.all("subscription")

    double.renew(subscription, pays=False)
    report(double, client)

    shown = screen(client)
    assert "Stripe could not charge the card." in shown
    assert "payment failed" in shown


def test_the_screen_opens_while_stripe_is_out_of_reach(double, client, owner, settings):
    press(change(client, "standard").url, "visa")
    report(double, client)
    nobody = type("", (), {"url": "http://127.0.0.1:1"})

    bill_through(nobody, settings)

    shown = screen(client)
    assert "Visa ending 4242" in shown
    assert "Stripe can't be reached just now." in shown
    assert change(client, "premium").url == reverse("wagtail_ecp:billing")
    assert "Stripe can't be reached just now." in screen(client)
    assert level() == "standard"


def test_the_screen_opens_without_keys(double, client, owner, settings):
    bill_through(double, settings, secret_key="")

    assert "not set up for Stripe" in screen(client)


def test_nobody_else_gets_to_stripe(double, client, owner):
    client.force_login(a_user("root", is_superuser=True))

    answers = [
        change(client, "standard"),
        client.post(reverse("wagtail_ecp:change_card")),
    ]

    assert {answer.status_code for answer in answers} <= {302, 403}
    assert not any(double.url in getattr(answer, "url", "") for answer in answers)
    assert not double.requests
    assert level() == "free"


@pytest.mark.django_db(transaction=True)
def test_stripe_reports_by_itself_to_the_documented_address(
    double, client, owner, live_server
):
    double.webhook_url = f"{live_server.url}/ecp/webhooks/billing/"

    press(change(client, "premium").url, "visa")

    assert level() == "premium"
    assert double.events == []
