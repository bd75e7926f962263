"""What happens to a conversation while somebody reads it."""

from collections.abc import Collection
from typing import Final

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.admin.reading import Line, line, lines_of
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.joined import messages_joined, read_stamp
from wagtail_ecp.inbox.models import Conversation

#: Digits of a number that fits the database.
_DIGITS: Final = 18
#: As many new messages are told of at once.
NEWS: Final = 20
TEMPLATE: Final = "wagtail_ecp/admin/includes/conversation/news.html"


@require_safe
def news(request: AdminRequest, number: int) -> HttpResponse:
    """Return the lines of messages stored after number ``after``, for three queries.

    So are those that came by a merge ``since`` the page was made. Pages that stay open
    ask every half minute, so what they have is not sent again.
    """
    after = request.GET.get("after", "")
    if not (after.isascii() and after.isdigit() and len(after) <= _DIGITS):
        raise BadRequest("After which message?")
    found = Conversation.objects.visible_to(request.user).filter(pk=number).first()
    if found is None:
        raise Http404
    if found.merged_into_id:
        context = {"whole": found.whole}
        return render(request, TEMPLATE, context)
    since = read_stamp(request.GET.get("since", ""))
    joined = messages_joined(found, since=since) if since else []
    lines = _lines_after(found, int(after), joined=joined)
    newest = max((line.message.pk for line in lines), default=int(after))
    tag = f'"{number}-{after}-{newest}-{len(lines)}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    response = render(request, TEMPLATE, {"lines": lines, "newest": newest})
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response


def _lines_after(
    conversation: Conversation, number: int, *, joined: Collection[int] = ()
) -> list[Line]:
    """Return what was stored after message ``number``, in order; one query.

    One more if some have ``joined`` it, whenever those were stored. Spam among accepted
    mail alerts nobody.
    """
    now = timezone.localtime()
    accepted = lines_of(conversation).exclude(score__is_spam=True)
    found = list(accepted.filter(pk__gt=number)[:NEWS])
    if joined:
        found += accepted.filter(pk__in=joined, pk__lte=number)[:NEWS]
    found.sort(key=lambda message: (message.at, message.pk))
    return [line(message, is_new=True, now=now) for message in found]


@require_POST
def mark_read(request: AdminRequest, number: int) -> HttpResponse:
    """Note that the team has seen what came in while the page was open."""
    actions.mark_read(find_conversation(request, number), by=request.user)
    return HttpResponse(status=204)
