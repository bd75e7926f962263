"""The one address that feed readers ask: it knows no session, no cookie and no log-in."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from wagtail_ecp.feeds.frame import Frame
from wagtail_ecp.feeds.rendering import CONTENT_TYPES, render
from wagtail_ecp.feeds.shown import Shown, open_for
from wagtail_ecp.inbox import subscriptions

#: Goes up when the same content is written differently, so that readers fetch it anew.
WRITING: Final = 1
HEADERS: Final = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
FRESH: Final = "private, max-age=300, must-revalidate"
REFUSALS: Final = {
    403: "Its member may not read this any more.",
    404: "There is no such feed.",
    410: "This subscription has ended.",
}


def harmless(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give every answer, also a refusal, the headers under which nothing in it acts."""

    @wraps(view)
    def answer(request: HttpRequest, token: str) -> HttpResponse:
        response = view(request, token)
        patch_vary_headers(response, ["Accept-Encoding"])
        for name, value in HEADERS.items():
            response[name] = value
        return response

    return answer


@csrf_exempt  # So that POST is refused for what it is.
@harmless
@require_safe
@gzip_page
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Return a feed (200), or that it is unchanged (304).

    404 for a wrong address and while feeds are switched off, 410 for one that was
    revoked, 403 for a member who may not read this now; 405 for anything but reading.
    """
    # The same for everybody, whatever a reader says of its languages.
    with translation.override(settings.LANGUAGE_CODE):
        return _answer(request, token)


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    subscription = subscriptions.find(token)
    if subscription is None:
        return _refusal(404)
    if subscription.revoked_at is not None:
        return _refusal(410)
    frame = Frame(subscription, request.build_absolute_uri("/"))
    shown = open_for(frame)
    if shown is None:
        return _refusal(403)
    response = _feed(request, frame, shown)
    reader = request.headers.get("User-Agent", "")
    subscriptions.note_reading(subscription, reader=reader)
    return response


def _refusal(status: int) -> HttpResponse:
    response = HttpResponse(
        f"{REFUSALS[status]}\n", content_type="text/plain; charset=utf-8", status=status
    )
    response["Cache-Control"] = "no-store"
    return response


def _feed(request: HttpRequest, frame: Frame, shown: Shown) -> HttpResponse:
    before = request.GET.get("before", "")
    etag = _etag(frame, shown, before)
    changed_at = int(max(shown.version.changed_at, frame.changed_at).timestamp())
    response = get_conditional_response(request, etag, changed_at)
    if response is None:
        written = frame.subscription.format
        response = HttpResponse(
            render(shown.feed(before), written), content_type=CONTENT_TYPES[written]
        )
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed_at)
    response["Cache-Control"] = FRESH
    return response


def _etag(frame: Frame, shown: Shown, before: str) -> str:
    parts = (WRITING, frame.mark, shown.version.mark, settings.LANGUAGE_CODE, before)
    digest = sha256("\n".join(map(str, parts)).encode(errors="replace")).hexdigest()
    return f'"{digest[:32]}"'
