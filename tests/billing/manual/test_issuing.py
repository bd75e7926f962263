"""Which invoices are written, and what stands on them."""

import datetime as dt
from decimal import Decimal

import pytest

from tests.billing.manual.conftest import (
    BEGINNING,
    NOVEMBER,
    TERMS,
    WITH_TAX,
    moment,
    month,
)
from wagtail_ecp import signals
from wagtail_ecp.accounts import actions as account_actions
from wagtail_ecp.accounts import installation
from wagtail_ecp.accounts.levels import find
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing import actions, held
from wagtail_ecp.billing.models import BillingDetails, Invoice, LevelHeld
from wagtail_ecp.exceptions import BillingError, ConfigurationError

pytestmark = pytest.mark.django_db


def periods():
    return [f"{invoice.period:%Y-%m}" for invoice in Invoice.objects.order_by("number")]


def at(when, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: when)


def test_every_month_that_is_over_gets_an_invoice(account):
    actions.issue_invoices(now=NOVEMBER)

    assert periods() == ["2026-08", "2026-09", "2026-10"]
    assert [row.number for row in Invoice.objects.order_by("number")] == [1, 2, 3]


def test_twice_is_as_good_as_once(account):
    actions.issue_invoices(now=NOVEMBER)

    assert actions.issue_invoices(now=NOVEMBER) == []
    assert Invoice.objects.count() == 3


def test_a_free_level_gets_none(account):
    Account.objects.update(service_level="free")

    assert actions.issue_invoices(now=NOVEMBER) == []


def test_no_account_gets_none(db):
    assert actions.issue_invoices(now=NOVEMBER) == []


def test_a_month_ends_when_it_ends_where_the_account_is(account):
    last_evening = moment(2026, 11, 1, 6, 59)  # 23:59 on 31 October in Los Angeles.

    actions.issue_invoices(now=last_evening)
    assert periods() == ["2026-08", "2026-09"]

    actions.issue_invoices(now=last_evening + dt.timedelta(minutes=1))
    assert periods() == ["2026-08", "2026-09", "2026-10"]


def test_the_date_is_that_of_the_accounts_zone(account):
    actions.issue_invoices(now=moment(2026, 9, 30, 23))
    Account.objects.update(time_zone="Pacific/Auckland")
    actions.issue_invoices(now=moment(2026, 9, 30, 23))

    first, second = Invoice.objects.order_by("number")
    assert (first.issued_on, first.time_zone) == (
        dt.date(2026, 9, 30),
        "America/Los_Angeles",
    )
    assert (second.period, second.issued_on) == (month(2026, 9), dt.date(2026, 10, 1))
    assert second.time_zone == "Pacific/Auckland"


def test_the_first_month_is_the_one_in_which_the_account_was_made_there(account):
    Account.objects.update(created_at=moment(2026, 9, 1, 3))  # Still August there.

    actions.issue_invoices(now=moment(2026, 9, 10))

    assert periods() == ["2026-08"]


def test_the_level_at_the_time_counts_for_the_whole_month(account):
    actions.issue_invoices(now=moment(2026, 9, 10))
    account_actions.change_level(find("premium"), by=None)

    actions.issue_invoices(now=moment(2026, 10, 10))

    assert Invoice.objects.get(period=month(2026, 9)).total_without_vat == 50


def test_months_on_a_free_level_are_never_made_up_for(account, monkeypatch):
    Account.objects.update(service_level="free")
    at(moment(2026, 10, 20), monkeypatch)
    actions.note_level()
    account_actions.change_level(find("standard"), by=None)
    actions.note_level()

    actions.issue_invoices(now=moment(2026, 12, 5))

    assert periods() == ["2026-10", "2026-11"]


def test_a_price_that_the_settings_bring_counts_from_then_on(
    account, set_up, monkeypatch
):
    set_up(SERVICE_LEVELS={})
    actions.note_level()
    at(moment(2026, 10, 20), monkeypatch)
    set_up(SERVICE_LEVELS={"standard": {"price": 5}})

    actions.note_level()
    actions.issue_invoices(now=NOVEMBER)

    assert periods() == ["2026-10"]


def test_a_closed_account_is_invoiced_up_to_its_closing(account, monkeypatch):
    actions.note_level()
    at(moment(2026, 9, 20), monkeypatch)
    account_actions.close(by=account.owner)
    actions.note_level()

    actions.issue_invoices(now=NOVEMBER)

    assert periods() == ["2026-08", "2026-09"]


def test_the_months_of_its_closing_are_not_made_up_for(account, monkeypatch):
    actions.note_level()
    at(moment(2026, 9, 20), monkeypatch)
    account_actions.close(by=account.owner)
    actions.note_level()
    actions.issue_invoices(now=moment(2026, 10, 10))
    at(moment(2026, 12, 20), monkeypatch)
    account_actions.reopen(by=account.owner)
    actions.note_level()

    actions.issue_invoices(now=moment(2027, 1, 10))

    assert periods() == ["2026-08", "2026-09", "2026-12"]


