"""Stripe's invoices as rows of the owner's list."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import stripe
from django.utils.translation import gettext as _

from wagtail_ecp.billing import money
from wagtail_ecp.billing.provider import InvoiceRow

#: Where Stripe counts other units than ISO 4217 has (docs.stripe.com/currencies).
STRIPES_DECIMALS = {"ISK": 2, "UGX": 2, "MGA": 0}


def row(invoice: stripe.Invoice, *, zone: str) -> InvoiceRow:
    """Return an issued invoice; its dates are those of ``zone``."""
    currency = invoice.currency.upper()
    issued = invoice.status_transitions.finalized_at or invoice.created
    lines = invoice.lines.data
    # Of a change in mid-month there are lines of the month before too.
    begins = max((line.period.start for line in lines), default=issued)
    return InvoiceRow(
        number=invoice.number or "",
        issued_on=_day(issued, zone),
        label=f"{_day(begins, zone):%Y-%m}",
        total=amount(invoice.total, currency),
        currency=currency,
        status=_status(invoice),
        is_paid=invoice.status == "paid",
        url=invoice.hosted_invoice_url or "",
        pdf_url=invoice.invoice_pdf or "",
    )


def amount(units: int, currency: str) -> Decimal:
    """Return Stripe's smallest units as an amount in ``currency`` (ISO 4217)."""
    decimals = STRIPES_DECIMALS.get(currency, money.decimals(currency))
    return Decimal(units).scaleb(-decimals)


def _status(invoice: stripe.Invoice) -> str:
    if invoice.status == "open" and invoice.attempted:
        return _("payment failed")
    words = {
        "open": _("open"),
        "paid": _("paid"),
        "void": _("void"),
        "uncollectible": _("written off"),
    }
    return words.get(invoice.status or "", invoice.status or "")


def _day(seconds: int, zone: str) -> dt.date:
    return dt.datetime.fromtimestamp(seconds, ZoneInfo(zone)).date()
