"""Where a member wants to be when something is done with."""

from django.http import HttpRequest
from django.urls import reverse

from wagtail_ecp.admin.own_profile import own_profile
from wagtail_ecp.admin.places import came_from
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.models.profiles import Then


def onward(request: HttpRequest, conversation: Conversation) -> str | None:
    """Return the address to which the member's preference leads; None: they stay.

    To be asked before anything is done, which may move the conversation in its list.
    The next one is the one below it, at the end of the list the one above.
    """
    then = own_profile(request).then_shows
    if then == Then.STAY:
        return None
    place = came_from(request, conversation)
    if then == Then.LIST:
        return place.url
    beside = place.neighbours(conversation)
    number = beside.next or beside.previous
    return place.url_of(number) if number else place.url


def address_of(conversation: int, message: int) -> str:
    """Return where a message stands in its conversation."""
    url = reverse("wagtail_ecp:conversation", args=[conversation])
    return f"{url}#message-{message}"
