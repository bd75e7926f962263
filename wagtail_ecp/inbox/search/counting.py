"""How many conversations a search finds, without looking at all of them."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Max

from wagtail_ecp.inbox.lists import NEWEST
from wagtail_ecp.inbox.models import Conversation, FolderCounter
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet
from wagtail_ecp.inbox.search.finding import Search
from wagtail_ecp.inbox.search.pages import ARMS

#: No more than so many are counted.
MOST: Final = 50
#: So many of the latest are looked at, over all mailboxes and folders.
LATEST: Final = 1_000


class Counted(NamedTuple):
    """How many were found, and whether there may be more."""

    number: int
    has_more: bool


def fullest(mailboxes: Sequence[int]) -> int:
    """Return how many conversations the fullest folder of these mailboxes holds."""
    kept = FolderCounter.objects.filter(mailbox__in=mailboxes)
    return kept.aggregate(most=Max("conversations"))["most"] or 0


def count(search: Search, *, held: int) -> Counted:
    """Count up to 50 among the latest 1,000, for one query, or two with words.

    ``held`` is what ``fullest`` says of the mailboxes that are searched.
    """
    if not search.is_possible:
        return Counted(0, has_more=False)
    if search.words is None:
        return _wordless(search, held)
    number = _number(search.conversations(latest=LATEST))
    if number > MOST:
        return Counted(MOST, has_more=True)
    return Counted(number, has_more=search.reaches_beyond(LATEST))


def _wordless(search: Search, held: int) -> Counted:
    """Count among the latest of each folder; there may be more where those are many."""
    arms = search.folders(Conversation.objects.whole())
    if len(arms) > ARMS:
        mailboxes = Conversation.objects.filter(mailbox__in=search.viewer.mailboxes)
        latest, each = [mailboxes.order_by("-pk").values("pk")[:LATEST]], 0
    else:
        each = max(LATEST // len(arms), MOST)
        latest = [NEWEST.sort(arm).values("pk")[:each] for arm in arms]
    number = _number(search.conversations().filter(pk__in=_either(latest)))
    has_more = number > MOST or held > each
    return Counted(min(number, MOST), has_more=has_more)


def _number(found: ConversationQuerySet) -> int:
    return len(found.order_by().values_list("pk", flat=True)[: MOST + 1])


def _either(arms: Sequence[Any]) -> Any:
    # SQLite takes no part of a union that is sliced, but one that names a slice.
    numbers = [
        Conversation.objects.filter(pk__in=arm).order_by().values("pk") for arm in arms
    ]
    return numbers[0].union(*numbers[1:], all=True) if len(arms) > 1 else numbers[0]
