"""Searches that are kept, and how much each of them finds."""

from typing import Any, Final, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.admin.search_places import viewer_of
from wagtail_ecp.inbox.models import SavedSearch
from wagtail_ecp.inbox.search.counting import count, fullest
from wagtail_ecp.inbox.search.finding import Search
from wagtail_ecp.inbox.search.vocabulary import read

#: More are in the menu; each one is asked of the database.
ROWS: Final = 8


class Row(NamedTuple):
    """A search, and how much it finds: "7", "50+", or "?" for what can't be asked."""

    url: str
    name: str
    number: str
    is_shared: bool


class SavedSearchesPanel(Panel):
    """One's own searches and shared ones, by name."""

    key = "saved-searches"
    title = _("Saved Searches")
    description = _("Your searches and shared ones, with how much they find.")
    template_name = "wagtail_ecp/admin/dashboard/panels/saved_searches.html"

    @property
    def url(self) -> str:
        """The search itself."""
        return reverse("wagtail_ecp:search") if self.mailboxes else ""

    def context(self) -> dict[str, Any]:
        """Return eight searches, each counted among the latest conversations."""
        searches = SavedSearch.objects.offered_to(self.user).order_by("name", "pk")
        found = list(searches[: ROWS + 1]) if self.mailboxes else []
        held = fullest(list(self.mailboxes)) if found else 0
        return {
            "rows": [self._row(search, held) for search in found[:ROWS]],
            "has_more": len(found) > ROWS,
            "url": self.url,
        }

    def _row(self, saved: SavedSearch, held: int) -> Row:
        search = Search(read(saved.rules), viewer_of(self.request))
        number, has_more = count(search, held=held)
        return Row(
            url=reverse("wagtail_ecp:saved_search", args=[saved.pk]),
            name=saved.name,
            number=f"{number}{'+' if has_more else ''}" if search.is_possible else "?",
            is_shared=saved.is_shared,
        )
