"""The search: its results, and what completes as one types."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.admin.search import SearchArea

from wagtail_ecp.admin.bulk_bar import bar_of
from wagtail_ecp.admin.list_rows import Rows, found_rows, marks_of
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.admin.search_places import SearchPlace, viewer_of
from wagtail_ecp.admin.search_words import hint_words, problem_words, rule_words
from wagtail_ecp.admin.shortcuts import MOVING
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.search.completion import complete
from wagtail_ecp.inbox.search.pages import Page, page_at
from wagtail_ecp.inbox.search.syntax import write


@require_safe
def search(request: AdminRequest) -> HttpResponse:
    """Show what the member may read of what a text finds."""
    require_mail(request)
    place = SearchPlace.of(request, request.GET)
    return results(request, place)


def require_mail(request: HttpRequest) -> None:
    """Refuse those whom mail does not concern."""
    if not navigation(request).is_shown:
        raise PermissionDenied


def results(request: AdminRequest, place: SearchPlace, **more: Any) -> HttpResponse:
    """Show a page of results, and say what was not searched for."""
    found = page_at(place.search, place.begin, by_date=place.by_date, read=found_rows)
    bar = bar_of(
        place,
        may_reply=permissions.can_reply_somewhere(request.user),
        is_part=bool(found.next or place.begin),
    )
    mailboxes = [mailbox.pk for mailbox in navigation(request).mailboxes]
    marks = marks_of(found.rows, request.user, mailboxes=mailboxes)
    names = navigation(request).names_of(mailboxes)
    writer = Rows(place, marks, has_boxes=bool(bar.first), mailboxes=names)
    return page(
        request,
        "search.html",
        crumbs=[(place.title, "")],
        context={
            "rows": writer.html(found.rows) if found.rows else "",
            "bar": bar,
            "search_text": place.text,
            "hints": hint_words(place.hints),
            "problems": [
                (rule_words(one), problem_words(one)) for one in place.search.problems
            ],
            "is_asked": bool(place.search.rules),
            "is_later_page": bool(place.begin),
            "first_url": place.at(place.order).url,
            "next_url": place.at(place.order, found.next).url if found.next else "",
            "groups": [MOVING],
            **_orders(place),
            **_advice(place, found),
            **more,
        },
    )


def _orders(place: SearchPlace) -> dict[str, Any]:
    return {
        "has_orders": place.search.words is not None,
        "by_date": place.by_date,
        "by_date_url": place.at("date").url,
        "by_relevance_url": place.at("relevance").url,
    }


def _advice(place: SearchPlace, found: Page) -> dict[str, Any]:
    """Return what leads to more: other folders, other words, narrower rules."""
    leaves_out = place.search.leaves_out_junk and bool(place.search.rules)
    anywhere = ""
    if leaves_out and not place.search.problems:
        rules = write(place.search.rules) if place.saved else place.text
        wider = SearchPlace(place.search, f"{rules} in:anywhere", order=place.order)
        anywhere = wider.url
    return {"is_cut": found.is_cut, "anywhere_url": anywhere}


@never_cache
@require_safe
def search_complete(request: AdminRequest) -> JsonResponse:
    """Return what the word that is being typed may become, as "word"."""
    require_mail(request)
    word = request.GET.get("word", "")[:100].replace("\0", "")
    found = complete(word, viewer_of(request))
    return JsonResponse([one._asdict() for one in found], safe=False)


class MailSearchArea(SearchArea):
    """Mail among the areas of Wagtail's own search."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the user reads any mail."""
        return bool(navigation(request).mailboxes)


def search_area() -> SearchArea:
    """Return the area, once addresses are known."""
    from django.urls import reverse

    url = reverse("wagtail_ecp:search")
    return MailSearchArea(_("Mail"), url, name="ecp-mail", icon_name="mail", order=150)
