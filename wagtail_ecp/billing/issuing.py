"""Writes invoices and credit notes, with numbers that have no gaps."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing import money, periods
from wagtail_ecp.billing.models import BillingDetails, Invoice, InvoiceLine
from wagtail_ecp.billing.taxes import tax_for
from wagtail_ecp.billing.terms import Terms
from wagtail_ecp.exceptions import ConfigurationError


def write_invoice(
    account: Account, *, period: dt.date, terms: Terms, now: dt.datetime
) -> Invoice:
    """Write the invoice for a month at the account's level; needs its row's lock.

    ConfigurationError if the settings don't say who the invoice is from.
    """
    if not terms.issuer.get("name"):
        raise ConfigurationError("BILLING['issuer'] needs a name to write invoices.")
    level, buyer = account.level, _buyer(account)
    price = money.rounded(level.price, level.currency)
    tax = tax_for(buyer, terms)
    vat = tax.on(price, level.currency)
    invoice = Invoice(
        account=account,
        kind=Invoice.Kind.INVOICE,
        prefix=terms.number_prefix,
        period=period,
        currency=level.currency,
        total_without_vat=price,
        total_vat=vat,
        total_with_vat=price + vat,
        seller=dict(terms.issuer),
        buyer=buyer,
        tax=[_tax_line(tax.category, tax.rate, price, vat, tax.reason)],
        level={
            "key": level.key,
            "label": level.label,
            "price": str(level.price),
            "currency": level.currency,
        },
        payment_terms=terms.how_to_pay,
    )
    line = InvoiceLine(
        position=1,
        description=_("%(level)s, %(month)s")
        % {"level": level.label, "month": periods.in_words(period)},
        unit_price=price,
        amount=price,
        vat_category=tax.category,
        vat_rate=tax.rate,
    )
    return _number(invoice, [line], now=now)


def write_credit_note(
    invoice: Invoice, *, reason: str, terms: Terms, now: dt.datetime
) -> Invoice:
    """Write what takes all of ``invoice`` back; needs the lock of its account's row."""
    note = Invoice(
        account=invoice.account,
        kind=Invoice.Kind.CREDIT_NOTE,
        prefix=terms.number_prefix,
        period=invoice.period,
        currency=invoice.currency,
        total_without_vat=_back(invoice.total_without_vat),
        total_vat=_back(invoice.total_vat),
        total_with_vat=_back(invoice.total_with_vat),
        seller=invoice.seller,
        buyer=invoice.buyer,
        tax=[_negative(line) for line in invoice.tax],
        level=invoice.level,
        note=reason,
        credits=invoice,
    )
    lines = [
        InvoiceLine(
            position=line.position,
            description=line.description,
            quantity=_back(line.quantity),
            unit_price=line.unit_price,
            amount=_back(line.amount),
            vat_category=line.vat_category,
            vat_rate=line.vat_rate,
        )
        for line in invoice.lines.all()
    ]
    return _number(note, lines, now=now)


def _number(invoice: Invoice, lines: list[InvoiceLine], *, now: dt.datetime) -> Invoice:
    """Save the invoice under the next number: a transaction that fails uses up none."""
    zone = invoice.account.time_zone
    last = Invoice.objects.aggregate(last=Max("number"))["last"] or 0
    invoice.number = last + 1
    invoice.issued_at = now
    invoice.issued_on = timezone.localdate(now, ZoneInfo(zone))
    invoice.time_zone = zone
    invoice.save(force_insert=True)
    for line in lines:
        line.invoice = invoice
    InvoiceLine.objects.bulk_create(lines)
    return invoice


def _buyer(account: Account) -> dict[str, str]:
    found = BillingDetails.objects.filter(account=account).first()
    details = found or BillingDetails()
    return {
        "name": details.company or account.name,
        "address": details.address,
        "country": details.country,
        "vat_id": details.vat_id,
    }


def _tax_line(
    category: str, rate: Decimal, taxable: Decimal, tax: Decimal, reason: str
) -> dict[str, str]:
    return {
        "category": category,
        "rate": str(rate),
        "taxable_amount": str(taxable),
        "tax_amount": str(tax),
        "exemption_reason": reason,
    }


def _negative(line: Mapping[str, Any]) -> dict[str, Any]:
    amounts = ("taxable_amount", "tax_amount")
    return {**line, **{name: str(_back(Decimal(line[name]))) for name in amounts}}


def _back(amount: Decimal) -> Decimal:
    return Decimal(0) - amount  # A minus sign would make -0 of 0.
