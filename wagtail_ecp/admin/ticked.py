"""What was ticked on a page of a list, and the way back to that page."""

from collections.abc import Collection, Iterable

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.inbox import lists, permissions
from wagtail_ecp.inbox.cursors import Cursor
from wagtail_ecp.inbox.models import Conversation, Mailbox, Message

#: Rows of a page, and so the most that are changed at once.
MOST = 50
#: As many as any database's integer surely holds.
DIGITS = 18


def conversations(
    request: AdminRequest, mailbox_id: int, name: str
) -> list[Conversation]:
    """Return the ticked rows; 404 or 403 unless the user may change all of them."""
    require_list(request, mailbox_id, name)
    numbers = _numbers(request, "row")
    visible = Conversation.objects.visible_to(request.user).order_by("pk")
    found = list(visible.filter(pk__in=numbers).select_related("mailbox"))
    _require_all(len(numbers), len(found))
    require_reply(request, {row.mailbox for row in found})
    return found


def messages(request: AdminRequest, mailbox_id: int, name: str) -> list[Message]:
    """Return ticked messages that came from an address; errors as above."""
    require_list(request, mailbox_id, name)
    numbers = _numbers(request, "message")
    visible = Message.objects.visible_to(request.user).exclude(sender_key="")
    incoming = visible.filter(pk__in=numbers, direction=Message.Direction.IN)
    found = list(incoming.select_related("conversation__mailbox").order_by("pk"))
    _require_all(len(numbers), len(found))
    require_reply(request, {message.conversation.mailbox for message in found})
    return found


def require_list(request: AdminRequest, mailbox_id: int, name: str) -> None:
    """Refuse who may not see the list, or only look at it."""
    if name not in lists.BY_NAME:
        raise Http404
    mailbox = get_object_or_404(Mailbox.objects.visible_to(request.user), pk=mailbox_id)
    require_reply(request, {mailbox})


def require_reply(request: AdminRequest, mailboxes: Iterable[Mailbox]) -> None:
    """Refuse who may only read there, before anything is changed."""
    for mailbox in mailboxes:
        if not permissions.can_reply(request.user, mailbox):
            raise PermissionDenied(_("You may only read mail in this mailbox."))


def to_list(request: AdminRequest, mailbox_id: int, name: str) -> HttpResponse:
    """Lead back to the page that this came from."""
    url = reverse("wagtail_ecp:folder", args=[mailbox_id, name])
    cursor = Cursor.read(request.POST.get("before", ""))
    return redirect(f"{url}?before={cursor}" if cursor else url)


def _require_all(asked: int, found: int) -> None:
    if found != asked:
        raise Http404


def _numbers(request: AdminRequest, name: str) -> Collection[int]:
    given = set(request.POST.getlist(name))
    if len(given) > MOST:
        raise BadRequest("A page has fewer rows.")
    if not all(text.isdecimal() and len(text) <= DIGITS for text in given):
        raise BadRequest("These are no numbers.")
    return {int(text) for text in given}
