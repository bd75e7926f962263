"""Files go into a draft as soon as they are chosen, dropped or pasted."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from wagtail_ecp.admin.attachments import KEPT
from wagtail_ecp.admin.library_files import chosen_files
from wagtail_ecp.admin.lookups import find_picture
from wagtail_ecp.admin.message_parts import FILE_POLICY, harmless
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery
from wagtail_ecp.admin.written import (
    again,
    bound,
    changed,
    gone,
    is_valid,
    put_files,
    wants_json,
)
from wagtail_ecp.inbox import actions, blobs
from wagtail_ecp.inbox.drafts import DraftChangedError, DraftGoneError
from wagtail_ecp.inbox.links import refuse_too_much
from wagtail_ecp.inbox.models import DraftFile


@refuses_forgery
@require_POST
def draft_files(request: AdminRequest) -> HttpResponse:
    """Put files into the draft that is in the form, or take some out of it.

    Its text is saved only if there is no draft yet. A script gets the list of files.
    """
    form = bound(request)
    if not is_valid(form):
        return again(request, form)
    try:
        more = chosen_files(request)
        refuse_too_much([*form.sizes(), *(len(file.data) for file in more)])
        saved = form.draft
        if not saved.pk:
            saved = actions.save_draft(form.written(), by=request.user)
        pasted = put_files(request, form, saved, more=more)
    except ValidationError as error:
        form.add_error("attachments", error.messages)
        return again(request, form)
    except DraftChangedError as error:
        return changed(request, form, error.draft)
    except DraftGoneError as error:
        return gone(request, form, error.draft)
    if not wants_json(request):
        return redirect("wagtail_ecp:draft", saved.pk)
    context = {"files": saved.files.beside()}
    template = "wagtail_ecp/admin/includes/conversation/draft_file_list.html"
    return JsonResponse(
        {
            "version": saved.version,
            "url": reverse("wagtail_ecp:draft", args=[saved.pk]),
            "html": render_to_string(template, context),
            # In the order in which they came; None for what became an attachment.
            "pictures": [_picture(file) if file.is_inline else None for file in pasted],
        }
    )


def _picture(file: DraftFile) -> dict[str, Any]:
    """Return what the editor shows of a picture."""
    src = reverse("wagtail_ecp:draft_picture", args=[file.pk])
    return {"id": file.pk, "src": src, "alt": file.name}


@require_safe
def draft_picture(request: HttpRequest, file_id: int) -> HttpResponse:
    """Return a picture that was pasted into a draft."""
    file = find_picture(request, file_id)
    data = blobs.read(file.blob_id)
    response = HttpResponse(data, content_type=file.content_type)
    response["Cache-Control"] = KEPT
    return harmless(response, FILE_POLICY)
