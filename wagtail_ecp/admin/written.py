"""What a browser sent of an e-mail that is being written, and its page again."""

from collections.abc import Sequence

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_ecp.admin.composer import filled, scheduled
from wagtail_ecp.admin.conversations import conversation_page
from wagtail_ecp.admin.draft_form import DraftForm
from wagtail_ecp.admin.lookups import find_conversation, find_reading
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.inbox import actions, pictures
from wagtail_ecp.inbox.actions import GivenFile
from wagtail_ecp.inbox.models import Conversation, Draft, DraftFile, Mailbox
from wagtail_ecp.inbox.models.drafts import new_key

CONFLICT = 409
#: The cookie that names what was saved lately; the script reads it.
RECEIPTS = "ecp_saved"
MOST_RECEIPTS = 20


def wants_json(request: AdminRequest) -> bool:
    """Whether a script asks, and no person waits for a page."""
    return request.headers.get("Accept") == "application/json"


def bound(request: AdminRequest) -> DraftForm:
    """Return the form as it was sent, on the draft that its key names, if there is one.

    404 for a conversation, a mailbox or a draft that the user may not see.
    """
    draft = _draft(request)
    numbers = request.POST.getlist("answers")[:1]
    if draft.conversation is not None and numbers and numbers[0].isdecimal():
        messages = draft.conversation.whole.messages
        draft.answers = messages.filter(pk=int(numbers[0][:18])).first()
    return DraftForm(draft, user=request.user, data=request.POST, files=request.FILES)


def _draft(request: AdminRequest) -> Draft:
    key = request.POST.get("key", "")
    known = Draft.objects.select_related("mailbox", "conversation__mailbox", "author")
    row = known.filter(key=key).first() if key else None
    if row is not None:
        if not Draft.objects.visible_to(request.user).filter(pk=row.pk).exists():
            raise Http404
        row.kind = _kind(request, has_conversation=row.conversation is not None)
        return row
    conversation = _conversation(request)
    mailbox = conversation.mailbox if conversation else _mailbox(request)
    return Draft(
        key=key,
        mailbox=mailbox,
        conversation=conversation,
        author=request.user,
        kind=_kind(request, has_conversation=conversation is not None),
    )


def _conversation(request: AdminRequest) -> Conversation | None:
    number = request.POST.get("conversation", "")
    if not number:
        return None
    if not number.isdecimal() or len(number) > 18:  # noqa: PLR2004
        raise Http404
    return find_conversation(request, int(number))


def _mailbox(request: AdminRequest) -> Mailbox:
    number = request.POST.get("mailbox", "")
    visible = Mailbox.objects.visible_to(request.user)
    found = visible.filter(pk=int(number)).first() if number.isdecimal() else None
    if found is None:
        raise Http404
    return found


def _kind(request: AdminRequest, *, has_conversation: bool) -> str:
    kind = request.POST.get("kind", "")
    if not has_conversation:
        return Draft.Kind.NEW
    is_known = kind in Draft.Kind.values and kind != Draft.Kind.NEW
    return kind if is_known else Draft.Kind.REPLY


def is_valid(form: DraftForm) -> bool:
    """Whether the form can be saved; 400 for what no editor submits."""
    try:
        return form.is_valid()
    except (ValueError, LookupError, TypeError, AttributeError):
        # Wagtail's editor takes for granted what it submits itself.
        raise BadRequest("This is not what the editor submits.") from None


def keep(request: AdminRequest, form: DraftForm, shown: Draft) -> Draft:
    """Save ``shown``, what the form holds or was made of it, with its files."""
    saved = actions.save_draft(shown, by=request.user)
    put_files(request, form, saved)
    shown_before = pictures.numbers_in(form.cleaned_data["body"])
    if shown.is_plain and shown_before:
        actions.put_beside(saved, shown_before, by=request.user)
    return saved


