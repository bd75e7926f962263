"""Puts our screens into the Wagtail admin's frame, and says no in its manner."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_ecp.admin import undo_notice
from wagtail_ecp.admin.navigation import navigation

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from wagtail_ecp.inbox.models import Message

View = Callable[..., HttpResponse]
Crumb = tuple[str, str]  # Label and address; the page itself has no address.


class AdminRequest(HttpRequest):
    """A request that Wagtail let into its admin: somebody is logged in."""

    user: "User"


def page(
    request: HttpRequest,
    template: str,
    *,
    crumbs: Sequence[Crumb],
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Return a screen with Wagtail's slim header; the last crumb is its title."""
    start = reverse("wagtail_ecp:start")
    # The title is a link as well: to nowhere, where nothing but a form has this address.
    own = start if request.method == "POST" else ""
    items = [{"label": _("Mail"), "url": start}]
    items += [{"label": label, "url": url or own} for label, url in crumbs]
    frame = {
        "breadcrumbs_items": items,
        "header_title": crumbs[-1][0],
        "header_icon": "mail",
        "ecp": navigation(request),
        "undo_notice": undo_notice.recall(request),
    }
    return render(
        request, f"wagtail_ecp/admin/{template}", frame | context, status=status
    )


def to_message(message: "Message") -> HttpResponse:
    """Lead to where a message stands in its conversation."""
    url = reverse("wagtail_ecp:conversation", args=[message.conversation_id])
    return redirect(f"{url}#message-{message.pk}")


def refuses_forgery(view: View) -> View:
    """Answer 403 where an action refuses somebody who may look at its object.

    Wagtail would lead them to its home page, which is right for a screen that is not
    theirs and wrong for a change that did not happen.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied as refusal:
            return page(
                request,
                "refused.html",
                crumbs=[(_("Not allowed"), "")],
                context={"reason": str(refusal)},
                status=403,
            )

    return answer
