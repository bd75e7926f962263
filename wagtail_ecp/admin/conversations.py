"""The conversation's page, put together of its parts."""

from collections.abc import Sequence

from django.forms import Media
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from wagtail_ecp.admin import marked
from wagtail_ecp.admin.composer import composer
from wagtail_ecp.admin.conversation_header import header
from wagtail_ecp.admin.folders import folder_title
from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.admin.reading import Shown, shown
from wagtail_ecp.admin.refiling_words import learning
from wagtail_ecp.admin.reply_form import ReplyForm
from wagtail_ecp.admin.side_panels import side
from wagtail_ecp.admin.toolbar import toolbar
from wagtail_ecp.inbox import actions, permissions
from wagtail_ecp.inbox.forecast import lessons
from wagtail_ecp.inbox.models import Conversation, Folder


@require_safe
def conversation(request: AdminRequest, number: int) -> HttpResponse:
    """Show the conversation and note that the team has seen it."""
    found = find_conversation(request, number)
    if found.pk != number:  # It became part of another, whose number is this.
        return redirect("wagtail_ecp:conversation", found.pk)
    if found.is_unread:
        actions.mark_read(found, by=request.user)
        found.is_unread = False
    return conversation_page(request, found, rows=shown(found))


def conversation_page(
    request: AdminRequest,
    found: Conversation,
    *,
    rows: Sequence[Shown],
    form: ReplyForm | None = None,
) -> HttpResponse:
    """Return the page; each of its parts is made in a module of its own.

    ``form`` is an answer that was not sent, shown again with its errors.
    """
    mailbox, folder = found.mailbox, Folder(found.folder)
    may_reply = permissions.can_reply(request.user, mailbox)
    above = header(found)
    buttons = toolbar(found, may_reply=may_reply)
    below = composer(request, found, rows=rows, form=form, may_reply=may_reply)
    beside = side(found)
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
            "media": sum((part.media for part in parts), Media()),
            "conversation": found,
            "header_title": f"{above.title} #{found.pk}",
            "mailbox": mailbox,
            "folder_name": folder.value,
            "may_reply": may_reply,
            "rows": rows,
            "mailbox_id": mailbox.pk,
            "marked": marked.recall(request, conversation=found),
            "learning": learning(lessons()),
        },
    )
