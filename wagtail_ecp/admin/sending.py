"""Sends what was written, now or later, and takes it back."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.admin import messages as notices

from wagtail_ecp.admin.draft_form import DraftForm
from wagtail_ecp.admin.lookups import find_draft, find_message
from wagtail_ecp.admin.moments import read_moment
from wagtail_ecp.admin.onward import address_of, onward
from wagtail_ecp.admin.own_profile import own_profile
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery
from wagtail_ecp.admin.undo_notice import offer
from wagtail_ecp.admin.written import (
    CONFLICT,
    again,
    bound,
    changed,
    gone,
    is_valid,
    keep,
    with_receipt,
)
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.drafts import DraftChangedError, DraftGoneError, NewsError
from wagtail_ecp.inbox.models import Draft, Message

#: Where in the form what an e-mail itself lacks belongs.
FIELD_OF = {"nobody": "to", "empty": "body"}
LATER = "later"
#: Of a number that fits the database.
DIGITS = 18


@refuses_forgery
@require_POST
def send(request: AdminRequest) -> HttpResponse:
    """Send what was written, or show the form again with what is wrong; it is saved."""
    form = bound(request)
    if not is_valid(form):
        return again(request, form)
    try:
        saved = keep(request, form, form.written())
    except DraftChangedError as error:
        return changed(request, form, error.draft)
    except DraftGoneError as error:
        return _gone(request, form, error.draft)
    form.draft = saved
    form.show_version(saved.version)
    return with_receipt(request, _try(request, form, saved), saved.key)


def _try(request: AdminRequest, form: DraftForm, saved: Draft) -> HttpResponse:
    try:
        return _send(request, saved)
    except (DraftChangedError, DraftGoneError) as error:
        return _gone(request, form, error.draft)
    except NewsError as error:
        return _ask(request, form, error)
    except ValidationError as error:
        _add(form, error)
        return again(request, form)


def _send(request: AdminRequest, saved: Draft) -> HttpResponse:
    """Send a saved draft as the button says."""
    how, _blank, value = request.POST.get("then", "").partition(" ")
    has_seen = _number(request.POST.get("confirmed", ""))
    profile = own_profile(request)
    after = _afterwards(how, value, archives=profile.archive_on_reply)
    if how == LATER:
        at = read_moment(value or request.POST.get("send_at", ""))
        if at is None:
            raise ValidationError({"send_at": _("Choose when to send it.")})
        actions.schedule_draft(
            saved, at=at, by=request.user, after=after.as_data(), has_seen=has_seen
        )
        return _scheduled(request, saved, at)
    where = saved.conversation
    leads_to = onward(request, where) if where is not None else None
    message = actions.send_draft(
        saved,
        by=request.user,
        version=saved.version,
        after=after,
        has_seen=has_seen,
        undo=timedelta(seconds=profile.undo_seconds),
        site=request.build_absolute_uri("/"),
    )
    return _sent(request, message, after, leads_to)


def _number(value: str) -> int:
    is_one = value.isascii() and value.isdecimal() and len(value) <= DIGITS
    return int(value) if is_one else 0


def _afterwards(how: str, value: str, *, archives: bool) -> actions.Afterwards:
    """Return what the button asks for, and without one the preference."""
    if how == "snooze":
        until = read_moment(value)
        if until is None or until <= timezone.now():
            raise ValidationError({"snooze": _("Choose a time to come.")})
        return actions.Afterwards(snoozed_until=until)
    pressed = {"send": False, LATER: False, "archive": True}
    return actions.Afterwards(archives=pressed.get(how, archives))


def _sent(
    request: AdminRequest,
    message: Message,
    after: actions.Afterwards,
    leads_to: str | None,
) -> HttpResponse:
    words = _words(message, after)
    if message.outbox.undo_until is None:
        notices.success(request, words)
    else:
        seconds = own_profile(request).undo_seconds
        words += " " + ngettext(
            "You can take it back for %(seconds)s second.",
            "You can take it back for %(seconds)s seconds.",
            seconds,
        ) % {"seconds": seconds}
        offer(request, words, reverse("wagtail_ecp:unsend", args=[message.pk]))
    # Without a mark of its own the next page would open at the form's, "#write".
    onwards = f"{leads_to}#top" if leads_to else ""
    return redirect(onwards or address_of(message.conversation_id, message.pk))


def _words(message: Message, after: actions.Afterwards) -> str:
    number = {"number": message.conversation_id}
    if after.archives:
        return _("Your answer is on its way, and #%(number)s is archived.") % number
    if after.snoozed_until:
        return _("Your answer is on its way, and #%(number)s sleeps.") % number
    return _("Your answer is on its way.")


def _scheduled(request: AdminRequest, saved: Draft, at: Any) -> HttpResponse:
    when = date_format(timezone.localtime(at), "DATETIME_FORMAT")
    words = _("It will be sent on %(when)s") % {"when": when}
    url = reverse("wagtail_ecp:unschedule_draft", args=[saved.pk])
    offer(request, words, url)
    return redirect("wagtail_ecp:draft", saved.pk)


def _gone(request: AdminRequest, form: DraftForm, theirs: Draft) -> HttpResponse:
    """Lead on as the first press of the button did, if this is the second one."""
    message = theirs.message
    if message is not None and message.author_id == request.user.pk:
        return redirect("wagtail_ecp:draft", theirs.pk)
    return gone(request, form, theirs)


def _ask(request: AdminRequest, form: DraftForm, news: NewsError) -> HttpResponse:
    """Tell the writer, before anything is sent, what came in while they wrote."""
    number = len(news.messages)
    words = ngettext(
        "A new message came in while you were writing. Nothing has been sent yet:"
        " read it, and send your answer anyway if it still holds.",
        "%(number)s new messages came in while you were writing. Nothing has been sent"
        " yet: read them, and send your answer anyway if it still holds.",
        number,
    ) % {"number": number}
    form.add_error(None, words)
    return again(request, form, status=CONFLICT)


def _add(form: DraftForm, error: ValidationError) -> None:
    """Put each complaint to its field, the others above the form."""
    if hasattr(error, "error_dict"):
        for name, errors in error.error_dict.items():
            form.add_error(name if name in form.fields else None, errors)
    else:
        form.add_error(FIELD_OF.get(error.code or ""), error.messages)


@refuses_forgery
@require_POST
def unsend(request: AdminRequest, message_id: int) -> HttpResponse:
    """Take a message of one's own back and open its draft."""
    message = find_message(request, message_id)
    try:
        draft = actions.unsend(message, by=request.user)
    except actions.TooLateError as late:
        notices.error(request, str(late))
        return redirect("wagtail_ecp:conversation", message.conversation_id)
    notices.success(request, _("Nothing was sent: here is your draft."))
    return redirect("wagtail_ecp:draft", draft.pk)


@refuses_forgery
@require_POST
def send_now(request: AdminRequest, draft_id: int) -> HttpResponse:
    """Send at once what was to be sent by itself later."""
    found = find_draft(request, draft_id)
    try:
        after = actions.Afterwards.read(found.after)
        message = actions.send_draft(
            found,
            by=request.user,
            version=found.version,
            after=after,
            undo=timedelta(seconds=own_profile(request).undo_seconds),
            site=request.build_absolute_uri("/"),
        )
    except (ValidationError, NewsError, DraftChangedError, DraftGoneError):
        return _unscheduled(request, found)
    return _sent(request, message, after, None)


def _unscheduled(request: AdminRequest, found: Draft) -> HttpResponse:
    """Open it instead, where the form says what stands in the way."""
    try:
        actions.unschedule_draft(found, by=request.user)
    except DraftGoneError:
        return redirect("wagtail_ecp:draft", found.pk)
    notices.warning(
        request, _("Not sent yet: look at it once more, and send it from here.")
    )
    return redirect("wagtail_ecp:draft", found.pk)
