"""How many conversations a search finds, without looking at all of them."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Sum

from wagtail_ecp.inbox.lists import BY_NAME, Listing
from wagtail_ecp.inbox.models import SNOOZED, Conversation, Folder, FolderCounter
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet
from wagtail_ecp.inbox.search.finding import Search
from wagtail_ecp.inbox.search.narrowing import WANTED

#: No more than so many are counted.
MOST: Final = 50
#: So many of the latest are looked at, over all mailboxes and folders.
LATEST: Final = 1_000


class Counted(NamedTuple):
    """How many were found, and whether there may be more."""

    number: int
    has_more: bool


def fullest(mailboxes: Sequence[int]) -> int:
    """Return how many conversations the fullest folder holds, of these together."""
    kept = FolderCounter.objects.filter(mailbox__in=mailboxes).order_by()
    sums = kept.values("folder").annotate(held=Sum("conversations"))
    return max((row["held"] for row in sums), default=0)


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
    """Count among the first rows of each list, which its index has in order."""
    folders = WANTED if search.leaves_out_junk else tuple(Folder)
    names = [*(folder.value for folder in folders), SNOOZED]
    each = LATEST // len(names)
    viewer = search.viewer
    latest = [
        Listing(BY_NAME[name], viewer.user, viewer.mailboxes).rows(most=each)
        for name in names
    ]
    number = _number(search.conversations().filter(pk__in=_either(latest)))
    has_more = number > MOST or held > each
    return Counted(min(number, MOST), has_more=has_more)


def _number(found: ConversationQuerySet) -> int:
    return len(found.order_by().values_list("pk", flat=True)[: MOST + 1])


def _either(lists: Sequence[ConversationQuerySet]) -> Any:
    # SQLite takes no part of a union that is sliced, but one that names a slice.
    first, *others = [
        Conversation.objects.filter(pk__in=rows.values("pk")).order_by().values("pk")
        for rows in lists
    ]
    return first.union(*others, all=True)
