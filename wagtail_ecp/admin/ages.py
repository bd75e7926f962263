"""How long ago something was, in as few letters as will do."""

from datetime import date, datetime, timedelta

from django.utils.dateformat import DateFormat
from django.utils.formats import get_format
from django.utils.translation import gettext as _


def day_format() -> str:
    """Return how a day of this year is written, the month in short."""
    return str(get_format("MONTH_DAY_FORMAT")).replace("F", "M")


def age(at: datetime, *, now: datetime) -> str:
    """Return the time for today, the day for this year, else the date."""
    return Age(now)(at)


class Age:
    """Says how long ago something was, in as few letters as will do."""

    def __init__(self, now: datetime) -> None:
        self._now, self._today = now, now.date()
        self._time = get_format("TIME_FORMAT")
        self._day, self._date = day_format(), get_format("SHORT_DATE_FORMAT")
        self._days: dict[date, str] = {}
        self._units = (
            (timedelta(days=7), _("%(number)s wk")),
            (timedelta(days=1), _("%(number)s d")),
            (timedelta(hours=1), _("%(number)s h")),
            (timedelta(minutes=1), _("%(number)s min")),
        )

    def __call__(self, at: datetime) -> str:
        """Return the time for today, the day for this year, else the date."""
        local = at.astimezone(self._now.tzinfo)
        day = local.date()
        if day == self._today:
            return DateFormat(local).format(self._time)
        if day not in self._days:  # Of which a list has fewer than rows.
            words = self._day if day.year == self._today.year else self._date
            self._days[day] = DateFormat(local).format(words)
        return self._days[day]

    def waiting(self, since: datetime) -> str:
        """Return how long something has waited, in its largest unit."""
        passed = self._now - since
        for unit, words in self._units:
            if passed >= unit:
                return words % {"number": passed // unit}
        return self._units[-1][1] % {"number": 0}
