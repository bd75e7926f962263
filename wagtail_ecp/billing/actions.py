"""Writes to billing: invoices, their payment and their correction, the level."""

import datetime as dt
import logging
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from wagtail_ecp import signals
from wagtail_ecp.accounts import actions as account_actions
from wagtail_ecp.accounts import installation, permissions
from wagtail_ecp.accounts.levels import Level
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing import held, issuing, periods
from wagtail_ecp.billing.models import BillingDetails, Invoice
from wagtail_ecp.billing.provider import provider
from wagtail_ecp.billing.terms import terms
from wagtail_ecp.billing.usage import usage
from wagtail_ecp.exceptions import BillingError
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

DETAILS = ("company", "address", "country", "vat_id")


@transaction.atomic
def issue_invoices(
    month: dt.date | None = None, *, again: bool = False, now: dt.datetime | None = None
) -> list[Invoice]:
    """Write the invoices that are missing and return them, oldest first.

    Those of all paid months that are over in the account's zone, or only that of
    ``month``; ``again`` writes a new one for a month whose invoice was credited. Run
    twice, it writes nothing more. BillingError while nobody has said which
    installation this is, or for a month that is not over.
    """
    account = Account.objects.select_for_update().first()
    if account is None:
        return []
    if installation.check().pause:
        raise BillingError(
            _("No invoices are written on what may be a copy of another installation.")
        )
    now = now or timezone.now()
    held.note(account)
    due = held.paid_months(account, now=now) if month is None else [month]
    if month and periods.following(month) > periods.month_of(now, account.time_zone):
        raise BillingError(_("This month is not over yet."))
    known = Invoice.objects.invoices().filter(account=account)
    if again:
        known = known.filter(credited_at=None)
    done = set(known.filter(period__in=due).values_list("period", flat=True))
    if not account.level.is_paid:
        return []
    written = [
        issuing.write_invoice(account, period=period, terms=terms(), now=now)
        for period in due
        if period not in done
    ]
    for invoice in written:
        _announce(invoice)
    return written


@transaction.atomic
def credit(invoice: Invoice, *, reason: str = "") -> Invoice:
    """Take all of an issued invoice back by a credit note, and return that.

    BillingError for a credit note, or if there is one already.
    """
    account = Account.objects.select_for_update().get(pk=invoice.account_id)
    found = Invoice.objects.get(pk=invoice.pk)
    found.account = account
    if found.is_credit_note:
        raise BillingError(_("A credit note can't be credited."))
    if found.credited_at:
        raise BillingError(
            _("Invoice %(number)s has been credited already.") % {"number": found.name}
        )
    now = timezone.now()
    note = issuing.write_credit_note(found, reason=reason, terms=terms(), now=now)
    Invoice.objects.filter(pk=found.pk).update(credited_at=now)
    _announce(note)
    return note


@transaction.atomic
def mark_paid(invoice: Invoice, *, on: dt.date, note: str = "") -> None:
    """Write down that an invoice was paid; BillingError if it is not open.

    ``on`` is a day in the account's zone, and not a day to come.
    """
    account = Account.objects.select_for_update().get(pk=invoice.account_id)
    if on > timezone.localdate(timezone=ZoneInfo(account.time_zone)):
        raise BillingError(_("An invoice can't have been paid in the future."))
    found = Invoice.objects.get(pk=invoice.pk)
    if not found.is_open:
        raise BillingError(
            _("%(invoice)s is not open: %(status)s.")
            % {"invoice": found, "status": found.status}
        )
    Invoice.objects.filter(pk=found.pk).update(paid_on=on, paid_note=note)


def check_level(account: Account, level: Level, *, was: str) -> None:
    """Raise BillingError if the account can't change to ``level`` as things are.

    ``was`` is the key of the level that its owner saw.
    """
    if account.level.key != was:
        raise BillingError(
            _("The level was changed to “%(level)s” meanwhile. Look at it again.")
            % {"level": account.level.label}
        )
    if level.key == was:
        raise BillingError(
            _("“%(level)s” is the level that you have.") % {"level": level.label}
        )
    over = [str(count) for count in usage(account, level) if count.is_over]
    if over:
        raise BillingError(
            _("More is in use than “%(level)s” allows. %(list)s.")
            % {"level": level.label, "list": "; ".join(over)}
        )


def change_level(
    level: Level, *, was: str, by: "User", return_url: str = ""
) -> str | None:
    """Have ``level`` billed from now on, and let it hold.

    Returns the address where the owner must confirm it first, and then nothing has
    changed yet, or None. PermissionDenied unless ``by`` is the owner; BillingError as
    in ``check_level``, or as the provider says.
    """
    permissions.require_owner(by, attempt="change of the service level")
    account = Account.objects.current()
    check_level(account, level, was=was)
    address = provider(account).change_level(level, return_url=return_url)
    if address is not None:
        return address
    with transaction.atomic():
        account_actions.change_level(level, by=by)
        held.note(Account.objects.get())
    return None


@transaction.atomic
def note_level() -> None:
    """Write down which level holds since when, if it has changed."""
    account = Account.objects.select_for_update().first()
    if account is not None:
        held.note(account)


@transaction.atomic
def change_details(wanted: dict[str, str], *, seen: int, by: "User") -> BillingDetails:
    """Have the next invoices made out like this; those issued stay as they are.

    ``seen`` is the version that ``by`` saw. PermissionDenied unless ``by`` is the
    owner; BillingError, and nothing is changed, if it has changed meanwhile.
    """
    account = Account.objects.select_for_update().get()
    permissions.require_owner(by)
    details, _is_new = BillingDetails.objects.get_or_create(account=account)
    if details.version != seen:
        raise BillingError(_("The details were changed meanwhile. Look at them again."))
    changes: dict[str, Any] = {
        name: [getattr(details, name), wanted[name]]
        for name in DETAILS
        if getattr(details, name) != wanted[name]
    }
    if changes:
        for name, (_before, now) in changes.items():
            setattr(details, name, now)
        details.version += 1
        details.save()
        record(Action.Kind.SETTING_CHANGED, by=by, data={"changes": changes})
        log(account, account_actions.OPTIONS_CHANGED, user=by)
    return details


def _announce(invoice: Invoice) -> None:
    logger.info("%s issued", invoice)
    transaction.on_commit(
        partial(signals.invoice_issued.send, Invoice, invoice=invoice)
    )
