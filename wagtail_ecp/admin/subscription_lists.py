"""Subscriptions in lists: one's own, and everybody's for administrators."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.admin import feed_links
from wagtail_ecp.admin.feed_words import contents, last_read, named
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.inbox.models import Conversation, Mailbox, Subscription
from wagtail_ecp.journal.actions import display_name

#: Subscriptions on one page, and of one member's own.
ROWS: Final = 50
OWN: Final = 200
_DIGITS: Final = 18


class Row(NamedTuple):
    """A subscription, in words."""

    pk: int
    name: str
    # Where it is, for who may read it.
    url: str
    contents: str
    last_read: str
    member: str
    created_at: Any


def own_rows(request: HttpRequest) -> list[Row]:
    """Return the viewer's own subscriptions, the latest first, for one query."""
    own = Subscription.objects.live().filter(user=request.user.pk).with_targets()
    readable = _readable(request)
    return [
        _row(row, *_own_name(row, request, readable=readable))
        for row in own.order_by("-pk")[:OWN]
    ]


def _own_name(
    row: Subscription, request: HttpRequest, *, readable: set[int]
) -> tuple[str, str]:
    if _may_be_named(row, request, readable=readable):
        return named(row.target).name, feed_links.subscribe_url(
            row.column, row.target_id
        )
    return _("something that you may no longer read"), ""


@require_safe
def everybodys(request: AdminRequest) -> HttpResponse:
    """Show administrators who subscribes to what, the latest first; no address."""
    if not can_administer(request.user):
        raise PermissionDenied
    found = Subscription.objects.live().with_targets().select_related("user")
    before = request.GET.get("before", "")
    is_later_page = before.isascii() and before.isdecimal() and len(before) <= _DIGITS
    if is_later_page:
        found = found.filter(pk__lt=int(before))
    rows = list(found.order_by("-pk")[: ROWS + 1])
    readable = _readable(request)
    return page(
        request,
        "feeds/list.html",
        crumbs=[(_("Feeds"), "")],
        context={
            "rows": list(_everybodys(rows[:ROWS], request, readable=readable)),
            "older": rows[ROWS - 1].pk if len(rows) > ROWS else None,
            "is_later_page": is_later_page,
            "serves_feeds": navigation(request).serves_feeds,
        },
    )


def _everybodys(
    rows: Iterable[Subscription], request: HttpRequest, *, readable: set[int]
) -> Iterable[Row]:
    for row in rows:
        member = display_name(row.user)
        if _may_be_named(row, request, readable=readable):
            about = named(row.target)
            yield _row(row, about.name, about.url, member=member)
        else:
            yield _row(row, _without_subject(row), "", member=member)


def _without_subject(row: Subscription) -> str:
    """Say what it is of to an administrator who may not read it."""
    target = row.target
    if isinstance(target, Mailbox):
        return target.name
    if isinstance(target, Conversation):
        told = {"number": target.whole.pk, "mailbox": target.whole.mailbox.name}
        return _("#%(number)s in %(mailbox)s") % told
    return _("a search of their own")


def _readable(request: HttpRequest) -> set[int]:
    return {mailbox.pk for mailbox in navigation(request).mailboxes}


def _may_be_named(
    row: Subscription, request: HttpRequest, *, readable: set[int]
) -> bool:
    target = row.target
    if isinstance(target, Mailbox):
        return target.pk in readable
    if isinstance(target, Conversation):
        return target.whole.mailbox_id in readable
    return bool(readable) and target.is_offered_to(request.user)


def _row(row: Subscription, name: str, url: str, *, member: str = "") -> Row:
    return Row(
        pk=row.pk,
        name=name,
        url=url,
        contents=contents(row),
        last_read=last_read(row),
        member=member,
        created_at=row.created_at,
    )
