"""What works, and what needs a person."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.jobs.health import findings_for


@require_safe
def health(request: AdminRequest) -> HttpResponse:
    """Look now, and show what was found to administrators and the owner."""
    if not can_administer(request.user):
        raise PermissionDenied
    found = findings_for(request.user)
    return page(
        request,
        "health.html",
        crumbs=[(_("Health"), "")],
        context={
            "troubles": [one for one in found if one.level != "ok"],
            "working": [one for one in found if one.level == "ok"],
            "looked_at": timezone.now(),
        },
    )
