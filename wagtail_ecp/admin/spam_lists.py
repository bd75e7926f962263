"""The messages that a spam threshold would move, as far as one may read them."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.admin.numbers import grouped
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.spam import preview
from wagtail_ecp.spam.models import ScoreQuerySet
from wagtail_ecp.spam.preview import Effect

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Messages that a list names, and how far it looks for those that one may read.
SHOWN, LOOKED_AT = 20, 200


class Listing(NamedTuple):
    """Some of the messages that would move, and in words how many are left out."""

    name: str
    heading: str
    messages: Sequence[Message]
    left_out: str


class _Kind(NamedTuple):
    name: str
    rows: Callable[[int], ScoreQuerySet]
    number: Callable[[Effect], int]
    heading: Callable[[int], str]


def listings(effect: Effect, *, user: "User") -> list[Listing]:
    """Return what would go to Spam, what would leave it, and what was answered.

    Only messages of mailboxes that ``user`` may read are named; others are counted.
    """
    found = {
        kind: list(kind.rows(effect.threshold).values_list("pk", flat=True)[:LOOKED_AT])
        for kind in KINDS
        if kind.number(effect)
    }
    readable = _readable(found.values(), user)
    return [
        _listing(kind, kind.number(effect), found.get(kind, []), readable)
        for kind in KINDS
    ]


def _readable(lists: Iterable[Sequence[int]], user: "User") -> dict[int, Message]:
    keys = {key for found in lists for key in found}
    if not keys:
        return {}
    messages = Message.objects.filter(pk__in=keys).visible_to(user)
    columns = ("subject", "sender_name", "sender_address", "at", "conversation")
    shown = messages.select_related("score").only(
        *columns, "score__value", "score__decision"
    )
    return {message.pk: message for message in shown}


def _listing(
    kind: _Kind, number: int, keys: Sequence[int], readable: dict[int, Message]
) -> Listing:
    messages = [readable[key] for key in keys if key in readable]
    hidden = len(keys) - len(messages)
    shown = messages[:SHOWN]
    more = max(number - hidden - len(shown), 0)
    words = _left_out(more=more, hidden=hidden)
    return Listing(kind.name, kind.heading(number), shown, words)


def _left_out(*, more: int, hidden: int) -> str:
    parts = []
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
    _Kind("going", preview.going, lambda effect: effect.going, _going),
    _Kind("coming", preview.coming, lambda effect: effect.coming, _coming),
    _Kind("answered", preview.answered, lambda effect: effect.answered, _answered),
)
