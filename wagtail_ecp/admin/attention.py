"""Stars and follows: each member's own; as a form, or for a script as JSON."""

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.onward import go_back
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation


@refuses_forgery
@require_POST
def star(request: AdminRequest, number: int) -> HttpResponse:
    """Star the conversation, or take the star off, as ``on`` says."""
    found = find_conversation(request, number)
    is_on = _is_on(request)
    actions.star(found, by=request.user, is_starred=is_on)
    return _answer(request, found, is_on=is_on, words=star_words(is_on=is_on))


@refuses_forgery
@require_POST
def star_row(request: AdminRequest) -> HttpResponse:
    """Star a row of a list, whose number is ``on``, or take the star of ``off`` off."""
    is_on = "on" in request.POST
    number = request.POST.get("on" if is_on else "off", "")
    if not number.isdecimal() or len(number) > 18:  # noqa: PLR2004
        raise Http404
    found = find_conversation(request, int(number))
    actions.star(found, by=request.user, is_starred=is_on)
    return _answer(request, found, is_on=is_on, words=star_words(is_on=is_on))


def star_words(*, is_on: bool) -> str:
    """Say whether a conversation has a star now."""
    if is_on:
        return _("#%(number)s is starred.")
    return _("#%(number)s has no star now.")


@refuses_forgery
@require_POST
def follow(request: AdminRequest, number: int) -> HttpResponse:
    """Tell the member of what comes in from now on, or no longer, as ``on`` says."""
    found = find_conversation(request, number)
    is_on = _is_on(request)
    actions.follow(found, by=request.user, is_followed=is_on)
    words = (
        _("You follow #%(number)s: you are told of what comes in.")
        if is_on
        else _("You do not follow #%(number)s any more.")
    )
    return _answer(request, found, is_on=is_on, words=words)


def _is_on(request: HttpRequest) -> bool:
    wanted = {"1": True, "0": False}.get(request.POST.get("on", ""))
    if wanted is None:
        raise BadRequest("It is on, or it is off.")
    return wanted


def _answer(
    request: AdminRequest, found: Conversation, *, is_on: bool, words: str
) -> HttpResponse:
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"on": is_on})
    notices.success(request, words % {"number": found.pk})
    return go_back(request, found)
