"""The wizard's last page: send a mail, and watch it arrive."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.admin.setup import marks
from wagtail_ecp.inbox.models import Conversation, Folder, Mailbox

FRAGMENT = "wagtail_ecp/admin/setup/arrival.html"


@require_GET
def ready(request: AdminRequest) -> HttpResponse:
    """Show where to send a first mail, whether it came, and what to do next."""
    found = navigation(request)
    if not found.is_shown:
        raise PermissionDenied
    if not found.has_account:
        return redirect("wagtail_ecp:setup")
    mailbox = _first_mailbox(request)
    users = get_user_model()._meta
    return page(
        request,
        "setup/ready.html",
        crumbs=[(_("Ready"), "")],
        context={
            **_arrival(request, mailbox),
            "marks": marks("ready"),
            "number": 5,
            "group": Group.objects.filter(mailbox_permissions__mailbox=mailbox).first(),
            "may_add_users": request.user.has_perm(
                f"{users.app_label}.add_{users.model_name}"
            ),
        },
    )


@require_GET
def arrived(request: AdminRequest) -> JsonResponse:
    """Tell the page whether mail came, and give it the words that say so."""
    found = navigation(request)
    if not found.is_shown:
        raise PermissionDenied
    context = _arrival(request, _first_mailbox(request))
    html = render_to_string(FRAGMENT, context, request=request)
    return JsonResponse({"arrived": context["has_arrived"], "html": html})


def _first_mailbox(request: AdminRequest) -> Mailbox:
    """Return the oldest mailbox; 404 for who neither reads nor administers it."""
    mailbox = Mailbox.objects.order_by("pk").first()
    if mailbox is None:
        raise Http404
    readable = {link.pk for link in navigation(request).mailboxes}
    if mailbox.pk not in readable and not navigation(request).is_administrator:
        raise Http404
    return mailbox


def _arrival(request: AdminRequest, mailbox: Mailbox) -> dict[str, Any]:
    """Return what came last but for old mail; its words only for who may read it."""
    new = Conversation.objects.filter(
        mailbox=mailbox, folder__in=(Folder.INBOX, Folder.SPAM)
    )
    latest = new.order_by("-last_message_at", "-pk").first()
    readable = {link.pk for link in navigation(request).mailboxes}
    troubles = mailbox.sources.exclude(last_error="").values_list(
        "last_error", flat=True
    )
    return {
        "mailbox": mailbox,
        "has_arrived": latest is not None,
        "conversation": latest if mailbox.pk in readable else None,
        "trouble": troubles.first(),
        "has_source": mailbox.sources.exists(),
    }
