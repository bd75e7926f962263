"""The buttons that say what is spam: each looks up, acts and leads back."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin import marked, ticked
from wagtail_ecp.admin.lookups import find_conversation, find_incoming
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery, to_message
from wagtail_ecp.inbox import actions
from wagtail_ecp.spam.models import Mark

Verdict = Mark.Verdict


@refuses_forgery
@require_POST
def mark_rows(request: AdminRequest, mailbox_id: int, name: str) -> HttpResponse:
    """Mark the list's ticked conversations: all of them, or none if one is refused."""
    found = ticked.conversations(request, mailbox_id, name)
    verdict = _verdict(request)
    for conversation in found:
        actions.mark(conversation, verdict, by=request.user)
    if found:
        marked.remember(request, [row.pk for row in found], verdict)
    else:
        notices.warning(request, _("Tick conversations first, then press again."))
    return ticked.to_list(request, mailbox_id, name)


@refuses_forgery
@require_POST
def undo_marks(request: AdminRequest, mailbox_id: int, name: str) -> HttpResponse:
    """Undo what was marked a moment ago, where nothing has happened since."""
    found = ticked.conversations(request, mailbox_id, name)
    kept = [row for row in found if not actions.undo_mark(row, by=request.user)]
    if kept:
        notices.warning(
            request,
            _("Not undone, because something has happened there since: %(numbers)s.")
            % {"numbers": ", ".join(f"#{row.pk}" for row in kept)},
        )
    else:
        notices.success(request, _("Undone: all is as it was."))
    return ticked.to_list(request, mailbox_id, name)


@refuses_forgery
@require_POST
def mark(request: AdminRequest, number: int) -> HttpResponse:
    """Mark a conversation; spam leads back to the list, what is wanted stays open."""
    found = find_conversation(request, number)
    before, verdict = found.folder, _verdict(request)
    actions.mark(found, verdict, by=request.user)
    marked.remember(request, [found.pk], verdict)
    if verdict == Verdict.SPAM:
        return redirect("wagtail_ecp:folder", found.mailbox_id, before)
    return redirect("wagtail_ecp:conversation", found.pk)


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
