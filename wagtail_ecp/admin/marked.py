"""What pages say of conversations that were just marked, and whom they offer to add."""

from collections.abc import Sequence
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.spam.models import Mark

Verdict = Mark.Verdict


class Sender(NamedTuple):
    """Somebody whose mail was wanted, and who is no contact yet."""

    message_id: int
    address: str


def in_words(number: int, verdict: Verdict) -> str:
    """Say how many were marked so, and what it is good for."""
    words = _spam_words(number) if verdict == Verdict.SPAM else _wanted_words(number)
    learns = _("The filter learns from it.")
    return f"{words} {learns}"


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


def senders_of(request: HttpRequest, numbers: Sequence[int]) -> list[Sender]:
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
