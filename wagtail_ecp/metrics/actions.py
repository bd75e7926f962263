"""What people decide about numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp import signals
from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.metrics.books import begin_rebuild
from wagtail_ecp.metrics.hours import Opening
from wagtail_ecp.metrics.models import BusinessHours

if TYPE_CHECKING:
    from django.contrib.auth.models import User

WEEKDAYS = 7


@dataclass(frozen=True, kw_only=True)
class Week:
    """When a team works; on no weekday at all: always."""

    openings: Sequence[Sequence[Opening]] = ((),) * WEEKDAYS
    holidays: Sequence[tuple[str, str]] = ()
    #: Empty: the account's.
    time_zone: str = ""

    @property
    def is_always(self) -> bool:
        """Whether business time is calendar time."""
        return not any(self.openings)


def week_of(mailbox: Mailbox) -> Week:
    """Return the business hours of a mailbox; one that is new always works."""
    row = BusinessHours.objects.filter(mailbox=mailbox.pk).first()
    if row is None:
        return Week()
    openings = tuple(tuple((a, b) for a, b in day) for day in row.week)
    holidays = tuple((day, name) for day, name in row.holidays)
    return Week(openings=openings, holidays=holidays, time_zone=row.time_zone)


@transaction.atomic
def set_business_hours(mailbox: Mailbox, week: Week, *, by: "User") -> None:
    """Say when the mailbox's team works; all numbers in business time follow by a job."""
    if not can_administer(by):
        raise PermissionDenied(_("Administrators set business hours."))
    if week == week_of(mailbox) or (week.is_always and week_of(mailbox).is_always):
        return
    rows = BusinessHours.objects.filter(mailbox=mailbox)
    if week.is_always:
        rows.delete()
    else:
        BusinessHours.objects.update_or_create(
            mailbox=mailbox,
            defaults={
                "week": [[list(span) for span in day] for day in week.openings],
                "holidays": [list(holiday) for holiday in week.holidays],
                "time_zone": week.time_zone,
            },
        )
    begin_rebuild()
    announce = partial(signals.business_hours_changed.send, Mailbox, mailbox=mailbox)
    transaction.on_commit(announce)
