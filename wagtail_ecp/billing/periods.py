"""Months: a period is named by its first day."""

import datetime as dt
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def month_of(moment: dt.datetime, zone: str) -> dt.date:
    """Return the month that it is at ``moment`` in ``zone``."""
    return moment.astimezone(ZoneInfo(zone)).date().replace(day=1)


def following(month: dt.date) -> dt.date:
    """Return the next month."""
    return (month + dt.timedelta(days=31)).replace(day=1)


def last_day(month: dt.date) -> dt.date:
    """Return the month's last day."""
    return following(month) - dt.timedelta(days=1)


def months(first: dt.date, until: dt.date) -> Iterator[dt.date]:
    """Yield the months from ``first`` to before ``until``."""
    while first < until:
        yield first
        first = following(first)


def parse(text: str) -> dt.date:
    """Return the month of "2026-11"; ValueError for anything else."""
    found = _MONTH.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return dt.date(int(found[1]), int(found[2]), 1)


def in_words(month: dt.date) -> str:
    """Return the month in the reader's language, such as "November 2026"."""
    return date_format(month, "YEAR_MONTH_FORMAT")
