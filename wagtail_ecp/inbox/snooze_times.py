"""Until when people usually snooze or have sent; decided without the database."""

from datetime import datetime, time, timedelta

LATER = timedelta(hours=3)
MORNING = time(9)
QUARTER = timedelta(minutes=15)


def later_today(now: datetime) -> datetime:
    """Return a quarter of an hour about three hours from ``now``.

    In the evening that is after midnight; see ``is_today``.
    """
    past = timedelta(minutes=now.minute % 15, seconds=now.second)
    return now.replace(microsecond=0) - past + LATER + (QUARTER if past else past)


def is_today(at: datetime, *, now: datetime) -> bool:
    """Whether both are on one day of the clock that ``now`` is read from."""
    return at.date() == now.date()


def tomorrow(now: datetime) -> datetime:
    """Return tomorrow at nine."""
    return _morning(now, days=1)


def next_week(now: datetime) -> datetime:
    """Return Monday at nine."""
    return _morning(now, days=7 - now.weekday())


def in_a_week(now: datetime) -> datetime:
    """Return the day in a week at nine."""
    return _morning(now, days=7)


def in_two_weeks(now: datetime) -> datetime:
    """Return the day in two weeks at nine."""
    return _morning(now, days=14)


def _morning(now: datetime, *, days: int) -> datetime:
    day = now.date() + timedelta(days=days)
    return datetime.combine(day, MORNING, tzinfo=now.tzinfo)
