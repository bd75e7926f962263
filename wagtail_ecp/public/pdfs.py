"""Shows a PDF that a stranger sent, on the site's second origin alone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from wagtail_ecp.accounts.passes import Pass
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.content_origin import (
    admin_origin,
    is_allowed,
    is_pdf,
    is_there,
)
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.mail.parsing import attachment_data


@require_safe
@xframe_options_exempt
def pdf(
    request: HttpRequest, message_id: int, index: int, until: int, mark: str
) -> HttpResponse:
    """Return the file, for the admin's frames; 404 on the admin's own origin."""
    given = Pass(until, mark)
    if not is_there(request.get_host()) or not is_allowed(message_id, index, given):
        raise Http404
    message = get_object_or_404(Message, pk=message_id)
    try:
        found, data = attachment_data(blobs.read(message.blob_id), index)
    except (FileNotFoundError, IndexError):
        raise Http404 from None
    if not is_pdf(data):
        raise Http404
    response = HttpResponse(data, content_type="application/pdf")
    name = content_disposition_header(False, found.name) or "inline"
    response["Content-Disposition"] = name
    response["Content-Security-Policy"] = (
        "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; "
        f"form-action 'none'; base-uri 'none'; frame-ancestors {admin_origin()}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
