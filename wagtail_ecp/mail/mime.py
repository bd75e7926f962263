"""MIME entities as bytes: a header, and a body that any server passes on unharmed."""

import base64
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from email import quoprimime
from typing import Self
from urllib.parse import quote

CRLF = b"\r\n"
BODY_LINE_LENGTH = 76  # RFC 2045 6.7
PIECE_LENGTH = 50  # of a long parameter; room for its name on a line of 78

CONTENT_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
CONTENT_ID = re.compile(r"[!-;=?-~]{1,200}")  # No angle brackets.
ANY_TYPE = "application/octet-stream"
PLAIN_NAME = re.compile(r"[ !#-\[\]-~]{1,50}")  # No quote, no backslash.
BEFORE_OLD_MAILBOXES = re.compile(r"^From ", re.MULTILINE)
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Entity:
    """Header lines without their last line end, and a body."""

    header: tuple[str, ...]
    body: bytes

    def with_header(self, *lines: str) -> Self:
        """Return the entity with ``lines`` before those that it has."""
        return type(self)((*lines, *self.header), self.body)

    def __bytes__(self) -> bytes:
        header = "\r\n".join(self.header).encode()
        return header + CRLF + CRLF + self.body


def text_entity(text: str, subtype: str) -> Entity:
    """Return ``text`` as it is if no server could change it, else quoted-printable."""
    text = LINE_END.sub("\n", text)
    is_plain = text.isascii() and not any(map(_is_fragile, text.split("\n")))
    if is_plain:
        encoding, body = "7bit", text.replace("\n", "\r\n")
    else:
        encoding, body = "quoted-printable", _quoted_printable(text)
    header = (
        f'Content-Type: text/{subtype}; charset="utf-8"',
        f"Content-Transfer-Encoding: {encoding}",
    )
    return Entity(header, body.encode("ascii"))


def file_entity(
    name: str, content_type: str, data: bytes, *, content_id: str = ""
) -> Entity:
    """Return a file; one with a ``content_id`` is for showing inside the HTML."""
    if content_id and not CONTENT_ID.fullmatch(content_id):
        raise ValueError(f"{content_id!r} can't be a Content-ID")
    kind = content_type.lower()
    if not CONTENT_TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        # RFC 2046 5.2.1: base64 is forbidden in a message within a message, and what
        # is to be attached is not always fit to be written without it.
        kind = ANY_TYPE
    disposition = "inline" if content_id else "attachment"
    header = [
        f"Content-Type: {kind}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {disposition}{_file_name(name)}",
    ]
    if content_id:
        header.append(f"Content-ID: <{content_id}>")
    return Entity(tuple(header), base64.encodebytes(data).replace(b"\n", CRLF))


def multipart(subtype: str, parts: Sequence[Entity], *, root_type: str = "") -> Entity:
    """Return the only part, or all of them in a multipart of ``subtype``."""
    if len(parts) == 1:
        return parts[0]
    # 128 random bits: no part can hold a line like it.
    boundary = f"=_{secrets.token_hex(16)}"
    delimiter = f"--{boundary}\r\n".encode()
    # Base64 and text end a line or don't: the line end before a delimiter is its own.
    body = b"".join(delimiter + bytes(part) + CRLF for part in parts)
    kind = f'; type="{root_type}"' if root_type else ""  # RFC 2387 3.1
    header = f'Content-Type: multipart/{subtype}{kind};\r\n boundary="{boundary}"'
    return Entity((header,), body + f"--{boundary}--\r\n".encode())


def _is_fragile(line: str) -> bool:
    # Old mailbox formats put ">" before "From ", which breaks signatures; and blanks
    # at the end of a line, but for the signature's mark, get lost.
    return (
        len(line) > BODY_LINE_LENGTH
        or line.startswith("From ")
        or (line.endswith((" ", "\t")) and line != "-- ")
        or not line.replace("\t", " ").isprintable()
    )


def _quoted_printable(text: str) -> str:
    raw = text.encode("utf-8", "replace").decode("latin-1")
    body = quoprimime.body_encode(raw, maxlinelen=BODY_LINE_LENGTH - 2, eol="\r\n")
    return BEFORE_OLD_MAILBOXES.sub("=46rom ", body)


def _file_name(name: str) -> str:
    """Return the parameter for ``name``, in pieces if it is long (RFC 2231 3)."""
    name = "".join(filter(str.isprintable, name))
    if not name:
        return ""
    if PLAIN_NAME.fullmatch(name):
        return f';\r\n filename="{name}"'
    pieces = ["utf-8''"]
    for character in name.encode("utf-8", "replace").decode():
        encoded = quote(character, safe="")
        # Cut between characters: readers decode each piece by itself.
        if len(pieces[-1]) + len(encoded) > PIECE_LENGTH:
            pieces.append("")
        pieces[-1] += encoded
    if len(pieces) == 1:
        return f";\r\n filename*={pieces[0]}"
    return "".join(
        f";\r\n filename*{number}*={piece}" for number, piece in enumerate(pieces)
    )
