"""Files that a mail led to: a page, the file, and words for who comes too late."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from wagtail_ecp.inbox import blobs, links
from wagtail_ecp.inbox.models import FileLink

POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@require_safe
def file(_request: HttpRequest, token: str) -> HttpResponse:
    """Show what the address leads to; 404 for a wrong one, 410 for an expired one."""
    link = links.find(token)
    if link is None or link.is_expired:
        return _nothing(link)
    return _page({"link": link, "token": token})


@require_safe
def download(request: HttpRequest, token: str) -> HttpResponse:
    """Return the file, never to be shown in a browser, and count that."""
    link = links.find(token)
    if link is None or link.is_expired:
        return _nothing(link)
    try:
        data = blobs.read(link.blob_id)
    except FileNotFoundError:
        return _nothing(None)
    if request.method == "GET":
        links.note_fetched(link)
    response = HttpResponse(data, content_type="application/octet-stream")
    name = content_disposition_header(True, link.name) or "attachment"
    response["Content-Disposition"] = name
    return _private(response, f"sandbox; {POLICY}")


def _nothing(link: FileLink | None) -> HttpResponse:
    if link is None:
        return _page({}, status=404)
    return _page({"expired": link}, status=410)


def _page(context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    # Without the request: nothing here reads or sets a cookie.
    html = render_to_string("wagtail_ecp/public/file.html", context)
    response = HttpResponse(html, status=status)
    return _private(response, f"{POLICY}; style-src 'unsafe-inline'")


def _private(response: HttpResponse, policy: str) -> HttpResponse:
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
