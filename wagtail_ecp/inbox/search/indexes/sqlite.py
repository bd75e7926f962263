"""The index in SQLite: modelsearch's FTS5 table.

The words are written into that table alone. In the row that belongs to it they would lie
a second time, and modelsearch reads all those rows whenever a page of the site is saved.
A document that changed gets a new row: FTS5 yields rows by number, so that the latest
come first and the rest need not be looked at.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import connections, transaction
from django.db.models import BigIntegerField, FloatField, Func, QuerySet, Subquery
from django.db.models.functions import Cast
from django.db.models.lookups import Lookup
from modelsearch.conf import get_app_config

from wagtail_ecp.inbox.search.documents import Document
from wagtail_ecp.inbox.search.expressions import AllOf, Expression, Phrase, Without
from wagtail_ecp.inbox.search.indexes.table import TableIndex
from wagtail_ecp.inbox.search.tokens import scope


class SQLiteIndex(TableIndex):
    """Documents in FTS5."""

    def __init__(self, backend: Any) -> None:
        super().__init__(backend)
        self._words = get_app_config().get_model("SQLiteFTSIndexEntry").objects
        # Sites may have modelsearch under its own name or under Wagtail's.
        self._table = self._words.model._meta.db_table

    @staticmethod
    def serves(backend: Any) -> bool:
        """Whether the site's search is of this kind."""
        return type(backend).__module__.startswith(
            "modelsearch.backends.database.sqlite"
        )

    def put(self, documents: Sequence[Document]) -> None:
        """Take in these documents, in place of older ones."""
        with transaction.atomic(using=self._alias):
            self.remove([document.number for document in documents])
            rows = self._entries.bulk_create(
                self._entries.model(
                    content_type_id=self._kind,
                    object_id=str(document.number),
                    title="",
                    body="",
                    autocomplete="",
                    title_norm=0.0,
                )
                for document in documents
            )
            with connections[self._alias].cursor() as cursor:
                cursor.executemany(
                    f"UPDATE {self._table} SET body = %s, autocomplete = %s WHERE rowid = %s",  # noqa: S608
                    [
                        (f"{d.head} {d.body}", scope(d.mailbox_id), row.pk)
                        for d, row in zip(documents, rows, strict=True)
                    ],
                )

    def _matching(
        self, expression: Expression, mailboxes: Collection[int]
    ) -> QuerySet[Any, Any]:
        matching: QuerySet[Any, Any] = (
            self._words.filter(_Match(self._table, _asked(expression, mailboxes)))
            .order_by("-pk")
            .annotate(number=Cast("index_entry__object_id", BigIntegerField()))
        )
        return matching

    def _among(self, expression: Expression, entries: Collection[int]) -> Iterable[int]:
        # FTS5 would begin anew for each row that it is told; a span it reads at once.
        span = (min(entries), max(entries))
        marks = ", ".join("%s" for _entry in entries)
        with connections[self._alias].cursor() as cursor:
            cursor.execute(
                f"SELECT rowid FROM {self._table} WHERE {self._table} MATCH %s"  # noqa: S608
                f" AND rowid BETWEEN %s AND %s AND +rowid IN ({marks})",
                [_in_body(expression), *span, *entries],
            )
            return [pk for (pk,) in cursor.fetchall()]

    def _is(self, expression: Expression, entry: Subquery) -> QuerySet[Any, Any]:
        matching = self._words.filter(_Match(self._table, _in_body(expression)))
        found: QuerySet[Any, Any] = matching.filter(pk=entry)
        return found

    def rank(
        self, expression: Expression, *, mailboxes: Collection[int], limit: int
    ) -> list[tuple[int, float]]:
        """Return the latest that match with their scores."""
        scored = self._matching(expression, mailboxes).annotate(
            score=_Score(self._table)
        )
        rows = scored.values_list("number", "score")[:limit]
        return [(number, -score) for number, score in rows]  # FTS5's best are lowest.


class _Match(Lookup[Any]):
    """FTS5's operator, in a WHERE as it stands."""

    lookup_name = "match"

    def __init__(self, table: str, asked: str) -> None:
        self.table, self.asked = table, asked
        super().__init__(None, None)

    def as_sql(self, *_args: Any, **_kwargs: Any) -> Any:
        return f"{self.table} MATCH %s", [self.asked]


class _Score(Func):
    """FTS5's measure of relevance."""

    output_field = FloatField()

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__()

    def as_sql(self, *_args: Any, **_kwargs: Any) -> Any:
        return f"bm25({self.table})", []


def _asked(expression: Expression, mailboxes: Collection[int]) -> str:
    scopes = " OR ".join(f'"{scope(number)}"' for number in mailboxes)
    return f"{{autocomplete}} : ({scopes}) AND {_in_body(expression)}"


def _in_body(expression: Expression) -> str:
    return f"{{body}} : ({_written(expression)})"


def _written(expression: Expression) -> str:
    """Write an expression in FTS5's language; words hold letters and digits alone."""
    if isinstance(expression, Phrase):
        return f'"{" ".join(expression.words)}"' + " *" * expression.is_open
    if isinstance(expression, Without):
        return f"({_written(expression.wanted)} NOT {_written(expression.unwanted)})"
    joint = " AND " if isinstance(expression, AllOf) else " OR "
    return f"({joint.join(map(_written, expression.parts))})"
