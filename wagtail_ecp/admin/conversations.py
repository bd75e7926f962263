"""The conversation's page, put together of its parts."""

from collections.abc import Container
from datetime import datetime

from django.core.exceptions import BadRequest
from django.forms import Media
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from wagtail_ecp.admin.composer import composer
from wagtail_ecp.admin.conversation_header import header
from wagtail_ecp.admin.draft_form import DraftForm
from wagtail_ecp.admin.feed_links import feed_link
from wagtail_ecp.admin.lookups import Reading, find_conversation, find_reading
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.own_profile import own_profile
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.admin.places import came_from
from wagtail_ecp.admin.presence import company
from wagtail_ecp.admin.reading import thread, unread_since
from wagtail_ecp.admin.remote_images import RemoteImages
from wagtail_ecp.admin.side_panels import side
from wagtail_ecp.admin.toolbar import toolbar
from wagtail_ecp.inbox import actions, alerts, profiles

#: What the messages themselves need.
SCRIPTS = Media(
    css={"all": ["wagtail_ecp/css/conversation.css", "wagtail_ecp/css/files.css"]},
    js=[
        "wagtail_ecp/js/shortcuts_controller.js",
        "wagtail_ecp/js/keys_controller.js",
        "wagtail_ecp/js/thread_controller.js",
        "wagtail_ecp/js/news_controller.js",
        "wagtail_ecp/js/attachments_controller.js",
    ],
)
#: What ``?open=`` says for every message, else a message's number.
ALL = "all"


@require_safe
def conversation(request: AdminRequest, number: int) -> HttpResponse:
    """Show the conversation and note that the team has seen it."""
    reading = find_reading(request, number)
    found = reading.conversation
    if found.pk != number:  # It became part of another, whose number is this.
        return redirect("wagtail_ecp:conversation", found.pk)
    since = None
    if found.is_unread:
        since = unread_since(found)
        actions.mark_read(found, by=request.user)
        found.is_unread = False
    if navigation(request).has_alerts_of(found):
        alerts.note_reading(found, by=request.user)
        navigation(request).forget_alerts_of(found)
    return conversation_page(request, reading, since=since)


def conversation_page(
    request: AdminRequest,
    reading: Reading,
    *,
    since: datetime | None = None,
    form: DraftForm | None = None,
) -> HttpResponse:
    """Return the page; each of its parts is made in a module of its own.

    What came after ``since`` is new to the team. ``form`` is an answer that was not
    sent, shown again with its errors.
    """
    found, may_reply = reading.conversation, reading.may_reply
    mailbox = found.mailbox
    shown = thread(
        found,
        unread_since=since,
        opened=_opened(request),
        is_newest_first=own_profile(request).newest_first,
    )
    above = header(request, reading)
    buttons = toolbar(request, reading)
    below = composer(request, found, rows=shown.rows, form=form, may_reply=may_reply)
    beside = side(request, found)
    colleagues = company(request, found)
    parts = (above, buttons, below, beside, colleagues)
    return page(
        request,
        "conversation.html",
        crumbs=[(above.place.title, above.place.url), (f"#{found.pk}", "")],
        context={
            "header": above,
            "feed": feed_link(request, "conversation", found.pk),
            "place": above.place.key,
            "toolbar": buttons,
            "composer": below,
            "side": beside,
            "company": colleagues,
            "media": sum((part.media for part in parts), SCRIPTS),
            "conversation": found,
            "header_title": f"{above.title} #{found.pk}",
            "mailbox": mailbox,
            "folder_name": found.folder,
            "may_reply": may_reply,
            "images": RemoteImages(request.user),
            "mailbox_id": mailbox.pk,
            "thread": shown,
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
    return redirect(came_from(request, found).url_of(found.pk))
