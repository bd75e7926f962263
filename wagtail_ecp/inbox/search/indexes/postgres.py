"""The index in PostgreSQL: modelsearch's table with its GIN indexes.

Words go into the one column; the plain copies of texts that modelsearch keeps for its
fuzzy search stay empty. A document that changed gets a new row, so that the latest are
found by their numbers.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import transaction
from django.db.models import (
    BigIntegerField,
    F,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast

from wagtail_ecp.inbox.search.documents import Document
from wagtail_ecp.inbox.search.expressions import (
    AllOf,
    AnyOf,
    Expression,
    Phrase,
    Without,
)
from wagtail_ecp.inbox.search.indexes.table import TableIndex
from wagtail_ecp.inbox.search.tokens import scope


class PostgresIndex(TableIndex):
    """Documents as tsvectors."""

    def __init__(self, backend: Any) -> None:
        super().__init__(backend)
        self._config = backend.config or "simple"

    @staticmethod
    def serves(backend: Any) -> bool:
        """Whether the site's search is of this kind."""
        return type(backend).__module__.startswith(
            "modelsearch.backends.database.postgres"
        )

    def put(self, documents: Sequence[Document]) -> None:
        """Take in these documents, in place of older ones."""
        with transaction.atomic(using=self._alias):
            self.remove([document.number for document in documents])
            self._entries.bulk_create(
                self._entries.model(
                    content_type_id=self._kind,
                    object_id=str(document.number),
                    title=_vector("", "simple"),
                    autocomplete=_vector(scope(document.mailbox_id), "simple"),
                    body=_vector(document.head, self._config, weight="A")
                    + _vector(document.body, self._config, weight="D"),
                    title_norm=0.0,
                )
                for document in documents
            )

    def _asked(self, expression: Expression) -> SearchQuery:
        return SearchQuery(_written(expression), config=self._config, search_type="raw")

    def _matching(
        self, expression: Expression, mailboxes: Collection[int]
    ) -> QuerySet[Any, Any]:
        own = AnyOf(tuple(Phrase((scope(number),)) for number in mailboxes))
        matching: QuerySet[Any, Any] = (
            self._entries.filter(
                autocomplete=SearchQuery(
                    _written(own), config="simple", search_type="raw"
                ),
                body=self._asked(expression),
            )
            .order_by("-pk")
            .annotate(number=Cast("object_id", BigIntegerField()))
        )
        return matching

    def _among(self, expression: Expression, entries: Collection[int]) -> Iterable[int]:
        own = self._entries.filter(pk__in=list(entries), body=self._asked(expression))
        return list(own.values_list("pk", flat=True))

    def _is(self, expression: Expression, entry: Subquery) -> QuerySet[Any, Any]:
        found: QuerySet[Any, Any] = self._entries.filter(
            pk=entry, body=self._asked(expression)
        )
        return found

    def rank(
        self, expression: Expression, *, mailboxes: Collection[int], limit: int
    ) -> list[tuple[int, float]]:
        """Return the latest that match with their scores."""
        latest = self._matching(expression, mailboxes).values("pk")[:limit]
        rows = self._entries.filter(pk__in=latest).annotate(
            number=Cast("object_id", BigIntegerField()),
            score=SearchRank(F("body"), self._asked(expression)),
        )
        return list(rows.values_list("number", "score"))


def _vector(text: str, config: str, *, weight: str | None = None) -> SearchVector:
    return SearchVector(
        Value(text, output_field=TextField()), config=config, weight=weight
    )


def _written(expression: Expression) -> str:
    """Write an expression as a tsquery; words hold letters and digits alone."""
    if isinstance(expression, Phrase):
        *words, last = (f"'{word}'" for word in expression.words)
        return f"({' <-> '.join([*words, last + ':*' * expression.is_open])})"
    if isinstance(expression, Without):
        return f"({_written(expression.wanted)} & !{_written(expression.unwanted)})"
    joint = " & " if isinstance(expression, AllOf) else " | "
    return f"({joint.join(map(_written, expression.parts))})"
