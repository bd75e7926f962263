"""Everything that a list holds, as a bulk change keeps it: found again by a job.

A kind of list adds one line to ``KINDS``. What it reads begins with what the member may
see now, whatever they saw when they asked.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from wagtail_ecp.inbox.cursors import Cursor
from wagtail_ecp.inbox.list_filters import filters
from wagtail_ecp.inbox.lists import BY_NAME, NEWEST, Listing
from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.inbox.search import pages, vocabulary
from wagtail_ecp.inbox.search.finding import Search
from wagtail_ecp.inbox.search.viewing import Viewer

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Source(Protocol):
    """A list that is worked through."""

    def piece(
        self, cursor: str, *, most: int, until: datetime
    ) -> tuple[list[int], str]:
        """Return the next numbers, and from where to go on; "" at the end.

        Conversations that began after ``until`` are left out.
        """

    def among(self, numbers: Collection[int]) -> set[int]:
        """Return which of these it holds now."""


class ListSource(NamedTuple):
    """A list of mailboxes, read in the order of its index."""

    listing: Listing

    def piece(
        self, cursor: str, *, most: int, until: datetime
    ) -> tuple[list[int], str]:
        """See ``Source``."""
        if not self.listing.mailboxes:
            return [], ""
        order = self.listing.kind.order
        found = self.listing.rows(most=most, beyond=Cursor.read(cursor))
        rows = list(found.only("created_at", order.field))
        numbers = [row.pk for row in rows if row.created_at <= until]
        return numbers, str(order.cursor(rows[-1]) or "") if len(rows) == most else ""

    def among(self, numbers: Collection[int]) -> set[int]:
        """See ``Source``."""
        fitting = self.listing.everything().filter(pk__in=numbers)
        return set(fitting.values_list("pk", flat=True))


def where_of(listing: Listing, *, title: str) -> dict[str, Any]:
    """Return what a bulk change keeps of a list; ``title`` is what its pages call it."""
    return {
        "kind": "list",
        "name": listing.kind.name,
        "mailboxes": list(listing.mailboxes),
        "filters": {one.kind.name: one.value for one in listing.filters},
        "title": title,
    }


def _list(where: dict[str, Any], user: "User") -> Source:
    visible = Mailbox.objects.visible_to(user).filter(pk__in=where["mailboxes"])
    numbers = tuple(visible.order_by("pk").values_list("pk", flat=True))
    chosen = filters(where.get("filters", {}))
    return ListSource(Listing(BY_NAME[where["name"]], user, numbers, chosen))


class SearchSource(NamedTuple):
    """What a search finds, read by date."""

    search: Search

    def piece(
        self, cursor: str, *, most: int, until: datetime
    ) -> tuple[list[int], str]:
        """See ``Source``."""
        begin = Cursor.read(cursor)
        rows = pages.newest(self.search, most=most, cursor=begin, to_the_end=True).rows
        numbers = [row.pk for row in rows if row.created_at <= until]
        return numbers, str(NEWEST.cursor(rows[-1]) or "") if len(rows) == most else ""

    def among(self, numbers: Collection[int]) -> set[int]:
        """See ``Source``."""
        fitting = self.search.conversations().filter(pk__in=numbers)
        return set(fitting.values_list("pk", flat=True))


def where_of_search(search: Search, *, title: str) -> dict[str, Any]:
    """Return what a bulk change keeps of a search."""
    return {"kind": "search", "rules": vocabulary.stored(search.rules), "title": title}


def _search(where: dict[str, Any], user: "User") -> Source:
    return SearchSource(Search(vocabulary.read(where["rules"]), Viewer.of(user)))


KINDS: Final[dict[str, Callable[[dict[str, Any], Any], Source]]] = {
    "list": _list,
    "search": _search,
}


def read(where: dict[str, Any], user: "User") -> Source:
    """Return the list that ``where`` speaks of, as ``user`` may read it now."""
    return KINDS[where["kind"]](where, user)
