"""Which conversations have become one since a page was made: open pages ask for it.

A page carries the second at which it was made; what may have been on its way to the
database then is told of as well, and the page leaves out what it shows already.
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from django.utils import timezone

from wagtail_ecp.inbox.lists import Listing
from wagtail_ecp.inbox.models import Conversation, Merge

#: What a merge may take from its time to its commit.
OVERLAP: Final = timedelta(seconds=10)
#: So many of the newest merges are looked at.
LOOKED_AT: Final = 100
_SECONDS: Final = re.compile(r"[0-9]{1,11}")


def stamp() -> str:
    """Return the time as a page carries it."""
    return str(int(timezone.now().timestamp()))


def read_stamp(text: str) -> datetime | None:
    """Return the time that a page carries, with some before it; None for no time."""
    if not _SECONDS.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text), tz=UTC) - OVERLAP


def messages_joined(conversation: Conversation, *, since: datetime) -> list[int]:
    """Return the numbers of messages that came by a merge; one query by an index."""
    merges = Merge.objects.filter(kept=conversation, at__gte=since, undone_at=None)
    found = merges.order_by("-pk").values_list("message_ids", flat=True)[:LOOKED_AT]
    return [number for numbers in found for number in numbers]


class Joined(NamedTuple):
    """Numbers of conversations."""

    kept: list[int]
    gone: list[int]


def joined_in(
    listing: Listing, *, since: datetime, but: Collection[int] = ()
) -> Joined:
    """Return what of a list became part of another, and what of it got more by that.

    ``but`` is known already. One query by the key, and one more if there is any.
    """
    newest = Merge.objects.select_related("kept", "gone").only(
        "at", "undone_at", "kept__mailbox", "gone__mailbox"
    )
    recent = [
        row
        for row in newest.order_by("-pk")[:LOOKED_AT]
        if row.at >= since and row.undone_at is None
    ]
    mine = set(listing.mailboxes)
    gone = {row.gone_id for row in recent if row.gone.mailbox_id in mine}
    kept = {row.kept_id for row in recent if row.kept.mailbox_id in mine} - {*but}
    shown = listing.everything().filter(pk__in=kept) if kept else None
    numbers = shown.values_list("pk", flat=True) if shown is not None else ()
    return Joined(sorted(numbers), sorted(gone))
