"""Invoices, which never change once they are issued; and what is written on them."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing import periods
from wagtail_ecp.exceptions import BillingError

#: All that may be written on an issued invoice: that it was paid, or credited.
MARKS = frozenset({"paid_on", "paid_note", "credited_at"})


class IssuedError(BillingError):
    """An issued invoice stays as it is; whoever finds it wrong credits it."""

    def __init__(self) -> None:
        super().__init__(
            _("An issued invoice can't be changed or deleted. Credit it instead.")
        )


class LevelHeld(models.Model):
    """Which level has held since when: the months to be invoiced follow from it.

    ``is_paid`` is false for a level without a price, and while the account is closed.
    """

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="levels_held"
    )
    level = models.CharField(max_length=64)
    is_paid = models.BooleanField()
    since = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.level} since {self.since:%Y-%m-%d}"


class BillingDetails(models.Model):
    """Whom the invoices are made out to; empty, it is the account's name."""

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, related_name="billing_details"
    )
    company = models.CharField(gettext_lazy("company"), max_length=255, blank=True)
    address = models.TextField(gettext_lazy("address"), max_length=1000, blank=True)
    country = models.CharField(
        gettext_lazy("country"),
        max_length=2,
        blank=True,
        validators=[
            RegexValidator(
                r"\A[A-Z]{2}\Z", gettext_lazy("Two letters, such as DE or US.")
            )
        ],
        help_text=gettext_lazy("Its two letters in ISO 3166, such as DE or US."),
    )
    vat_id = models.CharField(
        gettext_lazy("VAT number"),
        max_length=32,
        blank=True,
        help_text=gettext_lazy("With the letters of its country, such as DE123456789."),
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.company


class IssuedQuerySet(models.QuerySet[Any]):
    """Rows that are written once."""

    def update(self, **columns: Any) -> int:
        """Set the payment's or the credit's mark; IssuedError for anything else."""
        if not MARKS.issuperset(columns):
            raise IssuedError
        return super().update(**columns)

    def bulk_update(
        self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """Like ``update``."""
        names = set(fields)
        if not names <= MARKS:
            raise IssuedError
        return super().bulk_update(objs, names, batch_size)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: numbers have no gaps, and books are kept."""
        raise IssuedError


class InvoiceQuerySet(IssuedQuerySet):
    """Reads of invoices and credit notes."""

    def invoices(self) -> "InvoiceQuerySet":
        """Without credit notes."""
        return self.filter(kind=Invoice.Kind.INVOICE)

    def open(self) -> "InvoiceQuerySet":
        """Invoices that are neither paid nor credited."""
        return self.invoices().filter(paid_on=None, credited_at=None)


class Invoice(models.Model):
    """An invoice or a credit note, complete: nothing is looked up to show it.

    ``seller``, ``buyer``, ``tax`` and ``level`` are what held when it was issued; the
    names in them follow EN 16931. Amounts are in ``currency``, without tax, the tax,
    and with it; those of a credit note are negative.
    """

    class Kind(models.TextChoices):
        """The type codes of EN 16931 for the two (UNTDID 1001)."""

        INVOICE = "380", gettext_lazy("Invoice")
        CREDIT_NOTE = "381", gettext_lazy("Credit note")

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="invoices"
    )
    kind = models.CharField(max_length=3, choices=Kind)
    # One series for both kinds, counted without gaps.
    number = models.PositiveBigIntegerField(unique=True)
    prefix = models.CharField(max_length=32, blank=True)
    period = models.DateField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    total_without_vat = models.DecimalField(max_digits=14, decimal_places=3)
    total_vat = models.DecimalField(max_digits=14, decimal_places=3)
    total_with_vat = models.DecimalField(max_digits=14, decimal_places=3)
    seller = models.JSONField()
    buyer = models.JSONField()
    tax = models.JSONField()
    level = models.JSONField()
    payment_terms = models.TextField(blank=True)
    note = models.TextField(blank=True)
    credits = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="credit_note",
    )
    credited_at = models.DateTimeField(null=True, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    paid_note = models.CharField(max_length=255, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        base_manager_name = "objects"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "period"],
                condition=Q(kind="380", credited_at=None),
                name="ecp_one_invoice_a_month",
            ),
            models.CheckConstraint(
                condition=Q(period__day=1), name="ecp_invoice_period_is_a_month"
            ),
            models.CheckConstraint(
                condition=Q(kind="380", credits=None, total_with_vat__gte=0)
                | Q(
                    kind="381",
                    credits__isnull=False,
                    total_with_vat__lte=0,
                    paid_on=None,
                    credited_at=None,
                ),
                name="ecp_invoice_or_credit_note",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new one, or a mark on an issued one; IssuedError else."""
        if not (self._state.adding or _are_marks(kwargs.get("update_fields"))):
            raise IssuedError
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise IssuedError

    @property
    def name(self) -> str:
        """The number as people write it."""
        return f"{self.prefix}{self.number}"

    @property
    def is_credit_note(self) -> bool:
        """Whether it takes an invoice back."""
        return self.kind == self.Kind.CREDIT_NOTE

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to pay it."""
        return not (self.is_credit_note or self.paid_on or self.credited_at)

    @property
    def status(self) -> str:
        """How it stands, in a word or two."""
        if self.is_credit_note:
            return _("credit note")
        if self.credited_at:
            return _("credited")
        return _("paid") if self.paid_on else _("open")

    @property
    def period_end(self) -> dt.date:
        """The last day that it is for."""
        return periods.last_day(self.period)


class InvoiceLineQuerySet(IssuedQuerySet):
    """Lines of invoices, which come with their invoice and never later."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Write all lines of a new invoice; IssuedError if it has lines already."""
        lines = list(objs)
        numbers = {line.invoice_id for line in lines}
        if self.model._default_manager.filter(invoice__in=numbers).exists():
            raise IssuedError
        return super().bulk_create(lines, *args, **kwargs)


class InvoiceLine(models.Model):
    """One thing that is charged for; ``amount`` is without tax."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=255)
    quantity = models.DecimalField(max_digits=10, decimal_places=3, default=Decimal(1))
    unit_price = models.DecimalField(max_digits=14, decimal_places=3)
    amount = models.DecimalField(max_digits=14, decimal_places=3)
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=6, decimal_places=3)

    objects = InvoiceLineQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        base_manager_name = "objects"
        ordering = ("invoice", "position")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["invoice", "position"], name="ecp_invoice_line_once"
            )
        ]

    def __str__(self) -> str:
        return self.description

    def save(self, *_args: Any, **_kwargs: Any) -> None:
        """Refuse: lines are written with their invoice, all at once."""
        raise IssuedError

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise IssuedError


def _are_marks(names: Iterable[str] | None) -> bool:
    return names is not None and MARKS.issuperset(names)
