"""Times that one chooses from, on the clock that the member sees."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

#: When a working day begins.
MORNING = time(8)
MONDAY = 0


class Moment(NamedTuple):
    """One of the choices."""

    value: str
    label: str


def moments() -> list[Moment]:
    """Return what is usually meant by "later", the soonest first."""
    now = timezone.localtime()
    to_monday = (MONDAY - now.weekday() - 1) % 7 + 1
    chosen = [
        (_("in two hours"), now + timedelta(hours=2)),
        (_("tomorrow morning"), _morning(now, days=1)),
        (_("on Monday morning"), _morning(now, days=to_monday)),
        (_("in a week"), _morning(now, days=7)),
    ]
    return [Moment(at.isoformat(timespec="minutes"), label) for label, at in chosen]


def _morning(now: datetime, *, days: int) -> datetime:
    day = now.date() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, MORNING))


def read_moment(value: str) -> datetime | None:
    """Return the time that a form sent, in the member's zone; None for none."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return timezone.make_aware(found) if timezone.is_naive(found) else found
