"""What metrics answer with: figures, lines and tables; a picture is made upstairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Value = int | float | None


class Unit(StrEnum):
    """How a value is to be written."""

    NUMBER = "number"
    SECONDS = "seconds"
    SHARE = "share"


@dataclass(frozen=True)
class Figure:
    """One number, and what it was in the period before; None: there was nothing."""

    key: str
    name: "StrOrPromise"
    value: Value
    before: Value = None
    unit: Unit = Unit.NUMBER


@dataclass(frozen=True)
class Line:
    """A value for each day or hour."""

    key: str
    name: "StrOrPromise"
    points: Sequence[tuple[date | datetime, Value]]
    unit: Unit = Unit.NUMBER


@dataclass(frozen=True)
class Row:
    """A line of a table; ``number`` is the key of what it is about, if that has one."""

    name: "StrOrPromise"
    values: Sequence[Value]
    number: Any = None


@dataclass(frozen=True)
class Table:
    """Rows of values under heads, each of a unit."""

    key: str
    name: "StrOrPromise"
    heads: Sequence[tuple["StrOrPromise", Unit]]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Result:
    """All that a metric says."""

    figures: Sequence[Figure] = ()
    lines: Sequence[Line] = ()
    tables: Sequence[Table] = ()
