"""The conversation: reading it and answering in it."""

from collections.abc import Sequence

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.admin import marked
from wagtail_ecp.admin.conversation_history import history
from wagtail_ecp.admin.folders import folder_title
from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.admin.reading import Shown, shown
from wagtail_ecp.admin.refiling_words import learning
from wagtail_ecp.admin.reply_form import ReplyForm, answered_message, newest, unbound
from wagtail_ecp.inbox import actions, permissions
from wagtail_ecp.inbox.forecast import lessons
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    MemberProfile,
    Merge,
    Message,
)
from wagtail_ecp.journal.actions import display_name

#: Where in the form an answer's own complaints belong.
FIELD_OF = {"nobody": "to", "empty": "body"}

#: What the buttons offer, by the folder that the conversation is in.
MOVES = {
    Folder.INBOX: (Folder.ARCHIVE, Folder.TRASH),
    Folder.ARCHIVE: (Folder.INBOX, Folder.TRASH),
    Folder.SPAM: (Folder.TRASH,),
    Folder.TRASH: (Folder.INBOX,),
}


@require_safe
def conversation(request: AdminRequest, number: int) -> HttpResponse:
    """Show the conversation and note that the team has seen it."""
    found = find_conversation(request, number)
    if found.pk != number:  # It became part of another, whose number is this.
        return redirect("wagtail_ecp:conversation", found.pk)
    if found.is_unread:
        actions.mark_read(found, by=request.user)
        found.is_unread = False
    rows = shown(found)
    profile = MemberProfile.objects.of(request.user)
    form = unbound(found, [row.message for row in rows], profile=profile)
    return _page(request, found, rows=rows, form=form)


@refuses_forgery
def reply(request: AdminRequest, number: int) -> HttpResponse:
    """Send an answer, or show the form again with what is wrong and all that it held."""
    found = find_conversation(request, number)
    if request.method != "POST":
        return redirect("wagtail_ecp:conversation", found.pk)
    if not permissions.can_reply(request.user, found.mailbox):
        raise PermissionDenied(_("You may only read mail in this mailbox."))
    rows = shown(found)
    profile = MemberProfile.objects.of(request.user)
    form = ReplyForm(profile, request.POST, request.FILES)
    if _is_valid(form) and _has_seen_all(form, rows):
        sent = _send(request, found, form)
        if sent:
            return _sent(request, found, sent, is_archived=form.archives)
    form.ask_again(newest(row.message for row in rows))
    return _page(request, found, rows=rows, form=form)


def _is_valid(form: ReplyForm) -> bool:
    try:
        return form.is_valid()
    except (ValueError, LookupError, TypeError, AttributeError):
        # Wagtail's editor takes for granted what it submits itself.
        raise BadRequest("This is not what the editor submits.") from None


def _has_seen_all(form: ReplyForm, rows: Sequence[Shown]) -> bool:
    """Tell the writer, once, that something came in while they wrote."""
    if (newest(row.message for row in rows) or 0) <= form.cleaned_data["seen"]:
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


def _page(
    request: AdminRequest,
    found: Conversation,
    *,
    rows: Sequence[Shown],
    form: ReplyForm,
) -> HttpResponse:
    mailbox = found.mailbox
    may_reply = permissions.can_reply(request.user, mailbox)
    folder = Folder(found.folder)
    title = found.subject or _("(no subject)")
    return page(
        request,
        "conversation.html",
        crumbs=[
            (
                folder_title(mailbox, folder),
                reverse("wagtail_ecp:folder", args=[mailbox.pk, folder.value]),
            ),
            (f"#{found.pk}", ""),
        ],
        context={
            "conversation": found,
            "title": title,
            "header_title": f"{title} #{found.pk}",
            "status": Conversation.Status(found.status).label,
            "folder": folder,
            "folder_name": folder.value,
            "mailbox": mailbox,
            "is_spam": folder == Folder.SPAM,
            "marked": marked.recall(request, conversation=found),
            "learning": learning(lessons()),
            "moves": MOVES[folder],
            "rows": rows,
            "merges": _merges(found),
            "history": history(found),
            "may_reply": may_reply,
            "assignees": _assignees(found) if may_reply else [],
            "assignee_key": str(found.assignee_id or ""),
            "form": form if may_reply and mailbox.is_active else None,
            "media": form.media,
        },
    )


def _merges(found: Conversation) -> QuerySet[Merge]:
    standing = found.merges.filter(undone_at=None)
    return standing.order_by("at").only("gone", "by_name", "at")


def _assignees(found: Conversation) -> list[tuple[str, str]]:
    users = permissions.possible_assignees(found)
    return [(str(user.pk), display_name(user)) for user in users]
