"""Moving to another mailbox, merging and splitting."""

from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.onward import go_back, go_on
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.admin.undo_notice import offer, offer_undo
from wagtail_ecp.inbox import actions, permissions
from wagtail_ecp.inbox.models import Conversation, Mailbox, Merge, Message

#: So many conversations of the same people are offered for a merge.
OFFERED = 20
#: So many of their latest messages are looked at for that.
LOOKED_AT = 200


@refuses_forgery
@require_POST
def switch(request: AdminRequest, number: int) -> HttpResponse:
    """Move the conversation to another mailbox."""
    found = find_conversation(request, number)
    chosen = request.POST.get("mailbox", "")
    visible = Mailbox.objects.visible_to(request.user)
    mailbox = visible.filter(pk=chosen).first() if chosen.isdecimal() else None
    if mailbox is None:
        raise BadRequest("There is no such mailbox.")
    try:
        done = actions.switch(found, to=mailbox, by=request.user)
    except ValidationError as refusal:
        notices.error(request, " ".join(refusal.messages))
        return go_back(request, found)
    offer_undo(
        request,
        done,
        _("#%(number)s is in %(mailbox)s now.")
        % {"number": found.pk, "mailbox": mailbox.name},
    )
    return go_on(request, found)


@refuses_forgery
def merge(request: AdminRequest, number: int) -> HttpResponse:
    """Merge with the conversation that is chosen or whose number is given."""
    found = find_conversation(request, number)
    _require_reply(request, found)
    given = request.POST.get("other", "") or request.POST.get("number", "")
    error = ""
    if request.method == "POST":
        try:
            return _merged(request, found, _other(request, given))
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
    return _screen(
        request,
        found,
        "merge.html",
        title=_("Merge #%(number)s") % {"number": found.pk},
        offered=_offered(request, found),
        given=request.POST.get("number", ""),
        chosen=request.POST.get("other", ""),
        error=error,
    )


def _other(request: AdminRequest, given: str) -> Conversation:
    """Return the conversation of a number that somebody wrote."""
    digits = given.strip().removeprefix("#").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):  # noqa: PLR2004
        raise ValidationError(_("Choose a conversation, or give its number."))
    visible = Conversation.objects.visible_to(request.user)
    part = visible.filter(pk=int(digits)).first()
    other = part and visible.filter(pk=part.whole.pk).select_related("mailbox").first()
    if other is None:
        raise ValidationError(
            _("There is no conversation #%(number)s that you may read.")
            % {"number": digits}
        )
    if not permissions.can_reply(request.user, other.mailbox):
        raise ValidationError(
            _("You may only read #%(number)s: it lies in %(mailbox)s.")
            % {"number": other.pk, "mailbox": other.mailbox.name}
        )
    return other


def _merged(
    request: AdminRequest, found: Conversation, other: Conversation
) -> HttpResponse:
    kept = actions.merge(found, other, by=request.user)
    row = Merge.objects.filter(kept=kept, undone_at=None).order_by("-pk")[0]
    offer(
        request,
        _("#%(gone)s is part of #%(kept)s now.")
        % {"gone": row.gone_id, "kept": kept.pk},
        reverse("wagtail_ecp:undo_merge", args=[row.pk]),
    )
    return go_back(request, kept)


def _offered(request: AdminRequest, found: Conversation) -> list[Conversation]:
    """Return other conversations of the same people, the latest first."""
    theirs = found.messages.filter(direction=Message.Direction.IN)
    senders = set(theirs.order_by("-at").values_list("sender_key", flat=True)[:OFFERED])
    boxes = Mailbox.objects.visible_to(request.user).values_list("pk", flat=True)
    alike = Message.objects.filter(
        mailbox__in=list(boxes), sender_key__in=senders - {""}
    )
    latest = alike.exclude(conversation=found.pk).order_by("-pk")
    numbers = set(latest.values_list("conversation", flat=True)[:LOOKED_AT])
    whole = Conversation.objects.visible_to(request.user).whole()
    return list(
        whole.filter(pk__in=numbers)
        .select_related("mailbox")
        .order_by("-last_message_at", "-pk")[:OFFERED]
    )


@refuses_forgery
def split(request: AdminRequest, number: int) -> HttpResponse:
    """Make a new conversation of a message, alone or with all that came after it."""
    found = find_conversation(request, number)
    _require_reply(request, found)
    rows = list(found.messages.in_order().defer("text"))
    given = request.POST.get("message") or request.GET.get("message", "")
    is_alone = request.POST.get("how") == "alone"
    error = ""
    if request.method == "POST":
        chosen = next((row for row in rows if str(row.pk) == given), None)
        try:
            return _split(request, found, chosen, is_alone=is_alone)
        except ValidationError as refusal:
            error = " ".join(refusal.messages)
    return _screen(
        request,
        found,
        "split.html",
        title=_("Split #%(number)s") % {"number": found.pk},
        messages_=rows,
        given=given,
        is_alone=is_alone,
        error=error,
    )


def _split(
    request: AdminRequest,
    found: Conversation,
    chosen: Message | None,
    *,
    is_alone: bool,
) -> HttpResponse:
    if chosen is None:
        raise ValidationError(_("Choose a message of this conversation."))
    chosen.conversation = found
    part, done = actions.split(chosen, by=request.user, with_later=not is_alone)
    offer_undo(
        request,
        done,
        _("This is #%(part)s now; the rest is #%(number)s.")
        % {"part": part.pk, "number": found.pk},
    )
    return redirect("wagtail_ecp:conversation", part.pk)


def _require_reply(request: AdminRequest, found: Conversation) -> None:
    if not permissions.can_reply(request.user, found.mailbox):
        raise PermissionDenied(_("You may only read mail in this mailbox."))


def _screen(
    request: AdminRequest,
    found: Conversation,
    template: str,
    *,
    title: str,
    **context: Any,
) -> HttpResponse:
    address = reverse("wagtail_ecp:conversation", args=[found.pk])
    return page(
        request,
        template,
        crumbs=[(f"#{found.pk}", address), (title, "")],
        context={"conversation": found, "title": title, **context},
        status=200,
    )
