"""The people who write to us: the list, one of them, and whom one finds by typing."""

import re
from typing import Any, Final, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, Crumb, page
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox import correspondents, permissions
from wagtail_ecp.inbox.cursors import Cursor
from wagtail_ecp.inbox.lists import NEWEST
from wagtail_ecp.inbox.models import Conversation

ROWS: Final = 50
CONVERSATIONS: Final = 25
#: Characters of a search that are read.
LONGEST: Final = 200
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


class Row(NamedTuple):
    """One contact in the list, in words."""

    url: str
    name: str
    addresses: str
    origin: str


class Conversed(NamedTuple):
    """One conversation with a contact, in words."""

    url: str
    subject: str
    snippet: str
    mailbox: str
    folder: str
    at: Any


@require_safe
def contacts(request: AdminRequest) -> HttpResponse:
    """Show 50 contacts by name, from the cursor on: the added ones, or what is sought."""
    if not navigation(request).mailboxes:
        raise PermissionDenied
    sought = request.GET.get("q", "")[:LONGEST].strip()
    if sought:
        found = correspondents.search(sought, user=request.user)
    else:
        found = correspondents.added(request.user)
    after = _named_by(request, request.GET.get("after", ""))
    rows = list(_after(found, after).prefetch_related("addresses")[: ROWS + 1])
    last = {"after": rows[ROWS - 1].pk} if len(rows) > ROWS else {}
    more = last | ({"q": sought} if sought else {})
    return page(
        request,
        "contacts/list.html",
        crumbs=[(_("Contacts"), "")],
        context={
            "rows": [_row(contact) for contact in rows[:ROWS]],
            "sought": sought,
            "is_later_page": after is not None,
            "more": f"?{urlencode(more)}" if last else "",
            "may_reply": permissions.can_reply_somewhere(request.user),
        },
    )


@require_safe
def contact(request: AdminRequest, contact_id: int) -> HttpResponse:
    """Show a contact, and the conversations with them that the user may read."""
    found = find_contact(request, contact_id)
    cursor = Cursor.read(request.GET.get("before", ""))
    theirs = correspondents.conversations_with(found, user=request.user)
    if cursor:
        theirs = NEWEST.beyond(cursor, theirs)
    rows = list(NEWEST.sort(theirs)[: CONVERSATIONS + 1])
    has_more = len(rows) > CONVERSATIONS
    rows = rows[:CONVERSATIONS]
    addresses = list(found.addresses.order_by("pk"))
    name = found.name or (addresses[0].address if addresses else str(found))
    return page(
        request,
        "contacts/contact.html",
        crumbs=[list_crumb(), (name, "")],
        context={
            "contact": found,
            "name": name,
            "addresses": addresses,
            "is_only": len(addresses) == 1,
            "conversations": [_conversed(row) for row in rows],
            "is_later_page": cursor is not None,
            "older": NEWEST.cursor(rows[-1]) if has_more else None,
            "may_reply": permissions.can_reply_somewhere(request.user),
        },
    )


@never_cache
@require_safe
def complete_contacts(request: AdminRequest) -> JsonResponse:
    """Return up to ten names and addresses that begin with what was typed, as "q"."""
    if not permissions.can_reply_somewhere(request.user):
        raise PermissionDenied
    found = correspondents.complete(request.GET.get("q", ""), user=request.user)
    return JsonResponse([one._asdict() for one in found], safe=False)


def find_contact(request: AdminRequest, contact_id: int) -> Contact:
    """Return the contact of this number; 404 for whom the user may not see."""
    return get_object_or_404(correspondents.visible_to(request.user), pk=contact_id)


def list_crumb() -> Crumb:
    """Return the way back to the list."""
    return _("Contacts"), reverse("wagtail_ecp:contacts")


def _named_by(request: AdminRequest, number: str) -> Contact | None:
    if not _NUMBER.fullmatch(number):
        return None
    return correspondents.visible_to(request.user).filter(pk=int(number)).first()


def _after(found: QuerySet[Contact], last: Contact | None) -> QuerySet[Contact]:
    if last is None:
        return found
    later = found.filter(sort_key__gte=last.sort_key)
    return later.exclude(sort_key=last.sort_key, pk__lte=last.pk)


def _row(found: Contact) -> Row:
    addresses = [row.address for row in found.addresses.all()]
    return Row(
        url=reverse("wagtail_ecp:contact", args=[found.pk]),
        name=found.name or (addresses[0] if addresses else str(found)),
        addresses=", ".join(addresses),
        origin=_origin(found),
    )


def _origin(found: Contact) -> str:
    if not found.is_added:
        return _("merely seen")
    if not found.added_by_name:
        return _("added")
    return _("added by %(name)s") % {"name": found.added_by_name}


def _conversed(row: Conversation) -> Conversed:
    return Conversed(
        url=reverse("wagtail_ecp:conversation", args=[row.pk]),
        subject=row.subject or _("(no subject)"),
        snippet=row.snippet[:100],
        mailbox=row.mailbox.name,
        folder=str(row.get_folder_display()),
        at=row.last_message_at,
    )
