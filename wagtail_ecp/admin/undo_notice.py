"""What was just done, said once on the next page, with a button that takes it back."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from wagtail.admin import messages as notices

from wagtail_ecp.admin.marked import Sender, senders_of
from wagtail_ecp.journal.models import Action

KEY = "ecp_undo"


class UndoNotice(NamedTuple):
    """What the notice says, where its button leads, and whom it offers as contacts."""

    words: str
    url: str
    senders: Sequence[Sender]


def offer_undo(
    request: HttpRequest,
    action: Action | None,
    words: str,
    *,
    wanted: Sequence[int] = (),
) -> None:
    """Have the next of our pages say ``words`` and offer to undo ``action``.

    Without an action nothing changed, and the words are said alone. ``wanted`` are the
    numbers of conversations that are no spam: their senders may be made contacts.
    """
    if action is None:
        notices.success(request, words)
    else:
        url = reverse("wagtail_ecp:undo", args=[action.pk])
        offer(request, words, url, wanted=wanted)


def offer(
    request: HttpRequest, words: str, url: str, *, wanted: Sequence[int] = ()
) -> None:
    """Have the next of our pages say ``words``; its button posts to ``url``."""
    request.session[KEY] = [words, url, list(wanted)]


def recall(request: HttpRequest) -> UndoNotice | None:
    """Return what was offered on the page before, once."""
    words, url, wanted = request.session.pop(KEY, ("", "", []))
    if not url:
        return None
    return UndoNotice(words, url, senders_of(request, wanted) if wanted else [])
