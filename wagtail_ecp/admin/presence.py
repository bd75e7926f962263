"""Tells members who else has the same conversation open, and who is answering it."""

from dataclasses import dataclass, field
from functools import partial

from django.forms import Media
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.inbox import online, presence
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.presence import Present

#: Seconds between two calls of a page that is being looked at.
PAUSE = 10


@dataclass(frozen=True, slots=True)
class Company:
    """Who else is here as the page is made; the page asks again by itself."""

    others: list[Present]
    pause: int = PAUSE
    media: Media = field(
        default_factory=partial(
            Media,
            css={"all": ["wagtail_ecp/css/presence.css"]},
            js=["wagtail_ecp/js/presence_controller.js"],
        )
    )


def company(request: AdminRequest, found: Conversation) -> Company:
    """Return who else has ``found`` open."""
    return Company(presence.others(found, than=request.user))


@never_cache
@require_POST
def here(request: AdminRequest, number: int) -> HttpResponse:
    """Note that the user has the conversation open; return who else has, as HTML."""
    found = find_conversation(request, number)
    online.note(request.user)
    others = presence.tell(
        found, user=request.user, is_replying=request.POST.get("is_replying") == "1"
    )
    template = "wagtail_ecp/admin/includes/conversation/present.html"
    return render(request, template, {"others": others})


@require_POST
def gone(request: AdminRequest, number: int) -> HttpResponse:
    """Note that the user has closed the conversation."""
    found = find_conversation(request, number)
    presence.leave(found, user=request.user)
    return HttpResponse(status=204)
