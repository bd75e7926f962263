"""What stands on an invoice, in the reader's language: for the page and for the PDF."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from wagtail_ecp.billing import money, periods
from wagtail_ecp.billing.models import Invoice, InvoiceLine

Fact = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the table."""

    description: str
    quantity: str
    unit_price: str
    tax: str
    amount: str


@dataclass(frozen=True, kw_only=True)
class Document:
    """An invoice in words."""

    title: str
    seller: list[str]
    buyer: list[str]
    facts: list[Fact]
    lines: list[Line]
    totals: list[Fact]
    due: Fact
    notes: list[str]


def document(invoice: Invoice) -> Document:
    """Return what stands on ``invoice``; costs one query, for its lines."""
    return Document(
        title=str(invoice),
        seller=_party(invoice.seller),
        buyer=_party(invoice.buyer),
        facts=_facts(invoice),
        lines=[_line(line, invoice.currency) for line in invoice.lines.all()],
        totals=_totals(invoice),
        due=(_("Total"), money.in_words(invoice.total_with_vat, invoice.currency)),
        notes=_notes(invoice),
    )


def _party(party: Mapping[str, str]) -> list[str]:
    labels = {
        "vat_id": _("VAT number: %(value)s"),
        "tax_number": _("Tax number: %(value)s"),
    }
    lines = [party.get("name", ""), *party.get("address", "").splitlines()]
    lines.append(party.get("country", ""))
    lines += [
        label % {"value": party[name]}
        for name, label in labels.items()
        if party.get(name)
    ]
    lines += [party.get("email", ""), *party.get("note", "").splitlines()]
    return [line.strip() for line in lines if line.strip()]


def _facts(invoice: Invoice) -> list[Fact]:
    facts = [
        (_("Number"), invoice.name),
        (_("Date"), date_format(invoice.issued_on, "DATE_FORMAT")),
        (
            _("Period"),
            _("%(first)s to %(last)s")
            % {
                "first": date_format(invoice.period, "DATE_FORMAT"),
                "last": date_format(periods.last_day(invoice.period), "DATE_FORMAT"),
            },
        ),
        (_("Time zone of the dates"), invoice.time_zone),
    ]
    if invoice.credits is not None:
        facts.append((_("Credits invoice"), invoice.credits.name))
    return facts


def _line(line: InvoiceLine, currency: str) -> Line:
    return Line(
        description=line.description,
        quantity=_number(line.quantity),
        unit_price=money.in_words(line.unit_price, currency),
        tax=_percent(line.vat_rate),
        amount=money.in_words(line.amount, currency),
    )


def _totals(invoice: Invoice) -> list[Fact]:
    without = money.in_words(invoice.total_without_vat, invoice.currency)
    totals = [(_("Total without tax"), without)]
    totals += [
        (
            _("Tax, %(rate)s") % {"rate": _percent(Decimal(line["rate"]))},
            money.in_words(Decimal(line["tax_amount"]), invoice.currency),
        )
        for line in invoice.tax
    ]
    return totals


def _notes(invoice: Invoice) -> list[str]:
    notes = [line["exemption_reason"] for line in invoice.tax]
    return [note for note in (*notes, invoice.note, invoice.payment_terms) if note]


def _percent(rate: Decimal) -> str:
    return f"{_number(rate)}\N{NO-BREAK SPACE}%"


def _number(value: Decimal) -> str:
    shortest = value.normalize()
    places = max(0, -int(shortest.as_tuple().exponent))
    return number_format(value, decimal_pos=places)
