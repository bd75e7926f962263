"""The list of one mailbox's folder."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.admin import marked
from wagtail_ecp.admin.cursors import Cursor
from wagtail_ecp.admin.junk_list import JunkList, junk_of
from wagtail_ecp.admin.navigation import MailboxLink, navigation
from wagtail_ecp.admin.pages import page
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    FolderCounter,
    Mailbox,
    MemberProfile,
)

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

EMPTY = {
    Folder.INBOX: (
        gettext_lazy("Nothing waits here."),
        gettext_lazy("New mail to %(address)s appears in this list by itself."),
    ),
    Folder.ARCHIVE: (
        gettext_lazy("Nothing is archived yet."),
        gettext_lazy(
            "Archive a conversation when it is done: a reply brings it back to the"
            " inbox."
        ),
    ),
    Folder.SPAM: (
        gettext_lazy("There is no spam."),
        gettext_lazy("Mail that is judged to be spam lies here, out of the way."),
    ),
    Folder.TRASH: (
        gettext_lazy("The trash is empty."),
        gettext_lazy("Move here what nobody needs; a reply brings it back."),
    ),
}


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
    """Show 50 conversations of a folder, newest first, from the cursor on."""
    if name not in Folder.values:
        raise Http404
    mailbox = get_object_or_404(Mailbox.objects.visible_to(request.user), pk=mailbox_id)
    conversations = Conversation.objects.in_folder(mailbox, name).only(*COLUMNS)
    cursor = Cursor.read(request.GET.get("before", ""))
    if cursor:
        conversations = cursor.rest_of(conversations)
    rows = list(conversations[: ROWS + 1])
    has_more = len(rows) > ROWS
    rows = rows[:ROWS]
    junk = junk_of(rows, Folder(name))
    heading, advice = EMPTY[Folder(name)]
    return page(
        request,
        "folder.html",
        crumbs=[(folder_title(mailbox, Folder(name)), "")],
        context={
            "mailbox": mailbox,
            "tabs": _tabs(mailbox, name),
            "rows": _rows(rows, junk),
            "junk": junk,
            "is_spam": name == Folder.SPAM,
            "may_mark": permissions.can_reply(request.user, mailbox),
            "marked": marked.recall(request),
            "cursor": cursor,
            "folder_name": name,
            "is_later_page": cursor is not None,
            "older": Cursor.after(rows[-1]) if has_more else None,
            "empty_heading": heading,
            "empty_advice": advice % {"address": mailbox.address},
        },
    )


def _tabs(mailbox: Mailbox, current: str) -> list[Tab]:
    counters = FolderCounter.objects.filter(mailbox=mailbox)
    unread = dict(counters.values_list("folder", "unread"))
    return [
        Tab(
            str(folder.label),
            reverse("wagtail_ecp:folder", args=[mailbox.pk, folder.value]),
            unread.get(folder.value, 0),
            folder.value == current,
        )
        for folder in Folder
    ]


def folder_title(mailbox: Mailbox, name: Folder) -> str:
    """Return "Support: Inbox"."""
    return _("%(mailbox)s: %(folder)s") % {
        "mailbox": mailbox.name,
        "folder": name.label,
    }


def _rows(conversations: Sequence[Conversation], junk: JunkList | None) -> list[Row]:
    # One URL is resolved for all of them, which is fifty times cheaper.
    url = reverse("wagtail_ecp:conversation", args=[0])
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
