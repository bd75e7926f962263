"""The conversation's page, put together of its parts."""

from collections.abc import Container
from datetime import datetime

from django.core.exceptions import BadRequest
from django.forms import Media
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from wagtail_ecp.admin import marked
from wagtail_ecp.admin.composer import composer
from wagtail_ecp.admin.conversation_header import header
from wagtail_ecp.admin.folders import folder_title
from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.own_profile import own_profile
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.admin.reading import thread, unread_since
from wagtail_ecp.admin.reply_form import ReplyForm
from wagtail_ecp.admin.side_panels import side
from wagtail_ecp.admin.toolbar import toolbar
from wagtail_ecp.inbox import actions, permissions, profiles
from wagtail_ecp.inbox.models import Conversation, Folder

#: What the messages themselves need.
SCRIPTS = Media(
    css={"all": ["wagtail_ecp/css/conversation.css"]},
    js=["wagtail_ecp/js/thread_controller.js", "wagtail_ecp/js/news_controller.js"],
)
#: What ``?open=`` says for every message, else a message's number.
ALL = "all"


@require_safe
def conversation(request: AdminRequest, number: int) -> HttpResponse:
    """Show the conversation and note that the team has seen it."""
    found = find_conversation(request, number)
    if found.pk != number:  # It became part of another, whose number is this.
        return redirect("wagtail_ecp:conversation", found.pk)
    since = None
    if found.is_unread:
        since = unread_since(found)
        actions.mark_read(found, by=request.user)
        found.is_unread = False
    return conversation_page(request, found, since=since)


def conversation_page(
    request: AdminRequest,
    found: Conversation,
    *,
    since: datetime | None = None,
    form: ReplyForm | None = None,
) -> HttpResponse:
    """Return the page; each of its parts is made in a module of its own.

    What came after ``since`` is new to the team. ``form`` is an answer that was not
    sent, shown again with its errors.
    """
    mailbox, folder = found.mailbox, Folder(found.folder)
    shown = thread(
        found,
        unread_since=since,
        opened=_opened(request),
        is_newest_first=own_profile(request).newest_first,
    )
    may_reply = permissions.can_reply(request.user, mailbox)
    above = header(found)
    buttons = toolbar(found, may_reply=may_reply)
    below = composer(request, found, rows=shown.rows, form=form, may_reply=may_reply)
    beside = side(request, found)
    parts = (above, buttons, below, beside)
    return page(
        request,
        "conversation.html",
        crumbs=[
            (
                folder_title(mailbox, folder),
                reverse("wagtail_ecp:folder", args=[mailbox.pk, folder.value]),
            ),
            (f"#{found.pk}", ""),
        ],
        context={
            "header": above,
            "toolbar": buttons,
            "composer": below,
            "side": beside,
            "media": sum((part.media for part in parts), SCRIPTS),
            "conversation": found,
            "header_title": f"{above.title} #{found.pk}",
            "mailbox": mailbox,
            "folder_name": folder.value,
            "may_reply": may_reply,
            "mailbox_id": mailbox.pk,
            "thread": shown,
            "marked": marked.recall(request, conversation=found),
        },
    )


def _opened(request: AdminRequest) -> Container[int]:
    """Return the messages that are asked for; what is no number asks for nothing."""
    wanted = request.GET.getlist("open")
    if ALL in wanted:
        return _Everything()
    return {int(number) for number in wanted if number.isascii() and number.isdigit()}


class _Everything:
    def __contains__(self, number: object) -> bool:
        return True


@refuses_forgery
@require_POST
def reading_order(request: AdminRequest, number: int) -> HttpResponse:
    """Let the member read conversations oldest or newest first from now on."""
    found = find_conversation(request, number)
    wanted = {"0": False, "1": True}.get(request.POST.get("newest_first", ""))
    if wanted is None:
        raise BadRequest("There are two orders.")
    profiles.change({"newest_first": wanted}, by=request.user)
    return redirect("wagtail_ecp:conversation", found.pk)
