"""The buttons that say what is spam: each looks up, acts and leads back."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin import marked
from wagtail_ecp.admin.lookups import find_conversation, find_incoming
from wagtail_ecp.admin.onward import go_back, go_on
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery, to_message
from wagtail_ecp.admin.undo_notice import offer_undo
from wagtail_ecp.inbox import actions
from wagtail_ecp.spam.models import Mark

Verdict = Mark.Verdict


@refuses_forgery
@require_POST
def mark(request: AdminRequest, number: int) -> HttpResponse:
    """Mark a conversation; one is done with spam, what is wanted stays open."""
    found = find_conversation(request, number)
    verdict = _verdict(request)
    done = actions.mark(found, verdict, by=request.user)
    is_spam = verdict == Verdict.SPAM
    words = marked.in_words(1, verdict) if is_spam else _wanted_words()
    offer_undo(request, done, words, wanted=[] if is_spam else [found.pk])
    return go_on(request, found) if is_spam else go_back(request, found)


@refuses_forgery
@require_POST
def mark_message(request: AdminRequest, message_id: int) -> HttpResponse:
    """Mark one message of several."""
    message = find_incoming(request, message_id)
    verdict = _verdict(request)
    actions.mark(message.conversation, verdict, by=request.user, only=message)
    notices.success(
        request,
        _("This message counts as spam. The filter learns from it.")
        if verdict == Verdict.SPAM
        else _("This message is not spam any more. The filter learns from it."),
    )
    return to_message(message)


@refuses_forgery
@require_POST
def take_back_mark(request: AdminRequest, message_id: int) -> HttpResponse:
    """Leave the verdict on a marked message to the filter again."""
    message = find_incoming(request, message_id)
    actions.take_back_mark(message, by=request.user)
    notices.success(
        request,
        _("The mark is taken back: the filter unlearns it, and judges this message."),
    )
    return to_message(message)


def _verdict(request: AdminRequest) -> Verdict:
    given = request.POST.get("verdict", "")
    if given not in (Verdict.SPAM, Verdict.WANTED):
        raise BadRequest("Mail is spam, or it is wanted.")
    return Verdict(given)


def _wanted_words() -> str:
    words = _("Not spam any more: this conversation is in the inbox again.")
    learns = _("The filter learns from it.")
    return f"{words} {learns}"
