"""What was ticked on a page: numbers that a form gives, and what they stand for."""

from collections.abc import Collection, Iterable

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import Mailbox, Message

#: More than any page of ours has boxes.
MOST = 500
#: As many as any database's integer surely holds.
DIGITS = 18


def numbers(request: AdminRequest, name: str) -> Collection[int]:
    """Return the numbers of this name that the form gives."""
    given = set(request.POST.getlist(name))
    if len(given) > MOST:
        raise BadRequest("A page has fewer rows.")
    if not all(text.isdecimal() and len(text) <= DIGITS for text in given):
        raise BadRequest("These are no numbers.")
    return {int(text) for text in given}


def messages(request: AdminRequest) -> list[Message]:
    """Return ticked messages that came from an address.

    404 or 403 unless the user may change all of their conversations.
    """
    asked = numbers(request, "message")
    visible = Message.objects.visible_to(request.user).exclude(sender_key="")
    incoming = visible.filter(pk__in=asked, direction=Message.Direction.IN)
    found = list(incoming.select_related("conversation__mailbox").order_by("pk"))
    if len(found) != len(asked):
        raise Http404
    _require_reply(request, {message.conversation.mailbox for message in found})
    return found


def _require_reply(request: AdminRequest, mailboxes: Iterable[Mailbox]) -> None:
    """Refuse who may only read there, before anything is changed."""
    for mailbox in mailboxes:
        if not permissions.can_reply(request.user, mailbox):
            raise PermissionDenied(_("You may only read mail in this mailbox."))
