"""The button "Undo" of a notice."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin.lookups import find_action
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery
from wagtail_ecp.inbox import actions


@refuses_forgery
@require_POST
def undo(request: AdminRequest, action_id: int) -> HttpResponse:
    """Take back one thing that the member did, and lead back to where they are."""
    action = find_action(request, action_id)
    try:
        conversation = actions.undo(action, by=request.user)
    except ValidationError as refusal:
        notices.warning(request, " ".join(refusal.messages))
    else:
        notices.success(
            request, _("Undone: #%(number)s.") % {"number": conversation.pk}
        )
    return redirect(way_back(request))


def way_back(request: HttpRequest) -> str:
    """Return the page of ours that the form names, else where Mail begins."""
    given = request.POST.get("next", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(given, hosts, require_https=request.is_secure()):
        return given
    return "wagtail_ecp:start"
