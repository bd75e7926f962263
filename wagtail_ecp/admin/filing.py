"""The buttons of a conversation: each looks up, acts and leads back."""

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin.lookups import find_conversation, find_merge, find_outbox
from wagtail_ecp.admin.onward import go_back, go_on
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery
from wagtail_ecp.admin.places import came_from
from wagtail_ecp.admin.undo_notice import offer_undo
from wagtail_ecp.inbox import actions, permissions
from wagtail_ecp.inbox.models import Folder
from wagtail_ecp.journal.actions import display_name


@refuses_forgery
@require_POST
def assign(request: AdminRequest, number: int) -> HttpResponse:
    """Make the chosen colleague answer for the conversation, or nobody; with a note.

    ``me`` stands for whoever asks.
    """
    found = find_conversation(request, number)
    if not permissions.can_reply(request.user, found.mailbox):
        raise PermissionDenied(_("You may only read mail in this mailbox."))
    chosen = request.POST.get("assignee", "")
    if chosen == "me":
        chosen = str(request.user.pk)
    possible = {str(user.pk): user for user in permissions.possible_assignees(found)}
    if chosen and chosen not in possible:
        raise BadRequest("This person may not answer here.")
    to, note = possible.get(chosen), request.POST.get("note", "")
    try:
        assigned = actions.assign(found, to=to, by=request.user, note=note)
    except ValidationError as refusal:
        notices.error(request, " ".join(refusal.messages))
        return go_back(request, found)
    words = (
        _("%(name)s answers for #%(number)s.")
        if to
        else _("Nobody in particular answers for #%(number)s.")
    )
    told = {"name": display_name(to), "number": found.pk}
    offer_undo(request, assigned, words % told)
    return go_on(request, found)


@refuses_forgery
@require_POST
def move(request: AdminRequest, number: int) -> HttpResponse:
    """File the conversation in another folder."""
    found = find_conversation(request, number)
    try:
        folder = Folder(request.POST.get("folder", ""))
    except ValueError:
        raise BadRequest("There is no such folder.") from None
    moved = actions.move_to(folder, found, by=request.user)
    offer_undo(
        request,
        moved,
        _("#%(number)s is in “%(folder)s” now.")
        % {"number": found.pk, "folder": folder.label},
    )
    return go_on(request, found)


@refuses_forgery
@require_POST
def mark_unread(request: AdminRequest, number: int) -> HttpResponse:
    """Leave the conversation to be seen by the team again; back to the list."""
    found = find_conversation(request, number)
    marked = actions.mark_read(found, by=request.user, is_read=False)
    offer_undo(
        request,
        marked,
        _("#%(number)s counts as unread again.") % {"number": found.pk},
    )
    return redirect(came_from(request, found).url)


@refuses_forgery
@require_POST
def undo_merge(request: AdminRequest, merge_id: int) -> HttpResponse:
    """Make two conversations of what was merged."""
    row = find_merge(request, merge_id)
    separated = actions.unmerge(row, by=request.user)
    notices.success(
        request,
        _("#%(number)s is a conversation of its own again.") % {"number": separated.pk},
    )
    return redirect("wagtail_ecp:conversation", row.kept_id)


@refuses_forgery
@require_POST
def send_again(request: AdminRequest, message_id: int) -> HttpResponse:
    """Send once more what failed, or what may not have arrived."""
    outbox = find_outbox(request, message_id)
    actions.send_again(outbox, by=request.user)
    notices.success(request, _("It is on its way again."))
    return redirect("wagtail_ecp:conversation", outbox.message.conversation_id)


@refuses_forgery
@require_POST
def settle(request: AdminRequest, message_id: int) -> HttpResponse:
    """Note that a person knows that a message of unknown fate arrived."""
    outbox = find_outbox(request, message_id)
    actions.settle_as_sent(outbox, by=request.user)
    notices.success(request, _("Noted: it arrived."))
    return redirect("wagtail_ecp:conversation", outbox.message.conversation_id)
