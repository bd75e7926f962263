"""What goes out, as the bytes that are stored and sent (RFC 5322)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from wagtail_ecp.mail import wire
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.mime import Entity, file_entity, multipart, text_entity

FIELD_NAME = re.compile(r"[!-9;-~]{1,60}")
NOBODY = "undisclosed-recipients:;"  # RFC 5322 A.1.3
MAX_ID_LENGTH = 900  # Leaves room for a field name on a line of 998.

# Written by ``compose`` itself, or never: Bcc would betray who it hides.
RESERVED = {
    "bcc",
    "cc",
    "date",
    "from",
    "in-reply-to",
    "message-id",
    "mime-version",
    "references",
    "reply-to",
    "subject",
    "to",
}


@dataclass(frozen=True, kw_only=True)
class OutgoingFile:
    """A file to be attached; ``content_type`` as in ``image/png``."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class InlineImage(OutgoingFile):
    """An image that the HTML shows as ``cid:content_id``."""

    content_id: str


@dataclass(frozen=True, kw_only=True)
class OutgoingMail:
    """All that a finished mail says; who else gets it is the envelope's business.

    Ids may stand in angle brackets or not. ``date`` is aware.
    """

    from_address: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str
    message_id: str
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    date: datetime
    text: str
    html: str = ""
    attachments: tuple[OutgoingFile, ...] = ()
    inline_images: tuple[InlineImage, ...] = ()
    extra_headers: tuple[tuple[str, str], ...] = ()


def compose(draft: OutgoingMail) -> bytes:
    """Return the mail byte for byte: ASCII, CRLF, no line over 998 octets.

    The header alone holds UTF-8 if a local part does (RFC 6532). Raises
    ``ValueError`` for a line break in a header, a naive date, an address that is
    none, and an extra header that is not the caller's to write.
    """
    header = [*_fields(draft), "MIME-Version: 1.0"]
    data = bytes(_body(draft).with_header(*header))
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _fields(draft: OutgoingMail) -> Iterator[str]:
    yield _field("Date", [_date(draft.date)])
    yield _field("From", _addresses([draft.from_address]))
    if draft.reply_to:
        yield _field("Reply-To", _addresses(draft.reply_to))
    yield _field("To", _addresses(draft.to) if draft.to else [NOBODY])
    if draft.cc:
        yield _field("Cc", _addresses(draft.cc))
    yield _field("Subject", wire.text_words(draft.subject))
    yield _field("Message-ID", [_our_id(draft.message_id)])
    # Never in encoded words, which stdlib's EmailMessage makes of long ones:
    # Exchange drops them, and the thread breaks (cpython #79986).
    if answered := list(_citable([draft.in_reply_to])):
        yield _field("In-Reply-To", answered)
    if cited := list(_citable(draft.references)):
        yield _field("References", cited)
    for name, value in draft.extra_headers:
        if not FIELD_NAME.fullmatch(name) or _is_reserved(name):
            raise ValueError(f"{name!r} can't be an extra header")
        yield _field(name, wire.text_words(value))


def _body(draft: OutgoingMail) -> Entity:
    text = text_entity(draft.text, "plain")
    images = [
        file_entity(
            image.name, image.content_type, image.data, content_id=image.content_id
        )
        for image in draft.inline_images
    ]
    files = [
        file_entity(file.name, file.content_type, file.data)
        for file in draft.attachments
    ]
    if not draft.html:
        return multipart("mixed", [text, *images, *files])
    html = text_entity(draft.html, "html")
    shown = multipart("related", [html, *images], root_type="text/html")
    return multipart("mixed", [multipart("alternative", [text, shown]), *files])


def _field(name: str, words: Iterable[str]) -> str:
    return f"{name}: {wire.field(name, words)}"


def _date(date: datetime) -> str:
    if date.tzinfo is None:
        raise ValueError("the date of a mail needs a time zone")
    return format_datetime(date)


def _addresses(addresses: Iterable[Address]) -> Iterator[str]:
    """Yield the words of an address list, each address in one of them."""
    written = [_words_of(address) for address in addresses]
    for words in written[:-1]:
        yield from words[:-1]
        yield f"{words[-1]},"
    yield from written[-1]


def _words_of(address: Address) -> list[str]:
    plain = wire.wire_address(address.address)
    if not address.name.strip():
        return [plain]
    return [*wire.phrase_words(address.name), f"<{plain}>"]


def _our_id(message_id: str) -> str:
    if not list(_citable([message_id])):
        raise ValueError(f"{message_id!r} can't be a Message-ID")
    return _bracketed(message_id)


def _citable(ids: Iterable[str]) -> Iterator[str]:
    """Yield the ids that can be written; a stranger's odd one must not stop us."""
    for one in filter(None, ids):
        written = _bracketed(one)
        if written.isascii() and len(written) <= MAX_ID_LENGTH:
            yield written


def _bracketed(message_id: str) -> str:
    return f"<{message_id.strip().removeprefix('<').removesuffix('>')}>"


def _is_reserved(name: str) -> bool:
    return name.lower() in RESERVED or name.lower().startswith("content-")
