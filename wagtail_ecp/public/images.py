"""Hands on images from other servers, so that their owners learn nothing of readers."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from wagtail_ecp.accounts.passes import Pass
from wagtail_ecp.exceptions import UnsafeAddressError
from wagtail_ecp.inbox import remote_images
from wagtail_ecp.mail.rasters import PLACEHOLDER
from wagtail_ecp.mail.web import WebError

logger = logging.getLogger(__name__)


@require_safe
def image(request: HttpRequest, message_id: int, until: int, mark: str) -> HttpResponse:
    """Return an image that we lately showed in a message; nothing else opens this.

    The frame around mail has no session, so that the signature stands for it. What
    can't be fetched or is no raster image becomes a small grey square (502).
    """
    url = request.GET.get("url", "")
    if not remote_images.is_allowed(message_id, url, Pass(until, mark)):
        raise Http404
    try:
        data, kind = remote_images.fetch(url)
    except (WebError, UnsafeAddressError) as error:
        logger.info("an image of message %s is not shown: %s", message_id, error)
        return _answer(PLACEHOLDER, "image/png", status=502)
    return _answer(data, kind)


def _answer(data: bytes, kind: str, *, status: int = 200) -> HttpResponse:
    response = HttpResponse(data, content_type=kind, status=status)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = f"private, max-age={remote_images.SECONDS}"
    return response
