"""What a visitor typed into a form on the site, as the bytes of a mail."""

import re
from datetime import datetime
from email.utils import format_datetime

from wagtail_ecp.mail import wire
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.mime import text_entity

#: Characters; more is no name and no subject.
LONGEST_NAME = 200
LONGEST_SUBJECT = 300

_CONTROLS = re.compile(r"[^\S\n\t]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x85\u2028\u2029]")


def write_submission(
    *,
    sender: Address,
    to: str,
    subject: str,
    text: str,
    message_id: str,
    date: datetime,
) -> bytes:
    """Return the mail; nothing that was typed can become a header or a part of its own.

    A sender whose address can't be written has a name alone, so that nobody answers it.
    """
    header = [f"Date: {format_datetime(date)}"]
    if words := _sender_words(sender):
        header.append(f"From: {wire.field('From', words)}")
    subject_words = wire.text_words(on_one_line(subject)[:LONGEST_SUBJECT])
    header += [
        f"To: {wire.wire_address(to)}",
        f"Subject: {wire.field('Subject', subject_words)}",
        f"Message-ID: <{message_id}>",
        "MIME-Version: 1.0",
    ]
    return bytes(text_entity(tidy(text), "plain").with_header(*header)) + b"\r\n"


def tidy(text: str) -> str:
    """Return ``text`` without control characters; its lines stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub(" ", text.encode("utf-8", "replace").decode())


def on_one_line(text: str) -> str:
    """Return ``text`` as a header may have it."""
    return " ".join(tidy(text).split())


def _sender_words(sender: Address) -> list[str]:
    name = on_one_line(sender.name)[:LONGEST_NAME].strip()
    words = wire.phrase_words(name) if name else []
    try:
        address = wire.wire_address(sender.address)
    except ValueError:
        # A name alone must not be read as an address.
        name = name.replace("@", " at ")
        return wire.encoded_words(name) if name else []
    return [*words, f"<{address}>"]
