"""Billing without a payment service: invoices of our own, paid as people agreed."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_ecp import conf
from wagtail_ecp.accounts.levels import Level
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing import pdf
from wagtail_ecp.billing.models import Invoice
from wagtail_ecp.billing.provider import Card, InvoiceRow
from wagtail_ecp.billing.terms import terms
from wagtail_ecp.exceptions import BillingError

ROWS = 60


class ManualProvider:
    """Writes an invoice a month; the operator says when it was paid."""

    takes_webhooks = False

    def __init__(self, account: Account) -> None:
        self.account = account

    @property
    def how_to_pay(self) -> str:
        """What the site's settings say, or that it is between people."""
        return terms().how_to_pay or _(
            "There is no card here: you get an invoice every month, and pay it as you"
            " have arranged with whoever runs this site."
        )

    def card(self) -> Card | None:
        """Return None: nothing is charged."""
        return None

    def change_card(self, *, return_url: str) -> str | None:  # noqa: ARG002
        """Return None: there is no card."""
        return None

    def change_level(self, level: Level, *, return_url: str) -> str | None:  # noqa: ARG002
        """Return None: the next invoice is for the level that holds then."""
        return None

    def invoices(self) -> Sequence[InvoiceRow]:
        """Return the latest invoices and credit notes, newest first."""
        found = Invoice.objects.filter(account=self.account).order_by("-number")
        return [_row(invoice) for invoice in found[:ROWS]]

    def handle_webhook(self, body: bytes, headers: Mapping[str, str]) -> None:  # noqa: ARG002
        """Refuse: nobody reports anything."""
        raise BillingError(_("Nothing is reported to this billing provider."))

    def catch_up(self) -> None:
        """Do nothing: nothing is reported."""


def is_in_use() -> bool:
    """Whether the site bills by our own invoices."""
    found = conf.load(conf.get("BILLING_PROVIDER"))
    return isinstance(found, type) and issubclass(found, ManualProvider)


def _row(invoice: Invoice) -> InvoiceRow:
    pages = {"url": reverse("wagtail_ecp:invoice", args=[invoice.number])}
    if pdf.is_available():
        pages["pdf_url"] = reverse("wagtail_ecp:invoice_pdf", args=[invoice.number])
    return InvoiceRow(
        number=invoice.name,
        issued_on=invoice.issued_on,
        label=f"{invoice.period:%Y-%m}",
        total=invoice.total_with_vat,
        currency=invoice.currency,
        status=invoice.status,
        is_paid=not invoice.is_open,
        **pages,
    )
