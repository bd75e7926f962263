"""Puts mails together byte by byte, so that the same seed makes the same mail."""

import base64
import quopri
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr, parseaddr

ENCODINGS = {  # How mail programs usually wrap these charsets (RFC 2045, section 6).
    "us-ascii": "7bit",
    "iso-2022-jp": "7bit",
    "koi8-r": "8bit",
    "windows-1251": "8bit",
    "iso-8859-1": "quoted-printable",
    "iso-8859-2": "quoted-printable",
    "iso-8859-15": "8bit",
    "windows-1252": "quoted-printable",
}


@dataclass(frozen=True)
class Part:
    """A MIME entity: its headers and its encoded body."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    def as_bytes(self) -> bytes:
        """Return headers, an empty line and the body."""
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers)
        # Latin-1 lets a story have the raw 8-bit header that some programs write.
        return head.encode("latin-1") + b"\r\n" + self.body


def text(content: str, *, subtype: str = "plain", charset: str = "utf-8") -> Part:
    """Return a text part; what the charset lacks becomes a question mark."""
    raw = content.replace("\n", "\r\n").encode(charset, "replace")
    encoding = "7bit" if raw.isascii() else ENCODINGS.get(charset, "base64")
    if charset == "utf-8" and encoding == "base64" and _is_mostly_ascii(raw):
        encoding = "quoted-printable"
    kind = f'text/{subtype}; charset="{charset}"'
    headers = (("Content-Type", kind), ("Content-Transfer-Encoding", encoding))
    return Part(headers, _encode(raw, encoding))


def attachment(name: str, kind: str, content: bytes, *, shown_as: str = "") -> Part:
    """Return a part that mail programs offer to save, or show where HTML names it."""
    inside = (("Content-ID", f"<{shown_as}>"),) if shown_as else ()
    encoding = "7bit" if kind == "message/rfc822" else "base64"
    headers = (
        ("Content-Type", f'{kind}; name="{name}"'),
        (
            "Content-Disposition",
            f'{"inline" if shown_as else "attachment"}; filename="{name}"',
        ),
        *inside,
        ("Content-Transfer-Encoding", encoding),
    )
    return Part(headers, _encode(content, encoding))


def multipart(
    subtype: str, parts: Sequence[Part], *, boundary: str, parameters: str = ""
) -> Part:
    """Return the parts as one; ``boundary`` must not occur in them."""
    line = f"--{boundary}".encode()
    body = b"".join(line + b"\r\n" + part.as_bytes() + b"\r\n" for part in parts)
    kind = f'multipart/{subtype}; boundary="{boundary}"{parameters}'
    return Part((("Content-Type", kind),), body + line + b"--\r\n")


def words(value: str, charset: str) -> str:
    """Return an unstructured header's value, encoded where needed (RFC 2047)."""
    if value.isascii():
        return value
    return Header(value, charset, errors="replace").encode(linesep="\r\n")


def address(value: str, charset: str) -> str:
    """Return ``name <address>`` with the name encoded where needed."""
    name, where = parseaddr(value)
    if name.isascii():
        return formataddr((name, where))
    return f"{words(name, charset)} <{where}>"


def _encode(raw: bytes, encoding: str) -> bytes:
    if encoding == "base64":
        return base64.encodebytes(raw).replace(b"\n", b"\r\n")
    if encoding == "quoted-printable":
        lines = raw.replace(b"\r\n", b"\n")
        return quopri.encodestring(lines).replace(b"\n", b"\r\n")
    return raw


def _is_mostly_ascii(raw: bytes) -> bool:
    return sum(byte < 128 for byte in raw) > len(raw) * 0.8  # noqa: PLR2004 - a guess
