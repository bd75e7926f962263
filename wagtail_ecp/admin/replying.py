"""Sends what was written beneath a conversation, or shows it again."""

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages as notices

from wagtail_ecp.admin.conversations import conversation_page
from wagtail_ecp.admin.lookups import find_reading
from wagtail_ecp.admin.own_profile import own_profile
from wagtail_ecp.admin.pages import AdminRequest, refuses_forgery
from wagtail_ecp.admin.reply_form import ReplyForm, answered_message
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation, Message

#: Where in the form an answer's own complaints belong.
FIELD_OF = {"nobody": "to", "empty": "body"}


@refuses_forgery
def reply(request: AdminRequest, number: int) -> HttpResponse:
    """Send an answer, or show the form again with what is wrong and all that it held."""
    reading = find_reading(request, number)
    found = reading.conversation
    if request.method != "POST":
        return redirect("wagtail_ecp:conversation", found.pk)
    if not reading.may_reply:
        raise PermissionDenied(_("You may only read mail in this mailbox."))
    latest = _latest(found)
    form = ReplyForm(own_profile(request), request.POST, request.FILES)
    if _is_valid(form) and _has_seen_all(form, latest):
        sent = _send(request, found, form)
        if sent:
            return _sent(request, found, sent, is_archived=form.archives)
    form.ask_again(latest)
    return conversation_page(request, reading, form=form)


def _latest(found: Conversation) -> int:
    """Return the number of the message that was stored last, 0 if there is none."""
    numbers = found.messages.order_by("-pk").values_list("pk", flat=True)
    return numbers.first() or 0


def _is_valid(form: ReplyForm) -> bool:
    try:
        return form.is_valid()
    except (ValueError, LookupError, TypeError, AttributeError):
        # Wagtail's editor takes for granted what it submits itself.
        raise BadRequest("This is not what the editor submits.") from None


def _has_seen_all(form: ReplyForm, latest: int) -> bool:
    """Tell the writer, once, that something came in while they wrote."""
    if latest <= form.cleaned_data["seen"]:
        return True
    form.add_error(
        None,
        _(
            "Something new arrived while you were writing; it is shown above. Nothing"
            " has been sent yet: send again if your answer still holds. Files must be"
            " chosen again."
        ),
    )
    return False


def _send(
    request: AdminRequest, found: Conversation, form: ReplyForm
) -> Message | None:
    messages = list(found.messages.in_order())
    try:
        return actions.reply(
            found,
            form.answer(site=request.build_absolute_uri("/"), user=request.user),
            answers=answered_message(messages),
            by=request.user,
            archive=form.archives,
        )
    except ValidationError as error:
        form.add_error(FIELD_OF.get(error.code or ""), error.messages)
        return None


def _sent(
    request: AdminRequest, found: Conversation, sent: Message, *, is_archived: bool
) -> HttpResponse:
    if not is_archived:
        notices.success(request, _("Your answer is on its way."))
        url = reverse("wagtail_ecp:conversation", args=[found.pk])
        return redirect(f"{url}#message-{sent.pk}")
    notices.success(
        request,
        _("Your answer is on its way, and #%(number)s is archived.")
        % {"number": found.pk},
    )
    return redirect("wagtail_ecp:folder", found.mailbox_id, found.folder)
