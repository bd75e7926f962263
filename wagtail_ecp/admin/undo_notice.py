"""What was just done, said once on the next page, with a button that takes it back."""

from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin import messages as notices

from wagtail_ecp.journal.models import Action

KEY = "ecp_undo"


class UndoNotice(NamedTuple):
    """What the notice says, and where its button leads."""

    words: str
    url: str


def offer_undo(request: HttpRequest, action: Action | None, words: str) -> None:
    """Have the next of our pages say ``words`` and offer to undo ``action``.

    Without an action nothing changed, and the words are said alone.
    """
    if action is None:
        notices.success(request, words)
    else:
        offer(request, words, reverse("wagtail_ecp:undo", args=[action.pk]))


def offer(request: HttpRequest, words: str, url: str) -> None:
    """Have the next of our pages say ``words``; its button posts to ``url``."""
    request.session[KEY] = UndoNotice(words, url)


def recall(request: HttpRequest) -> UndoNotice | None:
    """Return what was offered on the page before, once."""
    found = request.session.pop(KEY, None)
    return UndoNotice(*found) if found else None
