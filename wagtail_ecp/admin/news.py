"""What happens to a conversation while somebody reads it."""

from typing import Final

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.admin.reading import lines_after
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation

#: Digits of a number that fits the database.
_DIGITS: Final = 18


@require_safe
def news(request: AdminRequest, number: int) -> HttpResponse:
    """Return the lines of messages stored after number ``after``, for two queries.

    Pages that stay open ask every half minute, so what they have is not sent again.
    """
    after = request.GET.get("after", "")
    if not (after.isascii() and after.isdigit() and len(after) <= _DIGITS):
        raise BadRequest("After which message?")
    found = Conversation.objects.visible_to(request.user).filter(pk=number).first()
    if found is None:
        raise Http404
    lines = lines_after(found, int(after))
    newest = max((line.message.pk for line in lines), default=int(after))
    tag = f'"{number}-{after}-{newest}-{len(lines)}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    response = render(
        request,
        "wagtail_ecp/admin/includes/conversation/news.html",
        {"lines": lines, "newest": newest},
    )
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


@require_POST
def mark_read(request: AdminRequest, number: int) -> HttpResponse:
    """Note that the team has seen what came in while the page was open."""
    actions.mark_read(find_conversation(request, number), by=request.user)
    return HttpResponse(status=204)
