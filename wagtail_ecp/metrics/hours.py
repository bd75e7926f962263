"""How much of a time falls into business hours; a pure function."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60

#: Minutes of a day from which, and to which, a team works.
Opening = tuple[int, int]


@dataclass(frozen=True)
class Hours:
    """When a team works: openings for each weekday, Monday first, but for holidays."""

    zone: str
    week: tuple[tuple[Opening, ...], ...]
    holidays: frozenset[date] = frozenset()


#: None: always, so that business time is calendar time.
Always = None


def business_seconds(begin: datetime, end: datetime, hours: Hours | None) -> int:
    """Return how many seconds from ``begin`` to ``end`` are in business hours.

    Both are aware. On the days when clocks change an opening lasts as long as it does
    on that day: from 1 to 3 o'clock is one hour in spring and three in autumn.
    """
    if hours is None:
        return max(0, int((end - begin).total_seconds()))
    begin, end = begin.astimezone(UTC), end.astimezone(UTC)
    total = timedelta()
    for opens, closes in _openings(begin, end, hours):
        total += max(timedelta(), min(end, closes) - max(begin, opens))
    return int(total.total_seconds())


def _openings(
    begin: datetime, end: datetime, hours: Hours
) -> Iterator[tuple[datetime, datetime]]:
    zone = ZoneInfo(hours.zone)
    day, last = begin.astimezone(zone).date(), end.astimezone(zone).date()
    while day <= last:
        yield from _of_day(day, hours)
        day += timedelta(days=1)


@lru_cache(maxsize=10_000)
def _of_day(day: date, hours: Hours) -> tuple[tuple[datetime, datetime], ...]:
    if day in hours.holidays:
        return ()
    zone = ZoneInfo(hours.zone)
    return tuple(
        (_moment(day, opens, zone), _moment(day, closes, zone))
        for opens, closes in hours.week[day.weekday()]
    )


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return when a clock at the place shows this minute; differences need UTC."""
    if minute == DAY_MINUTES:
        day, minute = day + timedelta(days=1), 0
    clock = time(minute // 60, minute % 60)
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
