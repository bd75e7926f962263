"""The texts of a mail, decoded far enough to be scored."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from wagtail_ecp.mail.decoding import decode_text
from wagtail_ecp.spam.reading import Field, read_fields

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_PARTS: Final = 20
MAX_DEPTH: Final = 5
MAX_TEXT: Final = 24_000  # Bytes of one part, before decoding.

_PARAMETER: Final = re.compile(
    r';\s*(boundary|charset|name|filename)\*?\s*=\s*("[^"]{0,200}|[^\s;]{1,200})',
    re.IGNORECASE,
)
_BLANKS: Final = re.compile(rb"[^A-Za-z0-9+/]+")


class Part(NamedTuple):
    """A leaf of the tree of parts."""

    content_type: str
    encoding: str
    charset: str
    name: str
    depth: int
    data: bytes

    def text(self) -> str:
        """Return the decoded text of the part's first bytes."""
        return decode_text(_decoded(self.data[:MAX_TEXT], self.encoding), self.charset)


def read_parts(fields: list[Field], body: bytes) -> list[Part]:
    """Return the leaves of a mail, the first MAX_PARTS of them."""
    found: list[Part] = []
    _collect(fields, body, 0, found)
    return found


def _collect(fields: list[Field], body: bytes, depth: int, found: list[Part]) -> None:
    values = {field.name.lower(): field.value for field in reversed(fields)}
    kind = values.get("content-type", "text/plain")
    parameters = {
        match[1].lower(): match[2].strip('"') for match in _PARAMETER.finditer(kind)
    }
    content_type = kind.partition(";")[0].strip().lower()[:60]
    boundary = parameters.get("boundary", "")
    if depth < MAX_DEPTH and content_type.startswith("multipart/") and boundary:
        for piece in _pieces(body, boundary):
            if len(found) >= MAX_PARTS:
                return
            _collect(*_split(piece), depth + 1, found)
        return
    if depth < MAX_DEPTH and content_type == "message/rfc822":
        _collect(*_split(body), depth + 1, found)
        return
    disposition = values.get("content-disposition", "")
    parameters.update(
        (match[1].lower(), match[2].strip('"'))
        for match in _PARAMETER.finditer(disposition)
    )
    found.append(
        Part(
            content_type,
            values.get("content-transfer-encoding", "").lower()[:20],
            parameters.get("charset", "").lower()[:40],
            parameters.get("filename") or parameters.get("name", ""),
            depth,
            body,
        )
    )


def _pieces(body: bytes, boundary: str) -> Iterator[bytes]:
    line = b"--" + boundary.encode("utf-8", "surrogateescape")
    pieces = (b"\n" + body).split(b"\n" + line, MAX_PARTS + 1)
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return
        yield piece.partition(b"\n")[2]


def _split(piece: bytes) -> tuple[list[Field], bytes]:
    if piece.startswith(b"\n"):
        return [], piece[1:]
    head, _, body = piece.partition(b"\n\n")
    return read_fields(head[:10_000]), body


def _decoded(data: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        letters = _BLANKS.sub(b"", data)
        return binascii.a2b_base64(letters[: len(letters) & ~3])
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    return data
