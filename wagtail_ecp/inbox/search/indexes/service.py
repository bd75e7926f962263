"""The index in a service of its own: OpenSearch, Elasticsearch or another of modelsearch.

It is asked through modelsearch's own language, which knows no beginnings of words: they
are asked for as whole ones there.
"""

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q
from modelsearch.query import And, Not, Or, Phrase

from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.search import expressions
from wagtail_ecp.inbox.search.documents import Document

#: Such a service gives no more results than that unless it is told otherwise.
MOST = 10_000


class ServiceIndex:
    """Documents in whatever modelsearch speaks to."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def put(self, documents: Sequence[Document]) -> None:
        """Take in these documents, in place of older ones."""
        rows = [Conversation(pk=d.number, mailbox_id=d.mailbox_id) for d in documents]
        for row, document in zip(rows, documents, strict=True):
            row.indexed_text = f"{document.head} {document.body}"
        index = self._backend.get_index_for_model(Conversation)
        index.add_items(Conversation, rows)

    def remove(self, numbers: Collection[int]) -> None:
        """Forget these."""
        index = self._backend.get_index_for_model(Conversation)
        for number in numbers:
            index.delete_item(Conversation(pk=number))

    def _matching(
        self, expression: expressions.Expression, mailboxes: Collection[int]
    ) -> Any:
        found = Conversation.objects.filter(mailbox__in=list(mailboxes))
        return self._backend.search(_asked(expression), found)

    def find(
        self,
        expression: expressions.Expression,
        *,
        mailboxes: Collection[int],
        limit: int,
    ) -> list[int]:
        """Return the numbers of what matches, the best ones."""
        found = self._matching(expression, mailboxes)
        return [row.pk for row in found[: min(limit, MOST)]]

    def among(
        self, expression: expressions.Expression, numbers: Collection[int]
    ) -> set[int]:
        """Return which of these match, as far as the service gives results."""
        found = self._backend.search(_asked(expression), Conversation.objects.all())
        return {row.pk for row in found[:MOST]} & {*numbers}

    def has(self, expression: expressions.Expression) -> Q:
        """Return a condition on conversations: whether they match."""
        found = self._backend.search(_asked(expression), Conversation.objects.all())
        return Q(pk__in=[row.pk for row in found[:MOST]])

    def rank(
        self,
        expression: expressions.Expression,
        *,
        mailboxes: Collection[int],
        limit: int,
    ) -> list[tuple[int, float]]:
        """Return the best that match, with scores that keep their order."""
        numbers = self.find(expression, mailboxes=mailboxes, limit=limit)
        return [(number, -float(place)) for place, number in enumerate(numbers)]

    def has_more(
        self,
        expression: expressions.Expression,
        *,
        mailboxes: Collection[int],
        than: int,
    ) -> bool:
        """Whether more match than so many."""
        return bool(self._matching(expression, mailboxes).count() > than)


def _asked(expression: expressions.Expression) -> Any:
    if isinstance(expression, expressions.Phrase):
        return Phrase(" ".join(expression.words))
    if isinstance(expression, expressions.Without):
        unwanted = Not(_asked(expression.unwanted))
        return And([_asked(expression.wanted), unwanted])
    parts = list(map(_asked, expression.parts))
    if len(parts) == 1:
        return parts[0]
    return And(parts) if isinstance(expression, expressions.AllOf) else Or(parts)
