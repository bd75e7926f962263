"""What came into a list while one reads it; asked for every half minute.

Who asks is here, which is noted once a minute at most.
"""

from hashlib import sha256
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from wagtail_ecp.admin.list_rows import replying_words
from wagtail_ecp.admin.places import ListPlace
from wagtail_ecp.inbox import online, presence
from wagtail_ecp.inbox.cursors import Cursor
from wagtail_ecp.inbox.joined import Joined, joined_in, read_stamp, stamp

#: More new conversations than these are not counted.
MOST: Final = 50


@require_safe
def folder_news(request: HttpRequest, mailbox_id: int, name: str) -> HttpResponse:
    """Tell what came into a mailbox's list after the row at the top of the page."""
    return _news(request, mailbox_id, name)


@require_safe
def all_news(request: HttpRequest, name: str) -> HttpResponse:
    """Tell the same of the list of all mailboxes."""
    return _news(request, None, name)


def _news(request: HttpRequest, mailbox_id: int | None, name: str) -> HttpResponse:
    place = ListPlace.of(request, mailbox_id, name, request.GET)
    if place is None:
        raise Http404
    online.note(request.user)
    top = Cursor.read(request.GET.get("after", ""))
    numbers = place.listing.newer(top, most=MOST) if top else []
    others = presence.replying(place.listing.mailboxes, but=request.user)
    since = read_stamp(request.GET.get("since", ""))
    known = Joined([], [])
    joined = joined_in(place.listing, since=since, but=numbers) if since else known
    state = (len(numbers), numbers[-1:], sorted(others.items()), joined)
    tag = f'"{sha256(repr(state).encode()).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    told = {
        "number": len(numbers) + len(joined.kept),
        "words": _words(len(numbers) + len(joined.kept)),
        "joined": joined.kept,
        "gone": joined.gone,
        "stamp": stamp(),
        "replying": {number: replying_words(name) for number, name in others.items()},
    }
    return JsonResponse(told, headers=headers)


def _words(number: int) -> str:
    more = "+" if number >= MOST else ""
    return ngettext("%(number)s new", "%(number)s new", number) % {
        "number": f"{number}{more}"
    }
