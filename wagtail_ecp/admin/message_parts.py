"""Hands out parts of a mail that strangers wrote: nothing in them may ever act."""

import base64
from collections.abc import Callable
from functools import cache
from typing import Final, TypeVar
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wagtail_ecp.admin.lookups import find_message
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.inbox.remote_images import (
    MAX_IMAGES,
    MAX_URL,
    are_trusted,
    pass_for,
)
from wagtail_ecp.mail.html import has_remote_images, sanitise
from wagtail_ecp.mail.parsing import attachment_data, inline_part, parse
from wagtail_ecp.mail.rasters import raster_type

Answer = TypeVar("Answer", bound=HttpResponseBase)

#: Where images of other servers are handed on.
IMAGE: Final = "wagtail_ecp_site:remote_image"

#: Characters. Beyond any letter; sanitising much more would take long.
MOST_HTML = 2_000_000

NOTHING_ACTS = "default-src 'none'; form-action 'none'; base-uri 'none'"
#: A page that a stranger wrote; frames may be shown by our own pages alone.
FRAME_POLICY = (
    f"sandbox allow-popups allow-popups-to-escape-sandbox; {NOTHING_ACTS}; "
    "img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
FILE_POLICY = f"sandbox; {NOTHING_ACTS}; frame-ancestors 'none'"


@require_safe
def html(request: HttpRequest, message_id: int) -> HttpResponse:
    """Return the message's HTML, sanitised, for its sandboxed frame."""
    message = find_message(request, message_id)
    return frame(request, message, shows_images=are_trusted(message, by=request.user))


def frame(
    request: HttpRequest, message: Message, *, shows_images: bool
) -> HttpResponse:
    """Return the page in a message's frame, its images from elsewhere shown or not."""
    if not message.has_html:
        raise Http404
    raw = raw_mail(message)
    written = parse(raw).html[:MOST_HTML]

    @cache
    def image(content_id: str) -> str | None:
        return _data_url(raw, content_id)

    response = render(
        request,
        "wagtail_ecp/admin/message_frame.html",
        {
            "body": sanitise(
                written,
                cid_urls=image,
                remote_images=proxied(message.pk) if shows_images else None,
                quote_label=_("Quoted text"),
            ),
            "hides_images": not shows_images and has_remote_images(written),
        },
    )
    response["X-Frame-Options"] = "SAMEORIGIN"
    return harmless(response, FRAME_POLICY)


def proxied(message_id: int) -> Callable[[str], str] | None:
    """Return what makes addresses through us of images' own, None where we have none.

    What is too long, or one too many, vanishes.
    """
    if not can_be_shown():
        return None

    @cache
    def address(url: str) -> str:
        if len(url) > MAX_URL or address.cache_info().currsize >= MAX_IMAGES:
            return ""
        own = reverse(IMAGE, args=[message_id, *pass_for(message_id, url)])
        return f"{own}?{urlencode({'url': url})}"

    return address


def can_be_shown() -> bool:
    """Whether the site has our public addresses, which hand images on."""
    try:
        reverse(IMAGE, args=[1, 1, "a"])
    except NoReverseMatch:
        return False
    return True


def _data_url(raw: bytes, content_id: str) -> str | None:
    """Return an image of the mail itself as a data: URL.

    A link would not do: browsers treat a sandboxed frame as another site and send no
    session cookie (SameSite=Lax) with what it loads.
    """
    found = inline_part(raw, content_id)
    kind = raster_type(found[1]) if found else ""
    if found is None or not kind:
        return None
    return f"data:{kind};base64,{base64.b64encode(found[1]).decode()}"


@require_safe
def text(request: HttpRequest, message_id: int) -> HttpResponse:
    """Return all of the message's text."""
    message = find_message(request, message_id)
    response = HttpResponse(message.text, content_type="text/plain; charset=utf-8")
    return harmless(response, FILE_POLICY)


@require_safe
def source(request: HttpRequest, message_id: int) -> HttpResponse:
    """Return the mail as it came, byte for byte."""
    message = find_message(request, message_id)
    name = f"{message.conversation_id}-{message.pk}.eml"
    return download(raw_mail(message), name=name, content_type="message/rfc822")


@require_safe
def attachment(request: HttpRequest, message_id: int, index: int) -> HttpResponse:
    """Return one file of the message; images are shown, all else is downloaded."""
    message = find_message(request, message_id)
    try:
        found, data = attachment_data(raw_mail(message), index)
    except IndexError:
        raise Http404 from None
    kind = raster_type(data)
    if kind and "download" not in request.GET:
        return download(data, name=found.name, content_type=kind, as_attachment=False)
    return download(data, name=found.name, content_type="application/octet-stream")


def download(
    data: bytes, *, name: str, content_type: str, as_attachment: bool = True
) -> HttpResponse:
    """Return bytes that nobody trusts, under a name that any system takes (RFC 6266)."""
    response = HttpResponse(data, content_type=content_type)
    disposition = content_disposition_header(as_attachment, name) or "attachment"
    response["Content-Disposition"] = disposition
    return harmless(response, FILE_POLICY)


def raw_mail(message: Message) -> bytes:
    """Return a message's raw bytes; 404 if they are gone."""
    try:
        return blobs.read(message.blob_id)
    except FileNotFoundError:
        raise Http404 from None


def harmless(response: Answer, policy: str) -> Answer:
    """Return ``response`` with the headers under which nothing in it acts."""
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response
