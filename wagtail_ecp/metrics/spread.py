"""Medians and percentiles, exact: of all values, in order.

The database gives the values of each day as one list, which costs a fraction of reading
as many rows, and on every database the same is found in them.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import models

from wagtail_ecp.metrics.models import FactQuerySet


@dataclass(frozen=True)
class Spread:
    """How values lie."""

    number: int = 0
    median: int | None = None
    p90: int | None = None
    mean: float | None = None


def spread(values: Iterable[int]) -> Spread:
    """Return how ``values`` lie."""
    ordered = sorted(values)
    if not ordered:
        return Spread()
    mean = sum(ordered) / len(ordered)
    return Spread(len(ordered), percentile(ordered, 50), percentile(ordered, 90), mean)


def percentile(ordered: Sequence[int], percent: int) -> int:
    """Return the first value that at least so many per cent do not exceed.

    That of SQL's PERCENTILE_DISC; in whole numbers, as 0.9 times 10 is not quite 9.
    """
    place = -(-percent * len(ordered) // 100)
    return ordered[max(place, 1) - 1]


class _Integers(models.Field):  # type: ignore[type-arg]
    """A list as the database gives it: PostgreSQL an array, SQLite JSON."""

    def from_db_value(self, value: Any, *_more: Any) -> list[int]:
        """Return the list."""
        return json.loads(value) if isinstance(value, str) else value or []


class _Values(models.Aggregate):
    """All values of a group, as a list."""

    function = "JSON_GROUP_ARRAY"
    output_field = _Integers()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Name PostgreSQL's function for it."""
        return self.as_sql(compiler, connection, function="ARRAY_AGG", **more)


#: What a group of facts has in common: its day, its day and hour, or its member.
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Durations:
    """How long things took, in groups: by the calendar and in business time."""

    calendar: dict[Key, list[int]]
    business: dict[Key, list[int]]

    @property
    def spreads(self) -> tuple[Spread, Spread]:
        """How calendar and business time lie, all groups together."""
        return _together(self.calendar), _together(self.business)

    def medians(self) -> dict[Key, int | None]:
        """Return each group's median, by the calendar."""
        return {key: spread(values).median for key, values in self.calendar.items()}


def _together(groups: dict[Key, list[int]]) -> Spread:
    return spread(chain.from_iterable(groups.values()))


def durations(facts: FactQuerySet, *by: str) -> Durations:
    """Read how long ``facts`` took, grouped by these columns."""
    groups = facts.order_by().values(*by)
    rows = groups.annotate(
        whole=_Values("seconds"), inside=_Values("business_seconds")
    ).values_list(*by, "whole", "inside")
    calendar: dict[Key, list[int]] = {}
    business: dict[Key, list[int]] = {}
    for *key, whole, inside in rows:
        calendar[tuple(key)] = whole
        business[tuple(key)] = [value for value in inside if value is not None]
    return Durations(calendar, business)
