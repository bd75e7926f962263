"""Results of a search as a place that one comes from and returns to."""

from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.place import Place
from wagtail_ecp.inbox.bulk_sources import where_of_search
from wagtail_ecp.inbox.lists import Neighbours
from wagtail_ecp.inbox.models import Conversation, SavedSearch
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet
from wagtail_ecp.inbox.search import pages
from wagtail_ecp.inbox.search.finding import Search
from wagtail_ecp.inbox.search.syntax import Hint, parse
from wagtail_ecp.inbox.search.viewing import Viewer
from wagtail_ecp.inbox.search.vocabulary import read

#: Longer ones don't travel: fifty rows would bear them.
LONGEST: Final = 200
_NUMBER_LENGTH: Final = 18


def viewer_of(request: HttpRequest) -> Viewer:
    """Return who searches, for no query beside that of the menu."""
    found = navigation(request)
    numbers = (mailbox.pk for mailbox in found.mailboxes)
    return Viewer.known(request.user, numbers, zone=found.account_zone)


@dataclass(frozen=True, slots=True)
class SearchPlace(Place):
    """What a text, or a saved search, finds."""

    search: Search
    text: str
    hints: tuple[Hint, ...] = ()
    saved: SavedSearch | None = None
    order: str = ""
    begin: str = ""

    @classmethod
    def of(cls, request: HttpRequest, given: QueryDict) -> "SearchPlace":
        """Return what the parameters of an address ask for."""
        text = (given.get("q") or "").replace("\0", " ").strip()
        parsed = parse(text)
        search = Search(parsed.rules, viewer_of(request))
        place = cls(search, text, parsed.hints)
        return place.at(given.get("order") or "", given.get("before") or "")

    @classmethod
    def of_saved(
        cls, request: HttpRequest, saved: SavedSearch, given: QueryDict
    ) -> "SearchPlace":
        """Return what the rules of a saved search find for this user."""
        search = Search(read(saved.rules), viewer_of(request))
        place = cls(search, "", saved=saved)
        return place.at(given.get("order") or "", given.get("before") or "")

    @classmethod
    def read(cls, request: HttpRequest, key: str) -> "SearchPlace | None":
        """Return the search that travelled as ``key``; None for anything else."""
        path, _mark, query = key.partition("?")
        given = QueryDict(query)
        if path == "search":
            return cls.of(request, given)
        kind, _slash, number = path.partition("/")
        is_number = number.isascii() and number.isdecimal()
        if kind != "saved" or not is_number or len(number) > _NUMBER_LENGTH:
            return None
        visible = SavedSearch.objects.visible_to(request.user)
        saved = visible.filter(pk=int(number)).first()
        return cls.of_saved(request, saved, given) if saved else None

    def at(self, order: str, begin: str = "") -> "SearchPlace":
        """Return the page of it that begins there in this order."""
        known = order if order in ("date", "relevance") else ""
        return replace(self, order=known, begin=begin)

    @property
    def by_date(self) -> bool:
        """Whether the newest come first; else the best, which needs words."""
        return self.search.words is None or self.order == "date"

    @property
    def query(self) -> str:
        """What follows the address."""
        given = {"q": self.text, "order": self.order, "before": self.begin}
        chosen = {name: value for name, value in given.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    @property
    def key(self) -> str:
        """``search?q=parcel``, ``saved/7``."""
        path = f"saved/{self.saved.pk}" if self.saved else "search"
        return path + self.query

    @property
    def url(self) -> str:
        """The address of the page that was open."""
        if self.saved:
            return (
                reverse("wagtail_ecp:saved_search", args=[self.saved.pk]) + self.query
            )
        return reverse("wagtail_ecp:search") + self.query

    @property
    def title(self) -> str:
        """Return the saved search's name, or "Search"."""
        return self.saved.name if self.saved else _("Search")

    def url_of(self, number: int) -> str:
        """Return the address of a conversation that leads back here."""
        if len(self.text) > LONGEST:
            return reverse("wagtail_ecp:conversation", args=[number])
        # Not super(): a class with slots is another one by then.
        return Place.url_of(self, number)

    @property
    def where(self) -> dict[str, Any] | None:
        """What a bulk change keeps of it; None while nothing can be found."""
        if not self.search.is_possible:
            return None
        return where_of_search(self.search, title=self.title)

    def everything(self) -> ConversationQuerySet:
        """Return all that is found, of common words among the latest."""
        return self.search.conversations()

    def neighbours(self, conversation: Conversation) -> Neighbours:
        """Return what stands beside a conversation in the results."""
        return pages.neighbours(self.search, conversation, by_date=self.by_date)
