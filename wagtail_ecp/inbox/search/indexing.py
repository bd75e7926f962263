"""Keeps the index up to date: after the commit, by a job, from flags in the rows."""

import logging
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.search import indexes
from wagtail_ecp.inbox.search.documents import documents

logger = logging.getLogger(__name__)

#: Conversations in one transaction; and so many of today's go before older ones.
BATCH: Final = 50
FRESH: Final = 10
FRESH_FOR: Final = timedelta(days=1)
#: Rows that are marked at once.
MARKED: Final = 5_000


def index_waiting() -> int:
    """Bring the next conversations into the index and return how many they were.

    The rows stay locked meanwhile: whoever changes one waits, and marks it anew.
    """
    with transaction.atomic():
        waiting = Conversation.objects.to_be_indexed()
        rows = list(
            waiting.filter(pk__in=_next()).select_for_update(
                skip_locked=True, of=("self",)
            )
        )
        whole = [row for row in rows if row.merged_into_id is None]
        index = indexes.chosen()
        index.remove([row.pk for row in rows if row.merged_into_id is not None])
        if whole:
            index.put(documents(sorted(whole, key=lambda row: row.pk)))
        keys = [row.pk for row in rows]
        Conversation.objects.filter(pk__in=keys).update(is_to_be_indexed=False)
    return len(rows)


def _next() -> list[int]:
    """Return the lowest numbers, and before them what came in today.

    A backlog is worked off from its beginning, so that the latest are put in last.
    """
    waiting = Conversation.objects.to_be_indexed()
    since = timezone.now() - FRESH_FOR
    last = waiting.order_by("-pk").values_list("pk", "last_message_at")[:FRESH]
    fresh = [number for number, at in last if at >= since]
    first = waiting.order_by("pk").values_list("pk", flat=True)
    return [*fresh, *first[: max(BATCH - len(fresh), 0)]]


def mark_all() -> Iterator[int]:
    """Mark every conversation to be indexed, yielding how many were marked so far."""
    done = last = 0
    while True:
        rows = Conversation.objects.filter(pk__gt=last).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[:MARKED])
        if not keys:
            return
        last = keys[-1]
        marked = Conversation.objects.filter(pk__in=keys, is_to_be_indexed=False)
        marked.update(is_to_be_indexed=True)
        done += len(keys)
        yield done


def forget(numbers: Collection[int]) -> None:
    """Take conversations that are gone out of the index."""
    indexes.chosen().remove(numbers)
