"""What a metric is, and what several of them do alike."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count

from wagtail_ecp.metrics.models import Fact, FactQuerySet
from wagtail_ecp.metrics.results import Figure, Line, Result, Value
from wagtail_ecp.metrics.scope import Period, Scope
from wagtail_ecp.metrics.spread import Key

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Metric:
    """A number: its name, what it means, and how it is found."""

    key: str
    name: "StrOrPromise"
    definition: "StrOrPromise"
    measure: Callable[[Scope], Result]
    #: Facts that it counts; the conversations behind a number are those of one kind.
    kinds: tuple[Fact.Kind, ...] = ()
    #: Whether it can be asked of one member's work.
    is_of_members: bool = False
    #: Whether it says how it is now, whatever the period.
    is_of_now: bool = False


def numbers(facts: FactQuerySet, *by: str) -> dict[Key, int]:
    """Count ``facts`` in groups of these columns."""
    rows = facts.order_by().values(*by).annotate(number=Count("*"))
    return {tuple(key): number for *key, number in rows.values_list(*by, "number")}


def columns_of(period: Period) -> tuple[str, ...]:
    """Return what the points of a period's lines are grouped by."""
    return ("day", "hour") if period.is_hourly else ("day",)


def key_of(moment: date | datetime) -> Key:
    """Return the group that a point of a line stands for."""
    if isinstance(moment, datetime):
        return moment.date(), moment.hour
    return (moment,)


def points(
    scope: Scope, values: dict[Key, Any], *, empty: Value = None
) -> list[tuple[date | datetime, Value]]:
    """Return a value for each day or hour of the period."""
    return [(moment, values.get(key_of(moment), empty)) for moment in scope.moments()]


#: What to count, under which key and name.
Counted = tuple[str, Fact.Kind, "StrOrPromise"]


def count(scope: Scope, counted: Iterable[Counted]) -> tuple[list[Figure], list[Line]]:
    """Count facts of several kinds: over the period, before it, and moment by moment."""
    figures, lines = [], []
    columns = columns_of(scope.period)
    for key, kind, name in counted:
        found = numbers(scope.facts(kind), *columns)
        before = scope.before.facts(kind).count()
        figures.append(Figure(key, name, sum(found.values()), before))
        lines.append(Line(key, name, points(scope, found, empty=0)))
    return figures, lines


def share(part: int, whole: int) -> float | None:
    """Return a part of a whole; None of nothing."""
    return part / whole if whole else None
