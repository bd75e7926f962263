"""Which level has held since when, and the months that follow to be invoiced."""

import datetime as dt

from django.utils import timezone

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.billing import periods
from wagtail_ecp.billing.models import LevelHeld


def note(account: Account) -> None:
    """Write down what holds now, if it is not what held before.

    What is changed elsewhere, such as a price in the settings, is found by the daily
    job. The first row counts from the account's beginning.
    """
    last = LevelHeld.objects.filter(account=account).last()
    is_paid = account.level.is_paid and account.closed_at is None
    if last and (last.level, last.is_paid) == (account.level.key, is_paid):
        return
    LevelHeld.objects.create(
        account=account,
        level=account.level.key,
        is_paid=is_paid,
        since=timezone.now() if last else account.created_at,
    )


def since(account: Account) -> dt.datetime | None:
    """Return when the account's level began to hold; None where that is not known."""
    begun = None
    for row in LevelHeld.objects.filter(account=account).order_by("-pk"):
        if row.level != account.level.key:
            break
        begun = row.since
    return begun


def paid_months(account: Account, *, now: dt.datetime) -> list[dt.date]:
    """Return the months, over by ``now``, in which the account last was a paid one.

    The first is the month in which it became one; the last is that of its closing, if
    it is closed. Empty for a level without a price: the level at the time counts.
    """
    if not account.level.is_paid:
        return []
    rows = list(LevelHeld.objects.filter(account=account).order_by("-pk"))
    end = now
    while rows and not rows[0].is_paid:
        end = rows.pop(0).since
    begun = None
    for row in rows:
        if not row.is_paid:
            break
        begun = row.since
    if begun is None:
        return []
    zone = account.time_zone
    last = min(
        periods.following(periods.month_of(end, zone)), periods.month_of(now, zone)
    )
    return list(periods.months(periods.month_of(begun, zone), last))
