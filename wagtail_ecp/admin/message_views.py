"""One message by itself: its body for a folded line, and every other way to see it."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from wagtail_ecp.admin.lookups import find_message
from wagtail_ecp.admin.message_parts import raw_mail
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.admin.quoted_text import folded
from wagtail_ecp.admin.reading import in_whole, shown
from wagtail_ecp.admin.reasons_here import why_here
from wagtail_ecp.admin.remote_images import RemoteImages
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.mail.headers_shown import headers_of
from wagtail_ecp.mail.visible import source_text

#: Characters of a source; a browser shows no more of them with ease.
SOURCE_SHOWN: Final = 300_000


@require_safe
def message_body(request: AdminRequest, message_id: int) -> HttpResponse:
    """Return a message as it stands in its conversation, for the line that it was."""
    visible = in_whole(Message.objects.visible_to(request.user))
    related = visible.select_related("conversation__mailbox")
    message = get_object_or_404(related, pk=message_id)
    mailbox = message.conversation.mailbox
    return render(
        request,
        "wagtail_ecp/admin/includes/message.html",
        {
            "row": shown(message),
            "message": message,
            "may_reply": permissions.can_reply(request.user, mailbox),
            "images": RemoteImages(request.user),
        },
    )


class Form(NamedTuple):
    """One way to see a message: its name in the address, its label, what it shows."""

    name: str
    label: Any
    template: str
    context: Callable[[AdminRequest, Message], dict[str, Any]]


@require_safe
def message_view(request: AdminRequest, message_id: int, form: str) -> HttpResponse:
    """Show a message in one of ``FORMS``; ``?fragment`` asks for nothing around it."""
    message = find_message(request, message_id)
    found = next((one for one in forms_of(message) if one.name == form), None)
    if found is None:
        raise Http404
    context: dict[str, Any] = {
        "message": message,
        "template": f"wagtail_ecp/admin/{found.template}",
    }
    context |= found.context(request, message)
    if "fragment" in request.GET:
        return render(request, context["template"], context)
    url = reverse("wagtail_ecp:conversation", args=[message.conversation_id])
    return page(
        request,
        "message_view.html",
        crumbs=[
            (f"#{message.conversation_id}", f"{url}#message-{message.pk}"),
            (str(found.label), ""),
        ],
        context={
            **context,
            "header_title": f"{found.label} #{message.conversation_id}",
            "forms": forms_of(message),
            "form_name": found.name,
            "back": f"{url}#message-{message.pk}",
        },
    )


def forms_of(message: Message) -> list[Form]:
    """Return the ways in which this message can be seen."""
    return [
        form
        for form in FORMS
        if (form.name != "html" or message.has_html)
        and (form.name != "why" or not message.is_ours)
    ]


def _text(request: AdminRequest, message: Message) -> dict[str, Any]:
    del request
    return {"text": folded(message.text.strip())}


def _html(request: AdminRequest, message: Message) -> dict[str, Any]:
    del request, message
    return {}


def _source(request: AdminRequest, message: Message) -> dict[str, Any]:
    del request
    # Some bytes make several characters, and none makes less than a quarter of one.
    text = source_text(raw_mail(message)[: SOURCE_SHOWN * 4])
    return {"source": text[:SOURCE_SHOWN], "is_cut": len(text) > SOURCE_SHOWN}


def _headers(request: AdminRequest, message: Message) -> dict[str, Any]:
    del request
    return {"headers": headers_of(raw_mail(message))}


FORMS: Final = (
    Form("text", gettext_lazy("Plain text"), "includes/views/text.html", _text),
    Form("html", gettext_lazy("HTML"), "includes/views/html.html", _html),
    Form(
        "headers", gettext_lazy("All headers"), "includes/views/headers.html", _headers
    ),
    Form(
        "source", gettext_lazy("Original source"), "includes/views/source.html", _source
    ),
    Form("why", gettext_lazy("Why is it here?"), "includes/views/why.html", why_here),
)
