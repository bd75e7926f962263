"""Times that one chooses from, on the clock that the member sees."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import snooze_times


class Moment(NamedTuple):
    """One of the choices."""

    value: str
    label: str


def moments() -> list[Moment]:
    """Return what is usually meant by "later", the soonest first."""
    now = timezone.localtime()
    chosen = [
        (_("in two hours"), now + timedelta(hours=2)),
        (_("tomorrow morning"), snooze_times.tomorrow(now)),
        (_("on Monday morning"), snooze_times.next_week(now)),
        (_("in a week"), snooze_times.in_a_week(now)),
    ]
    return [Moment(at.isoformat(timespec="minutes"), label) for label, at in chosen]


def read_moment(value: str) -> datetime | None:
    """Return the time that a form sent, in the member's zone; None for none."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found
