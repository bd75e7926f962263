"""What a word that is being typed may become: keys, and values that the member knows."""

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from django.db.models import Q

from wagtail_ecp.inbox.models import ConversationTag, Mailbox, Message
from wagtail_ecp.inbox.search.syntax import DATE_KEYS, SHORTCUTS, write
from wagtail_ecp.inbox.search.viewing import Viewer
from wagtail_ecp.inbox.search.vocabulary import (
    BY_KEY,
    WORDS_OF,
    Rule,
)
from wagtail_ecp.inbox.tagging import key_of
from wagtail_ecp.journal.models import Action

MOST: Final = 8
#: Among so many of the latest messages senders are looked for.
LATEST: Final = 2_000
#: What is offered first.
KEYS: Final = (
    *("from", "to", "cc", "subject", "assignee", "is", "has", "in", "tag", "mailbox"),
    *("before", "after", "on", "newer", "older", "file", "body", "note", "status"),
    *("recipient", "sender", "contact", "creator", "date", "action", "action-date"),
    *("sent", "first-message", "waiting", "mime-type", "conversation", "message"),
)
_DAYS: Final = ("today", "yesterday")
_SPANS: Final = ("1d", "7d", "4w", "6m", "1y")


class Suggestion(NamedTuple):
    """What stands in the box then, and what it is called."""

    text: str
    label: str
    #: Whether a value follows.
    is_key: bool = False


def complete(word: str, viewer: Viewer) -> list[Suggestion]:
    """Return what ``word`` may become; nothing of what the member may not see."""
    sign = "-" if word.startswith("-") else ""
    typed = word.removeprefix("-")
    key, colon, begin = typed.partition(":")
    if not colon:
        return [
            Suggestion(f"{sign}{name}:", f"{name}:", is_key=True)
            for name in KEYS
            if typed and name.startswith(typed.lower())
        ][:MOST]
    value = begin.lstrip('"')
    return [
        Suggestion(f"{sign}{text} ", label)
        for text, label in _values(key.lower(), value, viewer)
    ][:MOST]


def _values(key: str, begin: str, viewer: Viewer) -> Iterable[tuple[str, str]]:
    known = [
        (shortcut, shortcut)
        for shortcut in SHORTCUTS
        if shortcut.startswith(f"{key}:{begin.lower()}")
    ]
    if key in DATE_KEYS:
        times = _SPANS if key in ("newer", "older") else _DAYS
        return [(f"{key}:{w}", w) for w in times if w.startswith(begin.lower())]
    kind = BY_KEY.get(key)
    if kind is None:
        return known
    words = [
        (f"{key}:{word}", word)
        for operator, word in WORDS_OF.items()
        if operator in kind.operators and word.startswith(begin.lower())
    ]
    chosen = [
        (f"{key}:{choice}", choice)
        for choice in kind.choices
        if choice.startswith(begin.lower())
    ]
    if chosen:
        return [*known, *chosen]
    named = (
        (write([Rule(kind.name, kind.default, (value,))]), label)
        for value, label in VALUES.get(key, _nothing)(begin, viewer)
    )
    return [*known, *words, *named]


Values = Callable[[str, Viewer], Iterable[tuple[str, str]]]


def _nothing(_begin: str, _viewer: Viewer) -> Iterable[tuple[str, str]]:
    return ()


def _users(begin: str, viewer: Viewer) -> Iterable[tuple[str, str]]:
    members = viewer.members().filter(is_active=True)
    column = members.model.USERNAME_FIELD
    names = [
        name for name in (column, "first_name", "last_name") if _has(members, name)
    ]
    begins = Q()
    for name in names:
        begins |= Q(**{f"{name}__istartswith": begin})
    for user in members.filter(begins).order_by(column)[:MOST]:
        name = user.get_username()
        full = getattr(user, "get_full_name", str)()
        yield name, f"{full} ({name})" if full and full != name else name


def _has(rows: object, name: str) -> bool:
    fields = rows.model._meta.get_fields()  # type: ignore[attr-defined]
    return any(field.name == name for field in fields)


def _tags(begin: str, viewer: Viewer) -> Iterable[tuple[str, str]]:
    borne = ConversationTag.objects.filter(
        tag__key__startswith=key_of(begin),
        conversation__mailbox__in=viewer.mailboxes,
    )
    names = borne.order_by("tag__key").values_list("tag__name", flat=True).distinct()
    return [(name, name) for name in names[:MOST]]


def _mailboxes(begin: str, viewer: Viewer) -> Iterable[tuple[str, str]]:
    readable = Mailbox.objects.visible_to(viewer.user).filter(
        Q(name__istartswith=begin) | Q(address__istartswith=begin)
    )
    return [(box.address, f"{box.name} <{box.address}>") for box in readable[:MOST]]


def _senders(begin: str, viewer: Viewer) -> Iterable[tuple[str, str]]:
    """Find who wrote lately, by the beginning of a name or an address."""
    if not begin:
        return
    latest = Message.objects.filter(
        conversation__mailbox__in=viewer.mailboxes,
        direction=Message.Direction.IN,
    ).order_by("-pk")
    among = Message.objects.filter(pk__in=latest.values("pk")[:LATEST]).filter(
        Q(sender_name__istartswith=begin) | Q(sender_address__istartswith=begin)
    )
    columns = among.order_by("sender_address").values_list(
        "sender_address", "sender_name"
    )
    for address, name in columns.distinct()[:MOST]:
        if address:
            yield address, f"{name} <{address}>" if name else address


def _actions(begin: str, _viewer: Viewer) -> Iterable[tuple[str, str]]:
    return [
        (value, f"{label} ({value})")
        for value, label in Action.Kind.choices
        if value.startswith(begin.lower())
    ]


#: By key: what may follow.
VALUES: Final[dict[str, Values]] = {
    "assignee": _users,
    "creator": _users,
    "tag": _tags,
    "mailbox": _mailboxes,
    "from": _senders,
    "sender": _senders,
    "contact": _senders,
    "action": _actions,
}
