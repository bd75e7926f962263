"""What the head of a mail says, as tokens and as words under a field's name."""

from __future__ import annotations

import re
from email.utils import mktime_tz, parsedate_tz
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final

import numpy as np

from wagtail_ecp.mail.headers import decode_header

if TYPE_CHECKING:
    from wagtail_ecp.spam.reading import Field

MAX_VALUE: Final = 300
MAX_SHAPE: Final = 40

_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_ADDRESS: Final = re.compile(r"([\w.+=-]{1,64})@([\w.-]{1,255})")
_SHAPES: Final = str.maketrans(
    ascii_letters + digits, "a" * 26 + "A" * 26 + "9" * len(digits)
)
# Their words differ in each mail: only their shape says something.
_RANDOM: Final = {
    *("received", "x-received", "message-id", "references", "in-reply-to"),
    *("dkim-signature", "domainkey-signature", "x-google-dkim-signature"),
    *("x-gm-message-state", "x-google-smtp-source", "date"),
}
_EXPECTED: Final = (
    *("to", "from", "date", "subject", "message-id", "mime-version", "cc"),
    *("reply-to", "in-reply-to", "references", "list-id", "list-unsubscribe"),
    *("user-agent", "x-mailer", "received"),
)
_MAX_RECEIVED: Final = 9
_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY
_DATE_LENGTH: Final = 80


def header_tokens(fields: list[Field]) -> list[str]:
    """Return tokens for names, their order, shapes, hosts on the way, and oddities."""
    tokens: list[str] = []
    before = ""
    forms = shapes([value for _, value in fields])
    for (name, value), form in zip(fields, forms, strict=True):
        lowered = name.lower()
        tokens += (f"name {name}", f"order {before} {lowered}")
        tokens.append(f"shape {lowered} {form}")
        if lowered == "received":
            tokens += _hosts_on_the_way(value[:MAX_VALUE])
        before = lowered
    return tokens + oddity_tokens(fields)


def worded_values(fields: list[Field]) -> list[tuple[str, str]]:
    """Return the name in small letters and the decoded value of what has words."""
    return [
        (name.lower(), decode_header(value[:MAX_VALUE]).replace("\n", " "))
        for name, value in fields
        if name.lower() not in _RANDOM
    ]


def shapes(values: list[str]) -> list[str]:
    """Return how each one-line value begins, letters and digits made alike.

    All at once, because one by one takes three times as long.
    """
    if not values:
        return []
    starts = "\n".join([value[:MAX_SHAPE] for value in values])
    plain = starts.translate(_SHAPES).encode("utf-8", "surrogateescape")
    letters = np.frombuffer(plain, np.uint8)
    is_new = np.ones(len(letters), np.bool_)
    is_new[1:] = (letters[1:] != letters[:-1]) | (letters[1:] == ord("\n"))
    return letters[is_new].tobytes().decode("utf-8", "replace").split("\n")


def _hosts_on_the_way(value: str) -> list[str]:
    sender, _, receiver = value.partition(" by ")
    tokens = [f"by {word.lower()}" for word in receiver.split()[:4]]
    for host in _HOST.findall(sender)[:4]:
        labels = host.lower().split(".")
        if labels[-1].isdigit():
            tokens.append(f"ip {'.'.join(labels[:2])}")
        else:
            tokens += (f"via {'.'.join(labels[-2:])}", f"via-top {labels[-1]}")
    return tokens


def oddity_tokens(fields: list[Field]) -> list[str]:
    """Return tokens for what is missing and what doesn't fit together."""
    values = {name.lower(): value for name, value in reversed(fields)}
    tokens = [f"missing {name}" for name in _EXPECTED if name not in values]
    sender = _domain(values.get("from", ""))
    for name in ("reply-to", "return-path", "message-id", "sender", "to"):
        other = _domain(values.get(name, ""))
        if other:
            tokens.append(f"{_fit(sender, other)} {name}")
    tokens += [*_date_tokens(values), *_name_tokens(values.get("from", ""))]
    hops = sum(name.lower() == "received" for name, _ in fields)
    return [*tokens, f"hops {min(hops, _MAX_RECEIVED)}"]


def _date_tokens(values: dict[str, str]) -> list[str]:
    """Compare the sender's date with that of our own server, the topmost."""
    arrived = _seconds(values.get("received", "").rpartition(";")[2])
    sent = _seconds(values.get("date", ""))
    if arrived is None or sent is None:
        return []
    if sent - arrived > _DAY:
        return ["date-future"]
    return ["date-past"] if arrived - sent > _WEEK else []


def _seconds(date: str) -> int | None:
    try:
        parsed = parsedate_tz(date[:_DATE_LENGTH])
        return mktime_tz(parsed) if parsed else None
    except (ValueError, OverflowError, IndexError, TypeError):
        return None  # What senders write is no date at times.


def _name_tokens(sender: str) -> list[str]:
    """Return a token where the name shows another address than the true one."""
    found = _ADDRESS.findall(sender[:MAX_VALUE])
    domains = [domain.lower() for _, domain in found]
    return ["name-address"] if domains and domains[0] != domains[-1] else []


def _domain(value: str) -> str:
    match = _ADDRESS.search(value)
    return match[2].lower() if match else ""


def _fit(one: str, other: str) -> str:
    if one == other:
        return "same"
    return "near" if one.split(".")[-2:] == other.split(".")[-2:] else "other"
