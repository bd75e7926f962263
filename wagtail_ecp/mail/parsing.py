"""A received mail, read once: the front door of this package."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from wagtail_ecp.mail.addresses import Address, parse_addresses
from wagtail_ecp.mail.automatic import is_automatic
from wagtail_ecp.mail.fingerprint import content_hash
from wagtail_ecp.mail.headers import decode_header, parse_date
from wagtail_ecp.mail.identifiers import parse_identifiers, parse_message_id
from wagtail_ecp.mail.structure import File, sort_parts
from wagtail_ecp.mail.tree import read_header_block, read_tree

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)

_CID: Final = re.compile(r"cid:([^\"'\s<>)]{1,998})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail; ``index`` finds its bytes again, ``size`` in bytes.

    ``is_inline``: the HTML shows it (by ``cid:``), so a list of files need not.
    """

    index: int
    name: str
    content_type: str
    size: int
    content_id: str
    is_inline: bool


@dataclass(frozen=True, slots=True)
class ParsedMessage:
    """All that we read from a mail; every text fits PostgreSQL (no NUL, surrogates)."""

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    subject: str
    date: datetime | None
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]
    is_automatic: bool
    is_readable: bool
    content_hash: str


def parse(raw: bytes) -> ParsedMessage:
    """Read a mail (RFC 5322, MIME); never raises, on any bytes.

    What can't be read at all gives what its header block says, an empty body and
    ``is_readable=False``.
    """
    try:
        return _parse(raw)
    except Exception:  # A stranger's bytes must not stop the post.
        logger.warning("a mail could not be read", exc_info=True)
        return _placeholder(raw)


def attachment_data(raw: bytes, index: int) -> tuple[Attachment, bytes]:
    """Return the attachment that ``parse`` gave this ``index``, and its bytes.

    IndexError if there is none.
    """
    for file, attachment in _files_and_attachments(raw):
        if attachment.index == index:
            return attachment, file.data
    raise IndexError(index)


def attachments_data(raw: bytes) -> list[tuple[Attachment, bytes]]:
    """Return all attachments that ``parse`` gives, with their bytes."""
    return [(attachment, file.data) for file, attachment in _files_and_attachments(raw)]


def inline_part(raw: bytes, content_id: str) -> tuple[Attachment, bytes] | None:
    """Return the part that HTML calls ``cid:content_id``, ``None`` if there is none."""
    wanted = content_id.strip("<> ")
    for file, attachment in _files_and_attachments(raw):
        if wanted and attachment.content_id == wanted:
            return attachment, file.data
    return None


def _files_and_attachments(raw: bytes) -> list[tuple[File, Attachment]]:
    try:
        structure = sort_parts(read_tree(raw))
        files, html = structure.files(), structure.html()
    except Exception:  # noqa: BLE001  # As in parse(): then there are none.
        return []
    return list(zip(files, _attachments(files, html), strict=True))


def _attachments(files: list[File], html: str) -> tuple[Attachment, ...]:
    shown = {unquote(cid) for cid in _CID.findall(html)}
    return tuple(
        Attachment(
            index=file.index,
            name=file.name,
            content_type=file.content_type,
            size=len(file.data),
            content_id=file.content_id,
            is_inline=file.content_id in shown,
        )
        for file in files
    )


@dataclass(frozen=True, slots=True)
class _Body:
    charset: str = ""
    text: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    is_readable: bool = True


def _parse(raw: bytes) -> ParsedMessage:
    tree = read_tree(raw)
    structure = sort_parts(tree)
    body = _Body(
        charset=structure.charset(),
        text=structure.text(),
        html=structure.html(),
        files=tuple(structure.files()),
    )
    return _message(list(tree.raw_items()), body)


def _placeholder(raw: bytes) -> ParsedMessage:
    try:
        return _message(read_header_block(raw), _Body(is_readable=False))
    except Exception:  # noqa: BLE001  # The headers themselves are what can't be read.
        return _message([], _Body(is_readable=False))


def _message(raw_headers: list[tuple[str, str]], body: _Body) -> ParsedMessage:
    headers = _Headers(raw_headers, body.charset)
    sender = next(iter(headers.addresses("From")), None) or next(
        iter(headers.addresses("Sender")), Address("", "")
    )
    date, subject = headers.first("Date"), " ".join(headers.first("Subject").split())
    return ParsedMessage(
        message_id=parse_message_id(headers.raw("Message-ID")),
        in_reply_to=parse_identifiers(headers.raw("In-Reply-To")),
        references=parse_identifiers(headers.raw("References")),
        sender=sender,
        reply_to=headers.addresses("Reply-To"),
        to=headers.addresses("To"),
        cc=headers.addresses("Cc"),
        subject=subject,
        date=parse_date(date),
        text=body.text,
        html=body.html,
        attachments=_attachments(list(body.files), body.html),
        headers=headers.decoded,
        is_automatic=is_automatic(headers.values, sender=sender.address),
        is_readable=body.is_readable,
        content_hash=content_hash(
            sender=sender.key,
            date=str(parse_date(date) or date),
            subject=subject,
            bodies=(body.text, body.html),
            files=body.files,
        ),
    )


class _Headers:
    """The headers of a mail, raw and decoded, by name."""

    def __init__(self, raw: list[tuple[str, str]], charset: str) -> None:
        self._raw = raw
        self._charset = charset
        self.decoded = tuple(
            (decode_header(name), decode_header(value, charset=charset))
            for name, value in raw
        )
        self.values: dict[str, list[str]] = {}
        for name, value in self.decoded:
            self.values.setdefault(name.lower(), []).append(value)

    def raw(self, name: str) -> str:
        """All values of ``name`` as they came, joined: some come more than once."""
        wanted = name.lower()
        return " ".join(value for key, value in self._raw if key.lower() == wanted)

    def first(self, name: str) -> str:
        """Return the first decoded value of ``name``, "" if there is none."""
        return next(iter(self.values.get(name.lower(), ())), "")

    def addresses(self, name: str) -> tuple[Address, ...]:
        """Return the addresses in all headers ``name``."""
        wanted = name.lower()
        raw = ", ".join(value for key, value in self._raw if key.lower() == wanted)
        return parse_addresses(raw, charset=self._charset)
