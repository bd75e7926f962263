"""Days of the account's clock, of 23, 24 and 25 hours."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from wagtail_ecp.inbox.search.vocabulary import Span, read_day

_DAYS: Final = {"d": 1, "w": 7}
_MONTHS: Final = {"m": 1, "y": 12}
FIRST: Final = datetime(1, 1, 2, tzinfo=UTC)
LAST: Final = datetime(9999, 12, 30, tzinfo=UTC)


class Clock(NamedTuple):
    """What time it is, and where."""

    now: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The day it is there."""
        return self.now.astimezone(self.zone).date()

    def day(self, text: str) -> date:
        """Return the day that a date, "today" or "yesterday" names."""
        named = {"today": self.today, "yesterday": self.today - timedelta(days=1)}
        found = named.get(text) or read_day(text)
        if found is None:
            raise ValueError(text)
        return found

    def begin(self, day: date) -> datetime:
        """Return when the day begins."""
        if not FIRST.date() < day < LAST.date():
            return FIRST if day <= FIRST.date() else LAST
        return datetime.combine(day, time.min, tzinfo=self.zone).astimezone(UTC)

    def end(self, day: date) -> datetime:
        """Return when the next one begins."""
        return self.begin(day + timedelta(days=1)) if day < LAST.date() else LAST

    def ago(self, span: Span) -> datetime:
        """Return the moment so long ago: hours as they pass, days by the clock."""
        if span.unit == "h":
            return self.now - timedelta(hours=span.number)
        local = self.now.astimezone(self.zone).replace(tzinfo=None)
        try:
            then = _back(local, span)
        except (ValueError, OverflowError):
            return FIRST
        if then.date() <= FIRST.date():
            return FIRST
        return then.replace(tzinfo=self.zone).astimezone(UTC)


def _back(local: datetime, span: Span) -> datetime:
    if span.unit in _DAYS:
        return local - timedelta(days=span.number * _DAYS[span.unit])
    months = local.year * 12 + local.month - 1 - span.number * _MONTHS[span.unit]
    year, month = divmod(months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)  # noqa: PLR2004
    last = (following - timedelta(days=1)).day
    return local.replace(year=year, month=month + 1, day=min(local.day, last))
