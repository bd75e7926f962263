"""Asks an administrator which installation this is, while no mail moves."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from laces.components import Component
from wagtail.admin import messages as notices

from wagtail_ecp.accounts import installation
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.inbox import actions

CHOICES: dict[str, Callable[..., None]] = {
    "live": actions.resume_transport,
    "copy": actions.stay_paused,
}


def pause(request: AdminRequest) -> HttpResponse:
    """Explain the pause; administrators say whether this is the live installation."""
    found = navigation(request)
    if not found.is_shown:
        raise PermissionDenied
    if request.method == "POST":
        return _decide(request)
    return page(
        request,
        "pause.html",
        crumbs=[(_("All mail is paused"), "")],
        context={"installation": installation.check()},
    )


@refuses_forgery
def _decide(request: AdminRequest) -> HttpResponse:
    decide = CHOICES.get(request.POST.get("this_is", ""))
    if decide is None:
        raise BadRequest("Say whether this is the live installation or a copy.")
    decide(by=request.user)
    notices.success(
        request,
        _("Mail moves again.")
        if decide is actions.resume_transport
        else _("Noted: nothing is fetched or sent here."),
    )
    return redirect("wagtail_ecp:pause")


class PausePanel(Component):
    """The pause on Wagtail's home page."""

    name = "ecp_pause"
    template_name = "wagtail_ecp/admin/includes/pause_banner.html"
    order = 5

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the banner needs, which the sidebar has asked for anyway."""
        return {"ecp": navigation(parent_context["request"])}
