"""The buttons that make senders contacts, whose mail is never spam, and strangers."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin import ticked
from wagtail_ecp.admin.lookups import find_incoming
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery, to_message
from wagtail_ecp.admin.undoing import way_back
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Message


@refuses_forgery
@require_POST
def add_contact(request: AdminRequest, message_id: int) -> HttpResponse:
    """Make the message's sender a contact."""
    message = find_incoming(request, message_id)
    try:
        _add(request, [message])
    except ValidationError as error:
        notices.error(request, error.messages[0])
    return to_message(message)


@refuses_forgery
@require_POST
def remove_contact(request: AdminRequest, message_id: int) -> HttpResponse:
    """Let the sender be a stranger again."""
    message = find_incoming(request, message_id)
    actions.remove_contact(message, by=request.user)
    notices.success(
        request,
        _("%(address)s is not a contact any more: their mail is judged again.")
        % {"address": message.sender_address},
    )
    return to_message(message)


@refuses_forgery
@require_POST
def add_contacts(request: AdminRequest) -> HttpResponse:
    """Make the ticked senders of what was not spam contacts."""
    found = ticked.messages(request)
    if found:
        _add(request, found)
    return redirect(way_back(request))


def _add(request: AdminRequest, found: Sequence[Message]) -> None:
    for message in found:
        actions.add_contact(message, by=request.user)
    words = ngettext(
        "%(names)s is a contact now. Mail that surely comes from there is never spam.",
        "These are contacts now: %(names)s. Mail that surely comes from them is never"
        " spam.",
        len(found),
    )
    names = ", ".join(message.sender_address for message in found)
    notices.success(request, words % {"names": names})
