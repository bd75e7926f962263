"""How a member wants to see lists: closely set, with the conversation beside them."""

from typing import Final

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery
from wagtail_ecp.admin.places import find_place
from wagtail_ecp.admin.reading import thread
from wagtail_ecp.inbox import profiles

SWITCHES: Final = ("has_preview", "is_compact")


@refuses_forgery
@require_POST
def list_view(request: AdminRequest) -> HttpResponse:
    """Turn one of the switches, and lead back to the list."""
    wanted = {
        name: {"0": False, "1": True}.get(request.POST[name])
        for name in SWITCHES
        if name in request.POST
    }
    if not wanted or None in wanted.values():
        raise BadRequest("A switch is on or off.")
    profiles.change(wanted, by=request.user)
    place = find_place(request, request.POST.get("from", ""))
    return redirect(place.url if place else "wagtail_ecp:start")


@require_safe
def preview(request: AdminRequest, number: int) -> HttpResponse:
    """Show a conversation's messages beside the list; that alone marks nothing read."""
    found = find_conversation(request, number)
    return render(
        request,
        "wagtail_ecp/admin/includes/list_pane.html",
        {"conversation": found, "thread": thread(found), "may_reply": False},
    )
