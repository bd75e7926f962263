"""The demo's past: an account that has paid for some months, and owes the last one."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing import actions, periods
from wagtail_ecp.billing.models import BillingDetails, Invoice

AGE = dt.timedelta(days=140)
PAID_AFTER = dt.timedelta(days=9)
CUSTOMER = {
    "company": "Alder & Finch Ltd",
    "address": "7 Orchard Lane\nBristol BS1 4DJ",
    "country": "GB",
    "vat_id": "GB987654321",
}


def make_invoices(account: Account) -> None:
    """Let the account be some months old, and have paid all invoices but the last."""
    now = timezone.now()
    Account.objects.filter(pk=account.pk).update(
        created_at=now - AGE, service_level="standard"
    )
    BillingDetails.objects.create(account=account, **CUSTOMER)
    for invoice in _issue(account, now)[:-1]:
        actions.mark_paid(
            invoice, on=invoice.issued_on + PAID_AFTER, note="Bank transfer"
        )


def _issue(account: Account, now: dt.datetime) -> list[Invoice]:
    """Issue what the clock would have issued in the first night of each month."""
    zone = account.time_zone
    this_month = periods.month_of(now, zone)
    written = []
    for month in periods.months(
        periods.month_of(now - AGE, zone), periods.following(this_month)
    ):
        night = dt.datetime.combine(month, dt.time(2, 43), ZoneInfo(zone))
        written += actions.issue_invoices(now=min(night, now))
    return written
