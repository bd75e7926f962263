"""The dashboard's page, what it asks for while it is open, and marks on updates."""

import hashlib

from django.forms import Media
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wagtail_ecp.admin.dashboard.access import require_mail
from wagtail_ecp.admin.dashboard.framing import Framed
from wagtail_ecp.admin.dashboard.panels.updates import updates
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.inbox import announcements, online
from wagtail_ecp.inbox.dashboards import dashboard_of

#: Seconds between two calls of a page that is being looked at.
PAUSE = 30


@require_safe
def dashboard(request: AdminRequest) -> HttpResponse:
    """Show the user's panels."""
    found = navigation(request)
    if not found.has_account:
        return redirect("wagtail_ecp:setup")
    require_mail(request)
    online.note(request.user)
    shown = dashboard_of(request.user)
    panels = [Framed(request, placed) for placed in shown.panels]
    return page(
        request,
        "dashboard/page.html",
        crumbs=[(_("Dashboard"), "")],
        context={
            "panels": panels,
            "media": sum((panel.media for panel in panels), Media()),
            "may_customise": shown.may_customise,
            "pause": PAUSE,
        },
    )


@require_safe
def live(request: AdminRequest) -> HttpResponse:
    """Return the live panels as HTML, by slot; 304 while they say the same.

    Who asks is here: noted once a minute at most.
    """
    require_mail(request)
    online.note(request.user)
    panels = [Framed(request, one) for one in dashboard_of(request.user).panels]
    bodies = {panel.placed.slot: panel.shown.body for panel in panels if panel.is_live}
    answer = JsonResponse(bodies)
    tag = f'"{hashlib.sha256(answer.content).hexdigest()}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    answer.headers["ETag"] = tag
    return answer


@refuses_forgery
@require_POST
def read_updates(request: AdminRequest) -> HttpResponse:
    """Note that the user has read what is new."""
    require_mail(request)
    announcements.mark_read([update.key for update in updates()], by=request.user)
    return redirect("wagtail_ecp:dashboard")
