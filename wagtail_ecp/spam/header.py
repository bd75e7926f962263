"""What the head of a mail says, as tokens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wagtail_ecp.mail.headers import decode_header

if TYPE_CHECKING:
    from wagtail_ecp.spam.reading import Field

MAX_VALUE: Final = 400

_WORD: Final = re.compile(r"[\w$-]+|[^\w\s]")
_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_DIGITS: Final = re.compile(r"[0-9]+")
_LOWER: Final = re.compile(r"[a-z]+")
_UPPER: Final = re.compile(r"[A-Z]+")
_ADDRESS: Final = re.compile(r"([\w.+=-]{1,64})@([\w.-]{1,255})")
_PLAIN: Final = {
    "date",
    "received",
    "message-id",
    "x-received",
    "dkim-signature",
    "references",
    "in-reply-to",
    "x-google-dkim-signature",
    "x-gm-message-state",
    "content-type",
}


def header_tokens(fields: list[Field]) -> list[str]:
    """Return a token for each name, shape and word of the head."""
    tokens: list[str] = []
    previous = ""
    for name, value in fields:
        lowered = name.lower()
        tokens += (f"name {name}", f"order {previous} {lowered}")
        previous = lowered
        value = value[:MAX_VALUE]
        if lowered == "received":
            tokens += _received(value)
        elif lowered in ("message-id", "date"):
            tokens.append(f"shape {lowered} {shape(value)}")
            tokens += [
                f"word {lowered} {host.lower()}" for host in _HOST.findall(value)
            ]
            if lowered == "date":
                tokens.append(f"zone {value[-12:]}")
        elif lowered == "content-type":
            tokens.append(f"shape {lowered} {shape(value)}")
            tokens += [f"word {lowered} {w.lower()}" for w in _WORD.findall(value)[:12]]
        elif lowered in _PLAIN:
            tokens.append(f"shape {lowered} {shape(value[:30])}")
        else:
            text = decode_header(value) if "=?" in value else value
            if text is not value:
                tokens.append(f"coded {lowered} {value[:16].lower()}")
            tokens.append(f"shape {lowered} {shape(text)}")
            words = _WORD.findall(text)[:40]
            tokens += [f"word {lowered} {word.lower()}" for word in words]
            tokens += [
                f"host {lowered} {host.lower()}" for host in _HOST.findall(text)[:10]
            ]
    tokens += oddities(fields)
    return tokens


def _received(value: str) -> list[str]:
    sender, _, receiver = value.partition(" by ")
    tokens = [f"shape received {shape(sender)[:40]}"]
    for host in _HOST.findall(sender)[:4]:
        labels = host.lower().split(".")
        if labels[-1].isdigit():
            tokens += (f"ip {'.'.join(labels[:2])}", f"ip {'.'.join(labels[:3])}")
        else:
            tokens += (f"from-host {'.'.join(labels[-2:])}", f"from-top {labels[-1]}")
    tokens += [f"by {w.lower()}" for w in receiver.split()[:6]]
    return tokens


def shape(text: str) -> str:
    """Return ``text`` with its letters and digits made alike."""
    return _DIGITS.sub("9", _UPPER.sub("A", _LOWER.sub("a", text)))[:40]


def oddities(fields: list[Field]) -> list[str]:
    """Return what is missing or does not fit together."""
    values = {name.lower(): value for name, value in reversed(fields)}
    missing = [
        f"missing {name}"
        for name in (
            "to",
            "from",
            "date",
            "subject",
            "message-id",
            "mime-version",
            "cc",
            "reply-to",
            "in-reply-to",
            "references",
            "list-id",
            "list-unsubscribe",
            "user-agent",
            "x-mailer",
        )
        if name not in values
    ]
    tokens = missing
    sender = _domain(values.get("from", ""))
    for name in ("reply-to", "return-path", "message-id", "sender", "to"):
        other = _domain(values.get(name, ""))
        if other:
            fit = (
                "same"
                if other == sender
                else "near"
                if other.split(".")[-2:] == sender.split(".")[-2:]
                else "other"
            )
            tokens.append(f"{fit} {name}")
    count = sum(name.lower() == "received" for name, _ in fields)
    tokens.append(f"count received {min(count, 9)}")
    return tokens


def _domain(value: str) -> str:
    match = _ADDRESS.search(value)
    return match[2].lower() if match else ""