def put_files(
    request: AdminRequest,
    form: DraftForm,
    saved: Draft,
    *,
    more: Sequence[GivenFile] = (),
) -> list[DraftFile]:
    """Put into a saved draft what came with the form, and take out what it says.

    Return what was pasted into the text.
    """
    dropped = [one for one in request.POST.getlist("drop") if one.isdecimal()]
    if dropped:
        numbers = [int(one[:18]) for one in dropped]
        actions.detach(saved, numbers, by=request.user)
    given = [*_given(form, "attachments"), *more]
    if given:
        actions.attach(saved, given, by=request.user)
    pasted = _given(form, "pasted")
    if not pasted:
        return []
    return actions.attach(saved, pasted, by=request.user, into_text=not saved.is_plain)


def _given(form: DraftForm, name: str) -> list[GivenFile]:
    return [
        GivenFile(
            file.name or _("attachment"),
            file.content_type or "application/octet-stream",
            file.read(),
        )
        for file in form.cleaned_data[name]
    ]


def with_receipt(
    request: AdminRequest, response: HttpResponse, key: str
) -> HttpResponse:
    """Tell the script on the page that follows that the server has this text.

    Until then the browser keeps what it sent: who was logged out meanwhile finds a
    log-in page where their text went.
    """
    before = request.COOKIES.get(RECEIPTS, "").split(".")
    kept = [key, *(one for one in before if one.isalnum())][:MOST_RECEIPTS]
    path = reverse("wagtail_ecp:start")
    response.set_cookie(RECEIPTS, ".".join(kept), path=path, samesite="Lax")
    return response


def again(request: AdminRequest, form: DraftForm, *, status: int = 200) -> HttpResponse:
    """Show the form with what is wrong and all that it held."""
    if wants_json(request):
        words = [str(error) for errors in form.errors.values() for error in errors]
        return JsonResponse({"words": " ".join(words)}, status=max(status, 400))
    conversation = form.draft.conversation
    if conversation is None:
        return compose_page(request, form, status=status)
    reading = find_reading(request, conversation.pk)
    response = conversation_page(request, reading, form=form)
    response.status_code = status
    return response


def changed(request: AdminRequest, form: DraftForm, theirs: Draft) -> HttpResponse:
    """Say that somebody saved another version, and show both; nothing is saved."""
    words = _(
        "%(name)s saved another version of this draft. It is shown above; yours is in"
        " the form and not saved yet. Saving or sending now puts yours in its place."
    )
    if wants_json(request):
        words = _(
            "%(name)s saved another version of this draft: press “Save draft” to see"
            " both. Yours is not saved yet."
        )
    words %= {"name": theirs.saved_by_name}
    form.theirs = theirs
    form.add_error(None, words)
    form.show_version(theirs.version)
    return again(request, form, status=CONFLICT)


def gone(request: AdminRequest, form: DraftForm, theirs: Draft) -> HttpResponse:
    """Say that it was sent meanwhile; what was written on becomes a new draft."""
    if theirs.message_id:
        words = _(
            "%(name)s has sent this draft. What you wrote is still here, as a new one:"
            " nothing of it has been sent."
        ) % {"name": theirs.author_name}
    else:
        words = _(
            "This draft is to be sent by itself and can't be changed meanwhile. What"
            " you wrote is still here, as a new one."
        )
    if wants_json(request):
        words = _(
            "This draft has been sent, or is to be sent by itself. Press “Save draft”"
            " to keep what you wrote as a new one."
        )
    form.add_error(None, words)
    form.begin_anew(new_key())
    return again(request, form, status=CONFLICT)


def compose_page(
    request: AdminRequest, form: DraftForm, *, status: int = 200
) -> HttpResponse:
    """Return the page on which new e-mail is written."""
    draft = form.draft
    is_scheduled = bool(draft.send_at) and not form.is_bound
    composer = scheduled(draft) if is_scheduled else filled(request, form)
    return page(
        request,
        "compose.html",
        crumbs=[(_("New e-mail"), "")],
        context={
            "composer": composer,
            "media": composer.media,
            "mailbox": draft.mailbox,
            "may_reply": True,
        },
        status=status,
    )
