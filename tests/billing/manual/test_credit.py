"""Corrections and payments: the only two things that happen to an issued invoice."""

import datetime as dt

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError

from tests.billing.manual.conftest import NOVEMBER, WITH_TAX, month
from wagtail_ecp.billing import actions
from wagtail_ecp.billing.models import Invoice, InvoiceLine, IssuedError
from wagtail_ecp.exceptions import BillingError

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 10)


@pytest.fixture
def invoice(account):
    [issued] = actions.issue_invoices(month(2026, 9), now=NOVEMBER)
    return issued


def test_a_credit_note_takes_all_back_under_the_next_number(invoice):
    note = actions.credit(invoice, reason="Wrong address.")

    invoice.refresh_from_db()
    assert (note.number, note.kind, note.credits) == (2, "381", invoice)
    assert note.total_with_vat == -WITH_TAX
    assert [line.amount for line in note.lines.all()] == [-20]
    assert note.tax[0]["tax_amount"] == "-3.80"
    assert note.note == "Wrong address."
    assert (invoice.status, note.status) == ("credited", "credit note")
    assert not invoice.is_open
    assert not note.is_open


def test_what_is_credited_stays_so(invoice):
    note = actions.credit(invoice)

    with pytest.raises(BillingError, match="credited already"):
        actions.credit(invoice)
    with pytest.raises(BillingError, match="can't be credited"):
        actions.credit(note)


def test_no_minus_stands_before_nothing(invoice, set_up, account):
    set_up(BILLING={"issuer": {"name": "X"}})
    [untaxed] = actions.issue_invoices(month(2026, 8), now=NOVEMBER)

    note = actions.credit(untaxed)

    assert (str(note.total_vat), note.tax[0]["tax_amount"]) == ("0.000", "0.00")


def test_a_credited_month_is_invoiced_again_only_when_asked(invoice):
    actions.credit(invoice)

    assert actions.issue_invoices(month(2026, 9), now=NOVEMBER) == []
    [another] = actions.issue_invoices(month(2026, 9), again=True, now=NOVEMBER)
    assert actions.issue_invoices(month(2026, 9), again=True, now=NOVEMBER) == []
    assert another.number == 3


def test_a_payment_is_marked_once(invoice):
    actions.mark_paid(invoice, on=TODAY, note="bank")

    invoice.refresh_from_db()
    assert (invoice.paid_on, invoice.paid_note, invoice.status) == (
        TODAY,
        "bank",
        "paid",
    )
    with pytest.raises(BillingError, match="Invoice 1 is not open: paid"):
        actions.mark_paid(invoice, on=TODAY)


def test_what_was_credited_needs_no_payment(invoice):
    note = actions.credit(invoice)

    for row in (invoice, note):
        with pytest.raises(BillingError, match="not open"):
            actions.mark_paid(row, on=TODAY)


def test_nobody_has_paid_in_the_future(invoice):
    with pytest.raises(BillingError, match="future"):
        actions.mark_paid(invoice, on=dt.date(2999, 1, 1))


CHANGES = {
    "save": lambda row: row.save(),
    "save a column": lambda row: row.save(update_fields=["period"]),
    "delete": lambda row: row.delete(),
    "update": lambda row: type(row).objects.update(**_another(row)),
    "bulk_update": lambda row: type(row).objects.bulk_update([row], [*_another(row)]),
    "delete all": lambda row: type(row).objects.all().delete(),
    "update the base": lambda row: type(row)._base_manager.update(**_another(row)),
}


def _another(row):
    if isinstance(row, Invoice):
        return {"period": month(2026, 1)}
    return {"description": "Another"}


@pytest.mark.parametrize("change", CHANGES)
def test_an_issued_invoice_does_not_change(invoice, change):
    for row in (invoice, invoice.lines.get()):
        before = type(row).objects.values().get()

        with pytest.raises(IssuedError):
            CHANGES[change](row)

        assert type(row).objects.values().get() == before


def test_an_issued_invoice_gets_no_more_lines(invoice):
    line = invoice.lines.get()
    line.pk, line.position = None, 2

    with pytest.raises(IssuedError):
        InvoiceLine.objects.bulk_create([line])
    with pytest.raises(IssuedError):
        line.save()


def test_the_account_stays_as_long_as_its_invoices(invoice):
    with pytest.raises(ProtectedError):
        invoice.account.delete()


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 1},
        {"number": 2},  # The same month again.
        {"number": 2, "period": dt.date(2026, 7, 2)},
        {"number": 2, "period": month(2026, 7), "total_with_vat": -1},
        {"number": 2, "kind": "381", "total_with_vat": -1},
        {"number": 2, "kind": "000", "period": month(2026, 7)},
    ],
)
def test_the_database_refuses_what_the_code_should_never_try(invoice, wrong):
    columns = Invoice.objects.values().get() | wrong
    columns.pop("id")

    with pytest.raises(IntegrityError), transaction.atomic():
        models.Model.save(Invoice(**columns))
