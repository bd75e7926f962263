"""The owner's screen for taking everything along as one file."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.accounts import logins
from wagtail_ecp.accounts.permissions import require_owner
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.admin.reauthentication import ConfirmedForm
from wagtail_ecp.inbox import exports
from wagtail_ecp.inbox.models import Export

ATTEMPT = "export of all data"
SHOWN = 20


@never_cache
@sensitive_post_parameters("password")
def export_data(request: AdminRequest) -> HttpResponse:
    """Show the exports, and begin one."""
    is_meant = request.method == "POST"
    require_owner(request.user, attempt=ATTEMPT if is_meant else "")
    form = ConfirmedForm(request, request.POST if is_meant else None)
    if is_meant and form.is_valid():
        exports.ask(by=request.user)
        notices.success(request, _("All data is being exported."))
        return redirect("wagtail_ecp:export_data")
    return _page(request, form)


@require_POST
@never_cache
@sensitive_post_parameters("password")
def export_download(request: AdminRequest, export_id: int) -> Any:
    """Hand the file over, once the owner has confirmed who they are."""
    require_owner(request.user, attempt=ATTEMPT)
    export: Export | None = Export.objects.ready().filter(pk=export_id).first()
    if export is None:
        notices.error(
            request, _("This file is still being written, or it is gone already.")
        )
        return redirect("wagtail_ecp:export_data")
    form = ConfirmedForm(request, request.POST)
    if not form.is_valid():
        return _page(request, form)
    response = StreamingHttpResponse(
        exports.download(export, by=request.user), content_type="application/zip"
    )
    response["Content-Disposition"] = (
        content_disposition_header(True, export.file_name) or "attachment"
    )
    response["Content-Length"] = str(export.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@never_cache
@sensitive_post_parameters("password")
def export_cancel(request: AdminRequest, export_id: int) -> HttpResponse:
    """Stop an export, or delete its file."""
    require_owner(request.user, attempt=ATTEMPT)
    export = get_object_or_404(Export, pk=export_id)
    form = ConfirmedForm(request, request.POST)
    if not form.is_valid():
        return _page(request, form)
    exports.cancel(export, by=request.user)
    notices.success(
        request,
        _("The file is deleted.") if export.is_ready else _("The export is cancelled."),
    )
    return redirect("wagtail_ecp:export_data")


@require_safe
@never_cache
def export_progress(request: AdminRequest) -> HttpResponse:
    """Return the list of exports alone, for a page that looks again by itself."""
    require_owner(request.user)
    form = ConfirmedForm(request)
    return render(request, "wagtail_ecp/admin/export/list.html", _context(form))


def _page(request: HttpRequest, form: ConfirmedForm) -> HttpResponse:
    if logins.is_ended(request):
        return redirect("wagtailadmin_login")
    return page(
        request,
        "export/page.html",
        crumbs=[(_("Export all data"), "")],
        context=_context(form),
    )


def _context(form: ConfirmedForm) -> dict[str, Any]:
    shown = list(Export.objects.order_by("-pk").defer("place", "parts")[:SHOWN])
    return {
        "form": form,
        "running": next((export for export in shown if export.is_unfinished), None),
        "ready": [export for export in shown if export.is_ready],
        "failed": next(
            (export for export in shown[:1] if export.state == Export.State.FAILED),
            None,
        ),
    }
