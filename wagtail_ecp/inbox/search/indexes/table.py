"""What the indexes in the site's own database do alike: modelsearch's table of entries."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from typing import Any

from django.db import router
from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from modelsearch.conf import get_app_config
from modelsearch.utils import get_content_type_pk

from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.search.expressions import Expression


class TableIndex(ABC):
    """Documents by rows, of which the latest have the highest numbers."""

    def __init__(self, _backend: Any) -> None:
        self._entries = get_app_config().get_model("IndexEntry").objects
        self._alias = router.db_for_write(self._entries.model)
        self._kind = get_content_type_pk(Conversation)

    @abstractmethod
    def _matching(
        self, expression: Expression, mailboxes: Collection[int]
    ) -> QuerySet[Any, Any]:
        """Return what matches in these mailboxes with its "number", the latest first."""

    @abstractmethod
    def _among(self, expression: Expression, entries: Collection[int]) -> Iterable[int]:
        """Return which of these entries match, wherever they lie."""

    @abstractmethod
    def _is(self, expression: Expression, entry: Subquery) -> QuerySet[Any, Any]:
        """Return that entry, if it matches."""

    def remove(self, numbers: Collection[int]) -> None:
        """Forget these."""
        own = self._of(object_id__in=list(map(str, numbers)))
        own._raw_delete(using=self._alias)

    def find(
        self, expression: Expression, *, mailboxes: Collection[int], limit: int
    ) -> QuerySet[Any, Any]:
        """Return the numbers of what matches, the latest ones."""
        return self._matching(expression, mailboxes).values("number")[:limit]

    def among(self, expression: Expression, numbers: Collection[int]) -> set[int]:
        """Return which of these match: they are looked up, not all that match."""
        own = self._of(object_id__in=list(map(str, numbers)))
        known = {pk: int(number) for pk, number in own.values_list("pk", "object_id")}
        return {known[pk] for pk in self._among(expression, known)} if known else set()

    def has(self, expression: Expression) -> Exists:
        """Return a condition on conversations: whether they match."""
        own = self._of(object_id=Cast(OuterRef(OuterRef("pk")), TextField()))
        return Exists(self._is(expression, Subquery(own.values("pk")[:1])))

    def _of(self, **entry: Any) -> QuerySet[Any, Any]:
        found: QuerySet[Any, Any] = self._entries.filter(
            content_type_id=self._kind, **entry
        )
        return found

    def has_more(
        self, expression: Expression, *, mailboxes: Collection[int], than: int
    ) -> bool:
        """Whether more match than so many."""
        return self._matching(expression, mailboxes)[than : than + 1].exists()
