"""Where one came from: the list that a conversation was opened from, and its page.

A place travels as ``?from=7/inbox``, ``all/mine``, with the page that was open behind a
question mark, and gives its address, title and neighbours back.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.place import Place
from wagtail_ecp.admin.search_places import SearchPlace
from wagtail_ecp.inbox.bulk_sources import where_of
from wagtail_ecp.inbox.cursors import Cursor
from wagtail_ecp.inbox.kept_numbers import kept_number
from wagtail_ecp.inbox.list_filters import Filter, filters
from wagtail_ecp.inbox.lists import BY_NAME, NEWEST, Listing, Neighbours
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet
from wagtail_ecp.inbox.models.mailboxes import SNOOZED

ALL: Final = "all"
#: The parameter that says where a page begins.
BEFORE: Final = "before"
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class ListPlace(Place):
    """A list of one mailbox, or of all that the member may read."""

    listing: Listing
    #: Of the mailbox; None for all.
    name: str | None
    cursor: Cursor | None = None

    @classmethod
    def of(
        cls,
        request: HttpRequest,
        mailbox: int | None,
        name: str,
        given: Mapping[str, Any] = MappingProxyType({}),
    ) -> "ListPlace | None":
        """Return the list of a mailbox, or of all; None if the user has none such.

        ``given`` are the parameters of its address: filters, and the cursor.
        """
        kind = BY_NAME.get(name)
        names = {box.pk: box.name for box in navigation(request).mailboxes}
        numbers = tuple(names) if mailbox is None else (mailbox,)
        if kind is None or not numbers or not set(numbers) <= set(names):
            return None
        listing = Listing(kind, request.user, numbers, filters(given))
        title = None if mailbox is None else names[mailbox]
        return cls(listing, title, Cursor.read(given.get(BEFORE) or ""))

    @classmethod
    def read(cls, request: HttpRequest, key: str) -> "ListPlace | None":
        """Return the list that travelled as ``key``; None for anything else."""
        path, _mark, query = key.partition("?")
        mailbox, _slash, name = path.partition("/")
        given = QueryDict(query)
        if mailbox == ALL:
            return cls.of(request, None, name, given)
        if not _NUMBER.fullmatch(mailbox):
            return None
        return cls.of(request, int(mailbox), name, given)

    @property
    def mailbox(self) -> int | None:
        """The mailbox's number; None for all."""
        return None if self.name is None else self.listing.mailboxes[0]

    @property
    def path(self) -> str:
        """The address of the list, without filters and page."""
        return list_url(self.mailbox, self.listing.kind.name)

    @property
    def query(self) -> str:
        """What follows the address on the page that was open."""
        chosen = {one.kind.name: one.value for one in self.listing.filters}
        page = {BEFORE: self.cursor} if self.cursor else {}
        return f"?{urlencode(chosen | page)}" if chosen or page else ""

    @property
    def key(self) -> str:
        """``7/inbox``, ``all/mine?unread=yes&before=…``."""
        mailbox = self.mailbox or ALL
        return f"{mailbox}/{self.listing.kind.name}{self.query}"

    @property
    def url(self) -> str:
        """The address of the page that was open."""
        return self.path + self.query

    @property
    def has_news(self) -> bool:
        """Whether what is new stands above what this page shows."""
        return self.cursor is None and self.listing.kind.order == NEWEST

    @property
    def news_url(self) -> str:
        """The address that tells what is new in it."""
        name = self.listing.kind.name
        if self.mailbox is None:
            return reverse("wagtail_ecp:all_news", args=[name]) + self.query
        return (
            reverse("wagtail_ecp:folder_news", args=[self.mailbox, name]) + self.query
        )

    @property
    def title(self) -> str:
        """Return "Support: Inbox"."""
        return list_title(self.name, self.listing.kind.label)

    def everything(self) -> ConversationQuerySet:
        """Return all conversations of the list."""
        return self.listing.everything()

    @property
    def where(self) -> dict[str, Any]:
        """The list, whatever page of it was open."""
        return where_of(self.listing, title=self.title)

    @property
    def number(self) -> int | None:
        """The folders' kept number."""
        return kept_number(self.listing)

    def neighbours(self, conversation: Conversation) -> Neighbours:
        """Return what lies beside it in the list's order."""
        return self.listing.neighbours(conversation)

    def at(self, cursor: Cursor | None) -> "ListPlace":
        """Return another page of it."""
        return replace(self, cursor=cursor)

    def narrowed(self, *chosen: Filter) -> "ListPlace":
        """Return the first page of the same list with these filters instead."""
        listing = replace(self.listing, filters=chosen)
        return replace(self, listing=listing, cursor=None)


def list_url(mailbox: int | None, name: str) -> str:
    """Return the address of a mailbox's list, or of that of all mailboxes."""
    if mailbox is None:
        return reverse("wagtail_ecp:all_mailboxes", args=[name])
    return reverse("wagtail_ecp:folder", args=[mailbox, name])


def list_title(mailbox: str | None, label: Any) -> str:
    """Return "Support: Inbox"; without a mailbox's name "All mailboxes: Inbox"."""
    return _("%(mailbox)s: %(folder)s") % {
        "mailbox": _("All mailboxes") if mailbox is None else mailbox,
        "folder": label,
    }


#: Each returns the place that a key names, or None if it is not of its kind.
READERS: tuple[Callable[[HttpRequest, str], Place | None], ...] = (
    ListPlace.read,
    SearchPlace.read,
)


def came_from(request: HttpRequest, conversation: Conversation) -> Place:
    """Return the place that ``from`` names, else the folder of the conversation.

    The conversation must be one that the user may read.
    """
    key = request.POST.get("from") or request.GET.get("from") or ""
    return find_place(request, key) or home_of(request, conversation)


def find_place(request: HttpRequest, key: str) -> Place | None:
    """Return the place that travelled as ``key``; None if the user has none such."""
    found = (read(request, key) for read in READERS)
    return next((place for place in found if place is not None), None)


def home_of(request: HttpRequest, conversation: Conversation) -> ListPlace:
    """Return the list in which a conversation lies."""
    name = SNOOZED if conversation.snoozed_until else conversation.folder
    mailbox = conversation.mailbox
    listing = Listing(BY_NAME[name], request.user, (mailbox.pk,))
    return ListPlace(listing, mailbox.name)
