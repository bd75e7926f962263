"""The lists of conversations: of one mailbox, and of all that one may read."""

from collections.abc import Sequence
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.admin import shortcuts
from wagtail_ecp.admin.bulk_bar import bar_of
from wagtail_ecp.admin.draft_list import draft_list
from wagtail_ecp.admin.feed_links import feed_link
from wagtail_ecp.admin.junk_list import junk_of
from wagtail_ecp.admin.list_chips import chips
from wagtail_ecp.admin.list_rows import Found, Rows, found_rows, marks_of
from wagtail_ecp.admin.list_tabs import tabs
from wagtail_ecp.admin.list_words import EMPTY, NARROWED
from wagtail_ecp.admin.navigation import MailboxLink, navigation
from wagtail_ecp.admin.own_profile import own_profile
from wagtail_ecp.admin.pages import page
from wagtail_ecp.admin.places import ListPlace
from wagtail_ecp.inbox.cursors import Cursor
from wagtail_ecp.inbox.joined import stamp
from wagtail_ecp.inbox.list_numbers import DRAFTS, numbers
from wagtail_ecp.inbox.models import Folder, MemberProfile

ROWS: Final = 50


def start(request: HttpRequest) -> HttpResponse:
    """Lead to the member's mailbox, or say what is missing before there can be one."""
    found = navigation(request)
    if not found.has_account:
        return redirect("wagtail_ecp:setup")
    if not found.is_shown:
        raise PermissionDenied
    if found.mailboxes:
        return _to_mailbox(request, found.mailboxes)
    return page(request, "start.html", crumbs=[(_("Getting started"), "")], context={})


def _to_mailbox(request: HttpRequest, mailboxes: Sequence[MailboxLink]) -> HttpResponse:
    """Lead to the folder that the member's profile names."""
    profile = MemberProfile.objects.of(request.user)
    readable = {mailbox.pk for mailbox in mailboxes}
    wanted = profile.default_mailbox_id
    chosen = wanted if wanted in readable else mailboxes[0].pk
    return redirect("wagtail_ecp:folder", chosen, profile.starting_tab)


def folder(request: HttpRequest, mailbox_id: int, name: str) -> HttpResponse:
    """Show 50 conversations of one mailbox's list, from the cursor on."""
    return _list(request, mailbox_id, name)


def all_mailboxes(request: HttpRequest, name: str) -> HttpResponse:
    """Show 50 conversations of a list over all mailboxes that the user may read."""
    return _list(request, None, name)


def _list(request: HttpRequest, mailbox_id: int | None, name: str) -> HttpResponse:
    if name == DRAFTS:
        return draft_list(request, mailbox_id)
    place = ListPlace.of(request, mailbox_id, name, request.GET)
    if place is None:
        raise Http404
    kind, made_at = place.listing.kind, stamp()
    found = found_rows(place.listing.rows(most=ROWS + 1, beyond=place.cursor))
    has_more, rows = len(found) > ROWS, found[:ROWS]
    kept = numbers(request.user, place.listing.mailboxes)
    bar = bar_of(
        place,
        may_reply=bool(kept.answering),
        is_part=has_more or place.cursor is not None,
    )
    return page(
        request,
        "folder.html",
        crumbs=[(place.title, "")],
        context={
            "mailbox_id": mailbox_id,
            "feed": feed_link(request, "mailbox", mailbox_id) if mailbox_id else None,
            "tabs": tabs(mailbox_id, name, kept.by_list),
            "chips": chips(request, place),
            "is_spam": name == Folder.SPAM,
            "bar": bar,
            "cursor": place.cursor,
            "folder_name": name,
            "is_later_page": place.cursor is not None,
            "newest_url": place.at(None).url,
            "older_url": place.at(kind.order.cursor(rows[-1])).url if has_more else "",
            "groups": [shortcuts.MOVING, shortcuts.ROWS]
            if bar.first
            else [shortcuts.MOVING],
            "profile": own_profile(request),
            "place_key": place.key,
            "top": _top(rows) if place.has_news else "",
            "stamp": made_at,
            "news_url": place.news_url if place.has_news else "",
            **_shown(request, place, rows, has_boxes=bool(bar.first)),
        },
    )


def _top(rows: Sequence[Found]) -> Cursor:
    """Return where the list begins, after which everything is new."""
    if not rows:
        return Cursor(timezone.now(), 0)
    return Cursor(rows[0].last_message_at, rows[0].pk)


def _shown(
    request: HttpRequest, place: ListPlace, rows: Sequence[Found], *, has_boxes: bool
) -> dict[str, Any]:
    """Return what the table shows, or what an empty one says."""
    name = place.listing.kind.name
    junk = junk_of(rows, name)
    heading, advice = NARROWED if place.listing.filters else EMPTY[name]
    writer = Rows(
        place,
        marks_of(rows, request.user, mailboxes=() if junk else place.listing.mailboxes),
        junk=junk,
        is_spam=name == Folder.SPAM,
        has_boxes=has_boxes,
        mailboxes=navigation(request).names_of(place.listing.mailboxes),
    )
    return {
        "junk": junk,
        "rows": writer.html(rows),
        "empty_heading": heading,
        "empty_advice": advice,
    }
