"""A message's files: small pictures, previews, and all of them at once."""

from typing import Final, NamedTuple

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wagtail_ecp.admin.lookups import find_message
from wagtail_ecp.admin.message_parts import FILE_POLICY, harmless, raw_mail
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.inbox.content_origin import content_origin, is_pdf, pdf_url
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.inbox.packing import packed
from wagtail_ecp.inbox.thumbnails import thumbnail
from wagtail_ecp.mail.parsing import Attachment, attachment_data, attachments_data
from wagtail_ecp.mail.previews import as_text, is_text, kind_of
from wagtail_ecp.mail.rasters import PLACEHOLDER, raster_type

#: A message's files never change, so that a browser may keep what it has.
KEPT: Final = "private, max-age=604800, immutable"


class Preview(NamedTuple):
    """What the dialog shows of a file: one of an image, a PDF, a text, or why not."""

    name: str
    download_url: str
    image_url: str = ""
    pdf_url: str = ""
    text: str | None = None
    is_cut: bool = False
    why_not: str = ""


@require_safe
def attachment_thumbnail(
    request: HttpRequest, message_id: int, index: int
) -> HttpResponse:
    """Return a small picture of an image, a grey square of what is none."""
    _file, data = _found(find_message(request, message_id), index)
    small, kind = thumbnail(data) or (PLACEHOLDER, "image/png")
    response = harmless(HttpResponse(small, content_type=kind), FILE_POLICY)
    response["Cache-Control"] = KEPT
    return response


@require_safe
def attachment_preview(
    request: AdminRequest, message_id: int, index: int
) -> HttpResponse:
    """Show a file without leaving the admin; ``?fragment`` is for the dialog."""
    message = find_message(request, message_id)
    file, data = _found(message, index)
    context = {"preview": preview_of(message, file, data)}
    if "fragment" in request.GET:
        template = "wagtail_ecp/admin/includes/attachment_preview.html"
        return render(request, template, context)
    url = reverse("wagtail_ecp:conversation", args=[message.conversation_id])
    crumbs = [(f"#{message.conversation_id}", f"{url}#message-{message.pk}")]
    title = file.name or _("attachment")
    return page(
        request,
        "attachment_preview.html",
        crumbs=[*crumbs, (title, "")],
        context=context,
    )


def preview_of(message: Message, file: Attachment, data: bytes) -> Preview:
    """Return what can be shown of a file; the bytes decide, not what they are called."""
    url = reverse("wagtail_ecp:attachment", args=[message.pk, file.index])
    plain = Preview(file.name or _("attachment"), f"{url}?download")
    if raster_type(data):
        return plain._replace(image_url=url)
    if is_pdf(data) and content_origin():
        return plain._replace(pdf_url=pdf_url(message.pk, file.index) or "")
    read = as_text(data) if is_text(file.name, file.content_type) else None
    if read is not None:
        return plain._replace(text=read[0], is_cut=read[1])
    return plain._replace(why_not=_why_not(file))


def _why_not(file: Attachment) -> str:
    if kind_of(file.name, file.content_type) == "pdf":
        return _("PDF files are downloaded: this site has no safe place to show them.")
    return _("This file can't be shown here; download it to open it.")


@require_safe
def attachments_zip(request: HttpRequest, message_id: int) -> HttpResponseBase:
    """Return all files of the message as one ZIP, sent while it is made."""
    message = find_message(request, message_id)
    files = [
        (file.name, data)
        for file, data in attachments_data(raw_mail(message))
        if not file.is_inline
    ]
    if not files:
        raise Http404
    response = StreamingHttpResponse(packed(files), content_type="application/zip")
    name = f"{message.conversation_id}-{message.pk}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return harmless(response, FILE_POLICY)


def _found(message: Message, index: int) -> tuple[Attachment, bytes]:
    try:
        return attachment_data(raw_mail(message), index)
    except IndexError:
        raise Http404 from None
