"""The conversations behind a number, page by page; what one may not see is not there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from wagtail_ecp.inbox.cursors import Cursor, Order
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.metrics.measures import Metric
from wagtail_ecp.metrics.measures.waiting import waiting
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.scope import Scope

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE: Final = 50

LATEST: Final = Order("at")
LONGEST_WAITING: Final = Order("waiting_since", is_newest_first=False)


@dataclass(frozen=True)
class Evidence:
    """One case that a number counts, and the conversation that it is in now."""

    at: datetime
    conversation: Conversation
    #: None for what waits now.
    fact: Fact | None = None


@dataclass(frozen=True)
class Page:
    """Some of the evidence, and where the next page begins."""

    rows: Sequence[Evidence]
    following: Cursor | None = None


def evidence(
    metric: Metric,
    scope: Scope,
    *,
    kind: Fact.Kind | None = None,
    after: Cursor | None = None,
    **narrow: Any,
) -> Page:
    """Return the cases that a metric counts, the latest first.

    ``kind`` is one of the metric's, else its first; ``narrow`` gives columns of facts,
    such as ``page_number``. Left out is what was purged, and what lies by now where the
    viewer may not read.
    """
    if metric.is_of_now:
        return _waiting(scope, after)
    chosen = kind if kind in metric.kinds else metric.kinds[0]
    facts = (scope if metric.is_of_members else scope.of_everybody).facts(chosen)
    readable = Conversation.objects.visible_to(scope.viewer).values("pk")
    found = facts.filter(conversation_number__in=readable, **narrow)
    rows, following = _page(found, LATEST, after)
    conversations = _conversations(scope, [row.conversation_number for row in rows])
    return Page(
        [
            Evidence(row.at, conversations[row.conversation_number], row)
            for row in rows
            if row.conversation_number in conversations
        ],
        following,
    )


def _waiting(scope: Scope, after: Cursor | None) -> Page:
    rows, following = _page(waiting(scope), LONGEST_WAITING, after)
    return Page([Evidence(row.waiting_since, row) for row in rows], following)


def _page(
    found: "QuerySet[Any]", order: Order, after: Cursor | None
) -> tuple[list[Any], Cursor | None]:
    if after is not None:
        found = order.beyond(after, found)
    rows = list(order.sort(found)[: PAGE + 1])
    following = order.cursor(rows[PAGE - 1]) if len(rows) > PAGE else None
    return rows[:PAGE], following


def _conversations(scope: Scope, numbers: Sequence[int]) -> dict[int, Conversation]:
    """Return where these are now; a part leads to the whole, if one may read that."""
    rows = Conversation.objects.in_bulk(numbers)
    level = rows
    while above := {row.merged_into_id for row in level.values()} - {None, *rows}:
        level = Conversation.objects.in_bulk(above)
        rows |= level
    wholes = {
        number: _whole(rows[number], rows) for number in numbers if number in rows
    }
    return {
        number: whole
        for number, whole in wholes.items()
        if whole.mailbox_id in scope.names
    }


def _whole(row: Conversation, rows: Mapping[int, Conversation]) -> Conversation:
    while row.merged_into_id is not None:
        row = rows[row.merged_into_id]
    return row
