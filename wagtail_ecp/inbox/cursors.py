"""Keyset paging: a page begins after a row, so that the hundredth costs as the first."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple, Self, TypeVar

from django.db.models import QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
# As many digits as the last datetime and a database's integer have.
_CURSOR: Final = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


class Cursor(NamedTuple):
    """A row's place in a list: the moment that sorts it, and its number."""

    at: datetime
    number: int

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return what ``str`` of a cursor gave; None for anything else."""
        found = _CURSOR.fullmatch(text)
        if found is None:
            return None
        at, number = map(int, found.groups())
        try:
            return cls(_EPOCH + at * _MICROSECOND, number)
        except OverflowError:  # After the year 9999.
            return None

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.number}"


class Order(NamedTuple):
    """By a moment, then by number, both in the same direction, as an index has them."""

    field: str
    is_newest_first: bool = True

    @property
    def backwards(self) -> "Order":
        """The same from the other end."""
        return self._replace(is_newest_first=not self.is_newest_first)

    def sort(self, rows: Rows) -> Rows:
        """Put them into this order."""
        sign = "-" if self.is_newest_first else ""
        return rows.order_by(f"{sign}{self.field}", f"{sign}id")

    def cursor(self, row: Any) -> Cursor | None:
        """Return the row's place; None if it has no such moment any more."""
        at = getattr(row, self.field)
        return None if at is None else Cursor(at, row.pk)

    def beyond(self, cursor: Cursor, rows: Rows) -> Rows:
        """Return what comes after ``cursor``.

        Written so that the index is entered at the right place: an OR would be
        answered by reading the list from its beginning.
        """
        to, beside = ("lte", "gte") if self.is_newest_first else ("gte", "lte")
        return rows.filter(**{f"{self.field}__{to}": cursor.at}).exclude(
            **{self.field: cursor.at, f"pk__{beside}": cursor.number}
        )
