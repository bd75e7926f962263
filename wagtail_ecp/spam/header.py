"""What the head of a mail says, as tokens and as words under a field's name."""

from __future__ import annotations

import re
from itertools import groupby
from string import ascii_letters, digits
from typing import TYPE_CHECKING, Final

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


def header_tokens(fields: list[Field]) -> list[str]:
    """Return tokens for names, their order, shapes, hosts on the way, and oddities."""
    tokens: list[str] = []
    before = ""
    for name, value in fields:
        lowered = name.lower()
        tokens += (f"name {name}", f"order {before} {lowered}")
        tokens.append(f"shape {lowered} {shape(value)}")
        if lowered == "received":
            tokens += _hosts_on_the_way(value[:MAX_VALUE])
        before = lowered
    return tokens + oddity_tokens(fields)


def worded_values(fields: list[Field]) -> list[tuple[str, str]]:
    """Return the name in small letters and the decoded value of what has words."""
    return [
        (name.lower(), decode_header(value[:MAX_VALUE]))
        for name, value in fields
        if name.lower() not in _RANDOM
    ]


def shape(value: str) -> str:
    """Return how ``value`` begins, its letters and its digits made alike."""
    start = value[:MAX_SHAPE].translate(_SHAPES)
    return "".join([letter for letter, _ in groupby(start)])


def _hosts_on_the_way(value: str) -> list[str]:
    sender, _, receiver = value.partition(" by ")
    tokens = [f"by {word.lower()}" for word in receiver.split()[:4]]
    for host in _HOST.findall(sender)[:4]:
        labels = host.lower().split(".")
        if labels[-1].isdigit():
            tokens.append(f"ip {'.'.join(labels[:2])}")
        else:
            tokens += (f"from {'.'.join(labels[-2:])}", f"from-top {labels[-1]}")
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
    hops = sum(name.lower() == "received" for name, _ in fields)
    return [*tokens, f"hops {min(hops, _MAX_RECEIVED)}"]


def _domain(value: str) -> str:
    match = _ADDRESS.search(value)
    return match[2].lower() if match else ""


def _fit(one: str, other: str) -> str:
    if one == other:
        return "same"
    return "near" if one.split(".")[-2:] == other.split(".")[-2:] else "other"
