"""``manage.py ecp_invoice``: what the operator does with invoices."""

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing import actions, manual, money, periods
from wagtail_ecp.billing.models import Invoice
from wagtail_ecp.exceptions import EmailCentreError


def _month(text: str) -> dt.date:
    try:
        return periods.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no month such as 2026-11") from error


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no day such as 2026-11-30") from error


class Command(BaseCommand):
    """Lists invoices, writes those that are missing, marks them paid, credits them."""

    help = "Lists, issues, marks as paid and credits the account's invoices."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what to do, and with which invoice."""
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("list", help="Show every invoice and credit note.")
        issue = steps.add_parser("issue", help="Write the invoices that are missing.")
        issue.add_argument("--month", type=_month, help="Only this one: YYYY-MM.")
        issue.add_argument(
            "--again",
            action="store_true",
            help="Also where the month's invoice was credited; needs --month.",
        )
        paid = steps.add_parser("paid", help="Mark an invoice as paid.")
        paid.add_argument("number")
        paid.add_argument("--on", type=_day, help="YYYY-MM-DD; default today.")
        paid.add_argument("--note", default="", help="Such as how it was paid.")
        credit = steps.add_parser("credit", help="Take an invoice back.")
        credit.add_argument("number")
        credit.add_argument("--reason", default="", help="Stands on the credit note.")

    def handle(self, **options: Any) -> None:
        """Do one step, or say why it can't be done."""
        if not manual.is_in_use():
            raise CommandError("Another BILLING_PROVIDER writes this site's invoices.")
        try:
            getattr(self, f"_{options['step']}")(options)
        except EmailCentreError as error:
            raise CommandError(str(error)) from error

    def _list(self, _options: dict[str, Any]) -> None:
        for invoice in Invoice.objects.order_by("number"):
            self._say(invoice)

    def _issue(self, options: dict[str, Any]) -> None:
        if options["again"] and not options["month"]:
            raise CommandError("--again needs --month.")
        written = actions.issue_invoices(options["month"], again=options["again"])
        for invoice in written:
            self._say(invoice)
        if not written:
            self.stdout.write("No invoice is missing.")

    def _paid(self, options: dict[str, Any]) -> None:
        invoice = self._find(options["number"])
        zone = ZoneInfo(Account.objects.get().time_zone)
        on = options["on"] or timezone.localdate(timezone=zone)
        actions.mark_paid(invoice, on=on, note=options["note"])
        self._say(self._find(options["number"]))

    def _credit(self, options: dict[str, Any]) -> None:
        invoice = self._find(options["number"])
        self._say(actions.credit(invoice, reason=options["reason"]))

    def _find(self, name: str) -> Invoice:
        """Return the invoice by its number, with or without its prefix."""
        found: list[Invoice] = [
            invoice
            for invoice in Invoice.objects.order_by("number")
            if name in (invoice.name, str(invoice.number))
        ]
        if not found:
            raise CommandError(f"There is no invoice {name}.")
        return found[0]

    def _say(self, invoice: Invoice) -> None:
        words = [
            invoice.name,
            f"{invoice.issued_on:%Y-%m-%d}",
            f"{invoice.period:%Y-%m}",
            money.in_words(invoice.total_with_vat, invoice.currency),
            invoice.status,
            f"{invoice.paid_on:%Y-%m-%d}" if invoice.paid_on else "",
            invoice.paid_note,
        ]
        self.stdout.write("  ".join(word for word in words if word))
