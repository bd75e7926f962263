"""The kinds of search index: in SQLite, in PostgreSQL, in a service of its own."""

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from modelsearch.backends import get_search_backend

from wagtail_ecp.inbox.search.documents import Document
from wagtail_ecp.inbox.search.expressions import Expression


class Index(Protocol):
    """What each kind does."""

    def put(self, documents: Sequence[Document]) -> None:
        """Take in these documents, in place of older ones of their numbers."""

    def remove(self, numbers: Collection[int]) -> None:
        """Forget the documents of these conversations."""

    def find(
        self, expression: Expression, *, mailboxes: Collection[int], limit: int
    ) -> Any:
        """Return the numbers of what matches, as ``pk__in`` takes them.

        The latest that were put in, if there are more than ``limit``.
        """

    def among(self, expression: Expression, numbers: Collection[int]) -> set[int]:
        """Return which of these conversations match."""

    def has(self, expression: Expression) -> Any:
        """Return the same as a condition on conversations."""

    def rank(
        self, expression: Expression, *, mailboxes: Collection[int], limit: int
    ) -> list[tuple[int, float]]:
        """Return the latest that match, each with a score that is higher for better."""

    def has_more(
        self, expression: Expression, *, mailboxes: Collection[int], than: int
    ) -> bool:
        """Whether more conversations match than so many."""


def chosen() -> Index:
    """Return the index of the site's settings, ``MODELSEARCH_BACKENDS``."""
    from wagtail_ecp.inbox.search.indexes.postgres import PostgresIndex
    from wagtail_ecp.inbox.search.indexes.service import ServiceIndex
    from wagtail_ecp.inbox.search.indexes.sqlite import SQLiteIndex

    backend = get_search_backend()
    for kind in (SQLiteIndex, PostgresIndex):
        if kind.serves(backend):
            return kind(backend)
    return ServiceIndex(backend)
