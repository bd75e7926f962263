"""Where a member wants to be when something is done with."""

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
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


def go_on(request: HttpRequest, conversation: Conversation) -> HttpResponseRedirect:
    """Lead to what the member wishes to see when one is filed, snoozed or assigned.

    That is what ``onward`` says: ``conversation`` is as it was read before it changed,
    and so knows its place in the list. A list that acts on one of its rows asks to be
    shown again by ``then=list``.
    """
    if request.POST.get("then") == Then.LIST:
        return redirect(came_from(request, conversation).url)
    return redirect(onward(request, conversation) or _stay(request, conversation))


def go_back(request: HttpRequest, conversation: Conversation) -> HttpResponseRedirect:
    """Lead back to the conversation, or to the list that acted on its row."""
    if request.POST.get("then") == Then.LIST:
        return redirect(came_from(request, conversation).url)
    return redirect(_stay(request, conversation))


def _stay(request: HttpRequest, conversation: Conversation) -> str:
    """Return the conversation's address, with the list if one came from any."""
    if request.POST.get("from") or request.GET.get("from"):
        return came_from(request, conversation).url_of(conversation.pk)
    return reverse("wagtail_ecp:conversation", args=[conversation.pk])
