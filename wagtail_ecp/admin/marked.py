"""What was marked on the page before: said once, with a way back and a next step."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.models import Conversation, Message
from wagtail_ecp.spam.models import Mark

KEY = "ecp_marked"

Verdict = Mark.Verdict


class Sender(NamedTuple):
    """Somebody whose mail was wanted, and who is no contact yet."""

    message_id: int
    address: str


class Marked(NamedTuple):
    """What the notice says."""

    numbers: Sequence[int]
    words: str
    senders: Sequence[Sender]


def remember(request: HttpRequest, numbers: Sequence[int], verdict: Verdict) -> None:
    """Have the next list or conversation say that these were marked."""
    request.session[KEY] = [list(numbers), verdict.value]


def recall(
    request: HttpRequest, *, conversation: Conversation | None = None
) -> Marked | None:
    """Return what was just marked, once; on a conversation's page only if it was that."""
    numbers, verdict = request.session.pop(KEY, ([], ""))
    if not numbers or (conversation is not None and numbers != [conversation.pk]):
        return None
    is_spam = verdict == Verdict.SPAM
    words = _spam_words(len(numbers)) if is_spam else _wanted_words(len(numbers))
    if conversation is not None and not is_spam:
        words = _("Not spam any more: this conversation is in the inbox again.")
    learns = _("The filter learns from it.")
    senders = [] if is_spam else _senders(request, numbers)
    return Marked(numbers, f"{words} {learns}", senders)


def _spam_words(number: int) -> str:
    return ngettext(
        "%(number)s conversation is in Spam now.",
        "%(number)s conversations are in Spam now.",
        number,
    ) % {"number": number}


def _wanted_words(number: int) -> str:
    return ngettext(
        "%(number)s conversation is not spam any more: it is in the inbox again.",
        "%(number)s conversations are not spam any more: they are in the inbox again.",
        number,
    ) % {"number": number}


def _senders(request: HttpRequest, numbers: Sequence[int]) -> list[Sender]:
    """Return who wrote these conversations, each once, for one query."""
    messages = Message.objects.visible_to(request.user).filter(
        conversation__in=numbers, direction=Message.Direction.IN
    )
    strangers = messages.exclude(sender_key="").exclude(
        contact__origin=Contact.Origin.ADDED
    )
    rows = strangers.order_by("-pk").values_list("sender_key", "pk", "sender_address")
    by_key = {key: Sender(number, address) for key, number, address in rows[:500]}
    return sorted(by_key.values(), key=lambda sender: sender.address)[:50]
