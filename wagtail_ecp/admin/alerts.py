"""What a member is told of: the list, and having read it."""

import re
from typing import Any, Final, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.inbox import alerts as rows_of_alerts
from wagtail_ecp.inbox.models import Alert

ROWS: Final = 50
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


class Row(NamedTuple):
    """One alert, in words."""

    url: str
    subject: str
    words: str
    at: Any
    is_unread: bool


@require_safe
def alerts(request: AdminRequest) -> HttpResponse:
    """Show the member's newest 50 alerts, from the cursor on."""
    _require_member(request)
    found = rows_of_alerts.of(request.user)
    before = request.GET.get("before", "")
    is_later_page = _NUMBER.fullmatch(before) is not None
    if is_later_page:
        found = found.filter(pk__lt=int(before))
    about = ("conversation__mailbox", "message", "draft__mailbox")
    related = found.select_related(*about)
    light = related.defer("message__text", "message__addresses", "draft__body")
    rows = list(light[: ROWS + 1])
    return page(
        request,
        "alerts.html",
        crumbs=[(_("Alerts"), "")],
        context={
            "rows": [_row(alert) for alert in rows[:ROWS]],
            "newest": rows[0].pk if rows else "",
            "has_unread": bool(navigation(request).alerts),
            "older": rows[ROWS - 1].pk if len(rows) > ROWS else None,
            "is_later_page": is_later_page,
        },
    )


@require_POST
def read_all(request: AdminRequest) -> HttpResponse:
    """Note that the member has read all that the list showed, and all before it."""
    _require_member(request)
    until = request.POST.get("until", "")
    if _NUMBER.fullmatch(until):
        rows_of_alerts.read_all(by=request.user, until=int(until))
    return redirect("wagtail_ecp:alerts")


def _require_member(request: AdminRequest) -> None:
    if not navigation(request).mailboxes:
        raise PermissionDenied


def _row(alert: Alert) -> Row:
    about = alert.message, alert.draft, alert.conversation
    subjects = (one.subject for one in about if one is not None)
    return Row(
        url=_url(alert),
        subject=next(filter(None, subjects), _("(no subject)")),
        words=alert.words,
        at=alert.at,
        is_unread=alert.read_at is None,
    )


def _url(alert: Alert) -> str:
    """Return where it is: the draft, the message, or the conversation."""
    if alert.draft_id:
        return reverse("wagtail_ecp:draft", args=[alert.draft_id])
    url = reverse("wagtail_ecp:conversation", args=[alert.conversation_id])
    return f"{url}#message-{alert.message_id}" if alert.message_id else url
