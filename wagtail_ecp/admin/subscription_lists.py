"""Subscriptions in lists: one's own, and everybody's for administrators."""

from typing import Final, NamedTuple

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


def own_rows(request: HttpRequest) -> list[Row]:
    """Return the viewer's own subscriptions, the latest first, for one query."""
    own = Subscription.objects.live().filter(user=request.user.pk).with_targets()
    return [_own(row, request) for row in own.order_by("-pk")[:OWN]]


def _own(row: Subscription, request: HttpRequest) -> Row:
    if not _may_be_named(row, request):
        return _row(row, request, _("something that you may no longer read"))
    url = feed_links.subscribe_url(row.column, row.target_id)
    return _row(row, request, named(row.target).name, url)


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
    return page(
        request,
        "feeds/list.html",
        crumbs=[(_("Feeds"), "")],
        context={
            "rows": [_anybodys(row, request) for row in rows[:ROWS]],
            "older": rows[ROWS - 1].pk if len(rows) > ROWS else None,
            "is_later_page": is_later_page,
            "serves_feeds": navigation(request).serves_feeds,
        },
    )


def _anybodys(row: Subscription, request: HttpRequest) -> Row:
    member = display_name(row.user)
    if not _may_be_named(row, request):
        return _row(row, request, _without_subject(row), member=member)
    about = named(row.target)
    return _row(row, request, about.name, about.url, member=member)


def _without_subject(row: Subscription) -> str:
    """Say what it is of to an administrator who may not read it."""
    target = row.target
    if isinstance(target, Mailbox):
        return target.name
    if isinstance(target, Conversation):
        told = {"number": target.whole.pk, "mailbox": target.whole.mailbox.name}
        return _("#%(number)s in %(mailbox)s") % told
    return _("a search of their own")


def _may_be_named(row: Subscription, request: HttpRequest) -> bool:
    readable = {mailbox.pk for mailbox in navigation(request).mailboxes}
    target = row.target
    if isinstance(target, Mailbox):
        return target.pk in readable
    if isinstance(target, Conversation):
        return target.whole.mailbox_id in readable
    return bool(readable) and target.is_offered_to(request.user)


def _row(
    row: Subscription, request: HttpRequest, name: str, url: str = "", member: str = ""
) -> Row:
    return Row(
        pk=row.pk,
        name=name,
        url=url,
        contents=contents(row),
        last_read=last_read(row, navigation(request).zone),
        member=member,
    )
