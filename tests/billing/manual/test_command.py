"""``ecp_invoice``, by which the operator keeps the books."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.billing.manual.conftest import NOVEMBER, TERMS, month
from wagtail_ecp.billing import actions
from wagtail_ecp.billing.models import Invoice

pytestmark = pytest.mark.django_db


def ecp_invoice(*arguments):
    said = StringIO()
    call_command("ecp_invoice", *arguments, stdout=said)
    return said.getvalue().replace("\N{NO-BREAK SPACE}", " ").splitlines()


@pytest.fixture
def invoice(account):
    [issued] = actions.issue_invoices(month(2026, 9), now=NOVEMBER)
    return issued


def test_list_shows_how_every_invoice_stands(invoice):
    actions.credit(invoice)

    assert ecp_invoice("list") == [
        "1  2026-11-10  2026-09  23.80 EUR  credited",
        *ecp_invoice("list")[1:],
    ]
    assert ecp_invoice("list")[1].endswith("2026-09  -23.80 EUR  credit note")


def test_issue_writes_what_is_missing(account):
    assert len(ecp_invoice("issue", "--month", "2026-09")) == 1
    assert ecp_invoice("issue", "--month", "2026-09") == ["No invoice is missing."]

    ecp_invoice("issue")

    assert Invoice.objects.filter(period=month(2026, 8)).count() == 1


def test_issue_again_follows_a_credit(invoice):
    ecp_invoice("credit", "1", "--reason", "Wrong address")

    (line,) = ecp_invoice("issue", "--month", "2026-09", "--again")

    assert line.startswith("3  ")
    assert Invoice.objects.get(number=2).note == "Wrong address"


def test_paid_marks_an_invoice(invoice):
    (line,) = ecp_invoice("paid", "1", "--on", "2026-11-12", "--note", "bank")

    assert line.endswith("23.80 EUR  paid  2026-11-12  bank")
    invoice.refresh_from_db()
    assert invoice.paid_on == dt.date(2026, 11, 12)


def test_paid_means_today_where_the_account_is(invoice, monkeypatch):
    evening = dt.datetime(2026, 11, 13, 5, tzinfo=dt.UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: evening)

    ecp_invoice("paid", "1")

    invoice.refresh_from_db()
    assert invoice.paid_on == dt.date(2026, 11, 12)


def test_a_number_may_have_its_prefix(account, set_up):
    set_up(BILLING={**TERMS, "number_prefix": "ECP-"})
    [invoice] = actions.issue_invoices(month(2026, 9), now=NOVEMBER)
    assert invoice.name == "ECP-1"

    assert "ECP-1" in ecp_invoice("paid", "ECP-1")[0]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["paid", "7"], "There is no invoice 7"),
        (["credit", "seven"], "There is no invoice seven"),
        (["paid", "1", "--on", "yesterday"], "is no day such as"),
        (["paid", "1", "--on", "2999-01-01"], "future"),
        (["issue", "--month", "2026-13"], "is no month such as"),
        (["issue", "--month", "2999-01"], "not over yet"),
        (["issue", "--again"], "--again needs --month"),
    ],
)
def test_a_mistake_is_said_and_changes_nothing(invoice, arguments, reason):
    with pytest.raises(CommandError, match=reason):
        ecp_invoice(*arguments)

    invoice.refresh_from_db()
    assert (Invoice.objects.count(), invoice.status) == (1, "open")


def test_nothing_is_done_beside_another_provider(invoice, set_up):
    set_up(BILLING_PROVIDER="wagtail_ecp.billing.provider.Provider")

    with pytest.raises(CommandError, match="BILLING_PROVIDER"):
        ecp_invoice("list")


def test_a_site_without_issuer_is_told(account, set_up):
    set_up(BILLING={})

    with pytest.raises(CommandError, match="issuer"):
        ecp_invoice("issue")