def test_the_level_holds_since_it_was_changed_to(account, monkeypatch):
    actions.note_level()
    at(moment(2026, 10, 20), monkeypatch)
    account_actions.change_level(find("premium"), by=None)
    assert held.since(Account.objects.get()) is None

    actions.note_level()
    actions.note_level()

    assert held.since(Account.objects.get()) == moment(2026, 10, 20)
    assert [row.level for row in LevelHeld.objects.all()] == ["standard", "premium"]
    assert LevelHeld.objects.first().since == BEGINNING


def test_one_month_alone_can_be_asked_for(account):
    actions.issue_invoices(month(2026, 9), now=NOVEMBER)
    actions.issue_invoices(month(2026, 9), now=NOVEMBER)

    assert periods() == ["2026-09"]


def test_a_month_that_is_not_over_is_refused(account):
    with pytest.raises(BillingError, match="not over yet"):
        actions.issue_invoices(month(2026, 11), now=NOVEMBER)


def test_a_copy_writes_no_invoices(account, settings):
    installation.check()
    settings.WAGTAILADMIN_BASE_URL = "http://staging.example"

    with pytest.raises(BillingError, match="copy"):
        actions.issue_invoices(now=NOVEMBER)


def test_amounts_and_parties_stand_on_the_invoice_itself(account, set_up):
    BillingDetails.objects.create(
        account=account, company="Alder & Finch", country="GB", vat_id="GB1"
    )
    [invoice] = actions.issue_invoices(month(2026, 9), now=NOVEMBER)
    BillingDetails.objects.update(company="Else")
    set_up(BILLING={"issuer": {"name": "Else"}}, SERVICE_LEVELS={})

    invoice = Invoice.objects.get()
    assert invoice.seller == TERMS["issuer"]
    assert invoice.buyer["name"] == "Alder & Finch"
    assert invoice.level["label"] == "Standard"
    assert invoice.payment_terms == TERMS["how_to_pay"]
    assert (
        invoice.total_without_vat,
        invoice.total_vat,
        invoice.total_with_vat,
    ) == (Decimal("20.00"), Decimal("3.80"), WITH_TAX)
    assert invoice.tax == [
        {
            "category": "S",
            "rate": "19",
            "taxable_amount": "20.00",
            "tax_amount": "3.80",
            "exemption_reason": "",
        }
    ]
    (line,) = invoice.lines.all()
    assert line.description == "Standard, September 2026"
    assert (line.amount, line.vat_category, line.vat_rate) == (20, "S", 19)


def test_without_details_the_account_is_the_customer(account):
    [invoice] = actions.issue_invoices(month(2026, 9), now=NOVEMBER)

    assert invoice.buyer["name"] == "Tests"


@pytest.mark.parametrize(
    ("terms", "vat_id", "category", "vat"),
    [
        ({"reverse_charge": True}, "FR123", "AE", "0.00"),
        ({"reverse_charge": True}, "DE987654321", "S", "3.80"),
        ({"reverse_charge": True}, "", "S", "3.80"),
        ({}, "FR123", "S", "3.80"),
        ({"tax_rate": 0, "tax_note": "Small business."}, "", "E", "0.00"),
        ({"tax_rate": 0}, "", "O", "0.00"),
    ],
)
def test_tax_follows_from_the_terms_and_the_vat_number(
    account, set_up, terms, vat_id, category, vat
):
    set_up(BILLING={**TERMS, **terms})
    BillingDetails.objects.create(account=account, vat_id=vat_id)

    [invoice] = actions.issue_invoices(month(2026, 9), now=NOVEMBER)

    [line] = invoice.tax
    assert (line["category"], line["tax_amount"]) == (category, vat)
    assert invoice.total_with_vat == 20 + Decimal(vat)
    assert bool(line["exemption_reason"]) == (category in ("AE", "E"))


@pytest.mark.parametrize(
    ("currency", "price", "expected"),
    [("EUR", "9.99", "11.89"), ("JPY", "1999", "2379"), ("KWD", "5.005", "5.956")],
)
def test_amounts_are_rounded_to_what_can_be_paid(
    account, set_up, currency, price, expected
):
    set_up(SERVICE_LEVELS={"standard": {"price": price, "currency": currency}})

    [invoice] = actions.issue_invoices(month(2026, 9), now=NOVEMBER)

    assert Invoice.objects.get(pk=invoice.pk).total_with_vat == Decimal(expected)


def test_nobody_issues_nothing(account, set_up):
    set_up(BILLING={})

    with pytest.raises(ConfigurationError, match="issuer"):
        actions.issue_invoices(now=NOVEMBER)


def test_sites_hear_of_each_invoice(account, django_capture_on_commit_callbacks):
    heard = []

    def hear(invoice, **_kwargs):
        heard.append(str(invoice))

    signals.invoice_issued.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            actions.issue_invoices(now=NOVEMBER)
    finally:
        signals.invoice_issued.disconnect(hear)

    assert heard == ["Invoice 1", "Invoice 2", "Invoice 3"]
