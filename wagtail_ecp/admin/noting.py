"""Notes: written below the conversation, changed and deleted by who wrote them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.admin.lookups import find_conversation, find_note
from wagtail_ecp.admin.onward import go_back
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.admin.undo_notice import offer_undo
from wagtail_ecp.inbox import actions, permissions
from wagtail_ecp.inbox.actions.noting import LONGEST
from wagtail_ecp.inbox.models import Conversation, Note
from wagtail_ecp.journal.actions import display_name

OFFERED = 10


class NoteForm(forms.Form):
    """A note's text; what is wrong with it the action says."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        strip=False,
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 4, "dir": "auto", "maxlength": LONGEST, "id": "ecp-note"}
        ),
    )


@refuses_forgery
def add_note(request: AdminRequest, number: int) -> HttpResponse:
    """Write a note, or show the form, with all that it held and what is wrong."""
    found = find_conversation(request, number)
    _require_reply(request, found)

    def write(text: str) -> Note:
        return actions.add_note(found, text, by=request.user)

    return _form(request, found, write=write, note=None)


@refuses_forgery
def change_note(request: AdminRequest, note_id: int) -> HttpResponse:
    """Change one's own note."""
    note = find_note(request, note_id)
    _require_reply(request, note.conversation)
    if note.author_id != request.user.pk:
        raise PermissionDenied(_("A note is changed by who wrote it, and nobody else."))

    def write(text: str) -> Note:
        changed = actions.change_note(note, text, by=request.user)
        if changed:
            offer_undo(request, changed, _("Your note is changed."))
        return find_note(request, note_id)

    return _form(request, note.conversation, write=write, note=note)


@refuses_forgery
@require_POST
def delete_note(request: AdminRequest, note_id: int) -> HttpResponse:
    """Delete one's own note; it can be brought back."""
    note = find_note(request, note_id)
    done = actions.delete_note(note, by=request.user)
    offer_undo(request, done, _("The note is deleted."))
    return go_back(request, note.conversation)


def _require_reply(request: AdminRequest, found: Conversation) -> None:
    if not permissions.can_reply(request.user, found.mailbox):
        raise PermissionDenied(_("You may only read mail in this mailbox."))


def _form(
    request: AdminRequest,
    found: Conversation,
    *,
    write: Callable[[str], Note],
    note: Note | None,
) -> HttpResponse:
    if request.method != "POST":
        initial: dict[str, Any] = {"text": note.text if note else ""}
        return _screen(request, found, NoteForm(initial=initial), note=note)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            written = write(form.cleaned_data["text"])
        except ValidationError as refusal:
            form.add_error("text", refusal)
        else:
            return _written(request, found, written, is_new=note is None)
    return _screen(request, found, form, note=note)


def _written(
    request: AdminRequest, found: Conversation, note: Note, *, is_new: bool
) -> HttpResponse:
    people = ", ".join(display_name(user) for user in note.mentioned.all())
    words = [_("Your note is there.")] if is_new else []
    if people:
        words += [_("Mentioned: %(people)s.") % {"people": people}]
    if words:
        notices.success(request, " ".join(words))
    return redirect(f"{go_back(request, found).url}#note-{note.pk}")


def _screen(
    request: AdminRequest, found: Conversation, form: NoteForm, *, note: Note | None
) -> HttpResponse:
    title = _("Change a note") if note else _("Write a note")
    address = reverse("wagtail_ecp:conversation", args=[found.pk])
    return page(
        request,
        "note.html",
        crumbs=[(f"#{found.pk}", address), (title, "")],
        context={"conversation": found, "form": form, "note": note},
    )


@require_safe
def colleagues(request: AdminRequest, number: int) -> HttpResponse:
    """Return who may read the conversation and has a name that begins like ``q``."""
    found = find_conversation(request, number)
    begin = request.GET.get("q", "").strip().casefold()
    people = [
        {"value": user.get_username(), "label": display_name(user)}
        for user in permissions.possible_readers(found.mailbox)
        if _begins(user, begin)
    ]
    return JsonResponse({"items": people[:OFFERED]})


def _begins(user: Any, begin: str) -> bool:
    words = [user.get_username(), *display_name(user).split()]
    return any(word.casefold().startswith(begin) for word in words)
