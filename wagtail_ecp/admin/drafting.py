"""Drafts: opened, saved as one types, thrown away and taken out again."""

from typing import Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.admin.composer import news_words
from wagtail_ecp.admin.draft_form import DraftForm, signed_by
from wagtail_ecp.admin.lookups import find_draft
from wagtail_ecp.admin.onward import address_of
from wagtail_ecp.admin.own_profile import own_profile
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery
from wagtail_ecp.admin.undo_notice import offer
from wagtail_ecp.admin.written import (
    again,
    bound,
    changed,
    compose_page,
    gone,
    is_valid,
    keep,
    wants_json,
    with_receipt,
)
from wagtail_ecp.inbox import actions, alerts
from wagtail_ecp.inbox.drafts import DraftChangedError, DraftGoneError, news_since
from wagtail_ecp.inbox.models import Draft, Mailbox
from wagtail_ecp.inbox.writing import (
    address,
    begun,
    pull_in_quote,
    switch,
    untouched,
)


@require_safe
def compose(request: AdminRequest) -> HttpResponse:
    """Show the form of a new e-mail, from the mailbox named or the member's own."""
    mine = Mailbox.objects.active().open_to(request.user, "reply", "manage")
    profile = own_profile(request)
    asked = (request.GET.get("mailbox", ""), str(profile.default_mailbox_id))
    by_number = {str(mailbox.pk): mailbox for mailbox in mine}
    found = [by_number[number] for number in asked if number in by_number]
    if not by_number:
        raise PermissionDenied
    mailbox = (found or list(by_number.values()))[0]
    draft = begun(mailbox, by=request.user)
    draft.to = request.GET.get("to", "")
    return compose_page(request, DraftForm(draft, user=request.user))


@require_safe
def draft(request: AdminRequest, draft_id: int) -> HttpResponse:
    """Open a draft where it is written, or lead to what was sent of it."""
    found = find_draft(request, draft_id)
    if found.message is not None:
        return redirect(address_of(found.message.conversation_id, found.message.pk))
    if found.discarded_at:
        raise Http404
    if found.conversation_id:
        return _to_conversation(found.conversation_id, f"?draft={found.pk}#write")
    alerts.note_opening(found, by=request.user)
    form = DraftForm(signed_by(found, request.user), user=request.user)
    return compose_page(request, form)


@refuses_forgery
@require_POST
def save(request: AdminRequest) -> HttpResponse:
    """Keep what was written so far; a script gets JSON, a form its page again."""
    form = bound(request)
    if not is_valid(form):
        return again(request, form)
    how = request.POST.get("turn", "")
    shown = form.written()
    is_begun = shown.version or not untouched(shown, by=request.user)
    if how in Draft.Kind.values and not is_begun:
        return _to_conversation(
            form.draft.conversation_id, f"?write={how}#write", request=request
        )
    _turn(shown, how, by=request.user)
    try:
        saved = keep(request, form, shown)
    except DraftChangedError as error:
        return changed(request, form, error.draft)
    except DraftGoneError as error:
        return gone(request, form, error.draft)
    if wants_json(request):
        return JsonResponse(_state(saved, by=request.user) | _signed_anew(form, saved))
    if not how:
        notices.success(request, _("Draft saved."))
    return with_receipt(request, _to_draft(request, saved), saved.key)


def _to_draft(request: AdminRequest, saved: Draft) -> HttpResponse:
    if saved.conversation_id is None:
        return redirect("wagtail_ecp:draft", saved.pk)
    query = f"?draft={saved.pk}#write"
    return _to_conversation(saved.conversation_id, query, request=request)


def _turn(shown: Draft, how: str, *, by: Any) -> None:
    """Make of what was written what a button asks for."""
    if how in Draft.Kind.values and shown.conversation is not None:
        address(shown, Draft.Kind(how), shown.answers)
    elif how == "switch":
        switch(shown)
    elif how == "inline":
        pull_in_quote(shown, by=by)


def _signed_anew(form: DraftForm, saved: Draft) -> dict[str, Any]:
    """Return the text with another mailbox's signature, if it got that just now."""
    if not form.is_signed_anew:
        return {}
    return {"body": form.body_shown(saved), "signed": saved.mailbox_id}


def _state(saved: Draft, *, by: Any) -> dict[str, Any]:
    """Return what the script needs to know."""
    news = (
        news_since(saved.seen, saved.conversation, by=by) if saved.conversation else []
    )
    return {
        "version": saved.version,
        "url": reverse("wagtail_ecp:draft", args=[saved.pk]),
        "discard": reverse("wagtail_ecp:discard_draft", args=[saved.pk]),
        "news": [news_words(message) for message in news],
        "newest": max((message.pk for message in news), default=0),
    }


@refuses_forgery
@require_POST
def discard(request: AdminRequest, draft_id: int) -> HttpResponse:
    """Throw a draft away, and offer to take it out again."""
    found = find_draft(request, draft_id)
    try:
        actions.discard_draft(found, by=request.user)
    except DraftGoneError:
        notices.error(request, _("This draft has been sent, or is to be sent."))
        return redirect("wagtail_ecp:draft", found.pk)
    words = _("The draft is thrown away.")
    offer(request, words, reverse("wagtail_ecp:restore_draft", args=[found.pk]))
    if found.conversation_id:
        return _to_conversation(found.conversation_id, "")
    return redirect("wagtail_ecp:start")


@refuses_forgery
@require_POST
def restore(request: AdminRequest, draft_id: int) -> HttpResponse:
    """Take a draft out of the bin and open it."""
    found = actions.restore_draft(find_draft(request, draft_id), by=request.user)
    return redirect("wagtail_ecp:draft", found.pk)


@refuses_forgery
@require_POST
def unschedule(request: AdminRequest, draft_id: int) -> HttpResponse:
    """Take a draft off the clock, to be written on."""
    found = find_draft(request, draft_id)
    try:
        actions.unschedule_draft(found, by=request.user)
    except DraftGoneError:
        notices.error(request, _("It is too late: this e-mail is on its way."))
    return redirect("wagtail_ecp:draft", found.pk)


def _to_conversation(
    number: int | None, rest: str, *, request: AdminRequest | None = None
) -> HttpResponse:
    if number is None:
        raise Http404
    came_from = request.POST.get("from", "") if request else ""
    url = reverse("wagtail_ecp:conversation", args=[number])
    if came_from:
        query, mark, fragment = rest.partition("#")
        rest = f"{query}{'&' if query else '?'}from={quote(came_from)}{mark}{fragment}"
    return redirect(f"{url}{rest}")
