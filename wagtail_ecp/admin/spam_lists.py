"""The messages that a spam threshold would move, as far as one may read them."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.admin.numbers import grouped
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.spam import preview
from wagtail_ecp.spam.models import Score, ScoreQuerySet
from wagtail_ecp.spam.preview import Effect

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Messages that a list names, and how far it looks for those that one may read.
SHOWN, LOOKED_AT = 20, 100


class Named(NamedTuple):
    """A message as a list names it."""

    url: str
    score: int  # Rounded down: 69.9 does not reach 70.
    subject: str
    sender: str
    day: str
    is_answered: bool


class Listing(NamedTuple):
    """Some of the messages that would move, and in words how many are left out."""

    name: str
    heading: str
    messages: Sequence[Named]
    left_out: str


class _Kind(NamedTuple):
    name: str
    rows: Callable[[Effect], ScoreQuerySet]
    number: Callable[[Effect], int]
    heading: Callable[[int], str]


def listings(effect: Effect, *, user: "User") -> list[Listing]:
    """Return what would go to Spam, what would leave it, and what was answered.

    Only messages of mailboxes that ``user`` may read are named; others are counted.
    """
    found = {
        kind: list(kind.rows(effect).values_list("pk", flat=True)[:LOOKED_AT])
        for kind in KINDS
        if kind.number(effect)
    }
    readable = _readable({key for keys in found.values() for key in keys}, user)
    named = {
        kind: [key for key in keys if key in readable][:SHOWN]
        for kind, keys in found.items()
    }
    messages = _messages({key for keys in named.values() for key in keys})
    return [
        Listing(
            name=kind.name,
            heading=kind.heading(kind.number(effect)),
            messages=[messages[key] for key in named.get(kind, [])],
            left_out=_left_out(
                kind.number(effect) - len(named.get(kind, [])),
                hidden=sum(key not in readable for key in found.get(kind, [])),
            ),
        )
        for kind in KINDS
    ]


def _readable(keys: Collection[int], user: "User") -> set[int]:
    messages = Message.objects.filter(pk__in=keys).visible_to(user)
    return set(messages.values_list("pk", flat=True)) if keys else set()


def _messages(keys: Collection[int]) -> dict[int, Named]:
    """Return what the lists show of these."""
    if not keys:
        return {}
    columns = ("subject", "sender_name", "sender_address", "at", "conversation")
    messages = Message.objects.filter(pk__in=keys).select_related("score")
    shown = messages.only(*columns, "score__value", "score__decision")
    return {message.pk: _named(message) for message in shown}


def _named(message: Message) -> Named:
    conversation = reverse("wagtail_ecp:conversation", args=[message.conversation_id])
    sender = message.sender_name or message.sender_address
    return Named(
        url=f"{conversation}#message-{message.pk}",
        score=int(message.score.value),
        subject=message.subject or _("(no subject)"),
        sender=sender or _("unknown sender"),
        day=date_format(timezone.localtime(message.at), "SHORT_DATE_FORMAT"),
        is_answered=message.score.decision == Score.Decision.ANSWERED,
    )


def _left_out(number: int, *, hidden: int) -> str:
    """Say how many of ``number`` are not shown because they may not be, or for length."""
    parts = []
    more = max(number - hidden, 0)
    if more:
        words = ngettext("and %(number)s more", "and %(number)s more", more)
        parts.append(words % {"number": grouped(more)})
    if hidden:
        words = ngettext(
            "%(number)s more lies in a mailbox that you can't read",
            "%(number)s more lie in mailboxes that you can't read",
            hidden,
        )
        parts.append(words % {"number": grouped(hidden)})
    return "; ".join(parts)


def _going(number: int) -> str:
    return _("would go to Spam: %(number)s") % {"number": grouped(number)}


def _coming(number: int) -> str:
    return _("would come back: %(number)s") % {"number": grouped(number)}


def _answered(number: int) -> str:
    return _("answered by your team: %(number)s") % {"number": grouped(number)}


KINDS = (
    _Kind(
        "going",
        lambda effect: preview.going(effect.threshold),
        lambda effect: effect.going,
        _going,
    ),
    _Kind(
        "coming",
        lambda effect: preview.coming(effect.threshold, least=effect.coming_from),
        lambda effect: effect.coming,
        _coming,
    ),
    _Kind(
        "answered",
        lambda effect: preview.answered(effect.threshold),
        lambda effect: effect.answered,
        _answered,
    ),
)
