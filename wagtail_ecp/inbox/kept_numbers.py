"""How many conversations a list holds, where that number is kept: nothing is counted."""

from typing import TYPE_CHECKING, Any, Final

from django.db.models import Sum

from wagtail_ecp.inbox.lists import Listing
from wagtail_ecp.inbox.models import SNOOZED, AssigneeCounter, Folder, FolderCounter

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Of these lists, the counter's row and column.
COLUMNS: Final = {
    **{folder.value: (folder.value, "conversations") for folder in Folder},
    "unassigned": (Folder.INBOX.value, "unassigned"),
    SNOOZED: (SNOOZED, "conversations"),
}


def kept_number(listing: Listing) -> int | None:
    """Return how many conversations a list holds; None where nobody keeps count."""
    name = listing.kind.name
    if listing.filters:
        return None
    if name == "mine":
        mine = AssigneeCounter.objects.filter(user=listing.user.pk)
        return _sum(mine.filter(mailbox__in=listing.mailboxes), "conversations")
    if name not in COLUMNS:
        return None
    folder, column = COLUMNS[name]
    counters = FolderCounter.objects.filter(folder=folder)
    return _sum(counters.filter(mailbox__in=listing.mailboxes), column)


def _sum(counters: "QuerySet[Any]", column: str) -> int:
    return counters.aggregate(sum=Sum(column))["sum"] or 0
