"""The lists of conversations: of one mailbox, and of all that one may read."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from wagtail_ecp.admin.bulk_bar import bar_of
from wagtail_ecp.admin.junk_list import JunkList, junk_of
from wagtail_ecp.admin.list_words import EMPTY
from wagtail_ecp.admin.navigation import MailboxLink, navigation
from wagtail_ecp.admin.pages import page
from wagtail_ecp.admin.places import ListPlace
from wagtail_ecp.inbox.lists import LISTS
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    FolderCounter,
    Mailbox,
    MemberProfile,
)
from wagtail_ecp.inbox.permissions import Permission

ROWS = 50
SNIPPET = 100  # characters; wider screens than that are rare

#: What the list shows; bodies stay in the database.
COLUMNS = (
    "assignee_name",
    "came_back_at",
    "correspondent",
    "folder",
    "has_attachments",
    "is_unread",
    "junked_at",
    "last_message_at",
    "message_count",
    "snippet",
    "subject",
    "waiting_since",
)


class Row(NamedTuple):
    """One conversation in the list, in words: fifty of them cost a template dearly."""

    number: str
    url: str
    is_unread: bool
    correspondent: str
    messages: str
    subject: str
    snippet: str
    has_attachments: bool
    is_back: bool
    assignee: str
    waiting: str
    score: str
    score_width: str
    purged: str
    at: str
    age: str


class Tab(NamedTuple):
    """One folder above the list."""

    label: str
    url: str
    unread: int
    is_current: bool


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
    place = ListPlace.of(
        request, mailbox_id, name, before=request.GET.get("before", "")
    )
    if place is None:
        raise Http404
    kind = place.listing.kind
    found = place.listing.rows(most=ROWS + 1, beyond=place.cursor)
    rows = list(found.only(*COLUMNS, kind.order.field))
    has_more = len(rows) > ROWS
    rows = rows[:ROWS]
    junk = junk_of(rows, kind.name)
    heading, advice = EMPTY[kind.name]
    return page(
        request,
        "folder.html",
        crumbs=[(place.title, "")],
        context={
            "mailbox_id": mailbox_id,
            "tabs": _tabs(place),
            "rows": _rows(rows, junk, place=place),
            "junk": junk,
            "is_spam": name == Folder.SPAM,
            "bar": bar_of(
                place,
                may_reply=_may_reply(request, place),
                is_part=has_more or place.cursor is not None,
            ),
            "cursor": place.cursor,
            "folder_name": name,
            "is_later_page": place.cursor is not None,
            "older": kind.order.cursor(rows[-1]) if has_more else None,
            "empty_heading": heading,
            "empty_advice": advice,
        },
    )


def _may_reply(request: HttpRequest, place: ListPlace) -> bool:
    answering = Mailbox.objects.open_to(
        request.user, Permission.REPLY, Permission.MANAGE
    )
    return answering.filter(pk__in=place.listing.mailboxes).exists()


def _tabs(place: ListPlace) -> list[Tab]:
    mailboxes = place.listing.mailboxes
    counters = FolderCounter.objects.filter(mailbox__in=mailboxes)
    unread: Counter[str] = Counter()
    for name, number in counters.values_list("folder", "unread"):
        unread[name] += number
    return [
        Tab(
            str(kind.label),
            replace(place, listing=replace(place.listing, kind=kind)).path,
            unread[kind.name],
            kind is place.listing.kind,
        )
        for kind in LISTS
    ]


def folder_title(mailbox: Mailbox, name: Folder) -> str:
    """Return "Support: Inbox"."""
    return _("%(mailbox)s: %(folder)s") % {
        "mailbox": mailbox.name,
        "folder": name.label,
    }


def _rows(
    conversations: Sequence[Conversation], junk: JunkList | None, *, place: ListPlace
) -> list[Row]:
    # One URL is resolved for all of them, which is fifty times cheaper.
    url = place.url_of(0)
    now = timezone.localtime()
    return [
        _row(
            conversation,
            url=url.replace("/0/", f"/{conversation.pk}/"),
            junk=junk,
            now=now,
        )
        for conversation in conversations
    ]


def _row(
    conversation: Conversation, *, url: str, junk: JunkList | None, now: datetime
) -> Row:
    return Row(
        number=str(conversation.pk),
        url=url,
        is_unread=conversation.is_unread,
        correspondent=conversation.correspondent,
        messages=_several(conversation.message_count),
        subject=conversation.subject or _("(no subject)"),
        snippet=conversation.snippet[:SNIPPET],
        has_attachments=conversation.has_attachments,
        is_back=conversation.came_back_at is not None,
        assignee=conversation.assignee_name,
        waiting=_waiting(conversation, now=now),
        score=junk.score(conversation) if junk else "",
        score_width=junk.score_width(conversation) if junk else "",
        purged=junk.purged(conversation, now=now) if junk else "",
        at=conversation.last_message_at.isoformat(timespec="minutes"),
        age=age(conversation.last_message_at, now=now),
    )


def _several(number: int) -> str:
    return str(number) if number > 1 else ""


def _waiting(conversation: Conversation, *, now: datetime) -> str:
    since = conversation.waiting_since
    if since is None or conversation.folder != Folder.INBOX:
        return ""
    return timesince(since, now, depth=1)


def age(at: datetime, *, now: datetime) -> str:
    """Return the time for today, the day for this year, else the date."""
    local = at.astimezone(now.tzinfo)
    if local.date() == now.date():
        return date_format(local, "TIME_FORMAT")
    if local.year == now.year:
        return date_format(local, "j M")
    return date_format(local, "SHORT_DATE_FORMAT")
