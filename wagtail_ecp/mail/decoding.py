"""From the bytes of a mail to text that any database can store."""

from __future__ import annotations

import binascii
import re
import string
from typing import TYPE_CHECKING, Final

from wagtail_ecp.mail.uuencode import split_uuencoded

if TYPE_CHECKING:
    from collections.abc import Iterator

# C0 controls but tab and newlines, DEL, lone surrogates and two non-characters:
# PostgreSQL takes neither NUL nor surrogates, XML (feeds) none of them.
_UNSTORABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]"
)
# What senders write, and the superset that their bytes really are in.
_SUPERSETS: Final = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "euc-cn": "gb18030",
    "gb-2312": "gb18030",
    "iso-gb2312": "gb18030",
    "gb2312-80": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "big5": "big5hkscs",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "unicode-1-1-utf-7": "utf-7",
    "x-unicode-2-0-utf-7": "utf-7",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
}
_ISO_2022_JP: Final = {"iso-2022-jp", "csiso2022jp", "iso-2022-jp-ms", "cp50220"}
# These say nothing about the bytes, or name codecs that are no charset of mail.
_UNTRUSTED: Final = {
    *("", "us-ascii", "ascii", "ansi_x3.4-1968", "utf-8", "utf8", "unicode"),
    *("x-unknown", "unknown", "unknown-8bit", "8bit", "default", "none", "binary"),
    *("idna", "punycode", "undefined", "unicode_escape", "unicode-escape"),
    *("raw_unicode_escape", "raw-unicode-escape", "mbcs", "oem", "charmap"),
}
_ESCAPE: Final = re.compile(rb"\x1b(\$[@B]|\$\([@BD]|\([A-Z])")
_BASE64: Final = (string.ascii_letters + string.digits + "+/=").encode()
_NOT_BASE64: Final = bytes(set(range(256)) - set(_BASE64))
_BLANKS: Final = b" \t\r\n\0"
_JIS_BYTES: Final = range(0x21, 0x7F)


def scrub(text: str) -> str:
    """Return ``text`` without what PostgreSQL or XML can't hold (NUL, surrogates)."""
    return _UNSTORABLE.sub(_replacement, text)


def _replacement(match: re.Match[str]) -> str:
    return "" if match[0] < "\x80" else "\ufffd"


def decode_text(data: bytes, charset: str | None = None) -> str:
    """Decode ``data`` whatever its label says; never raises, result is scrubbed.

    A label is widened to the superset that mail programs write under its name
    (cp1252 for latin-1, gb18030 for gb2312); an unknown one means UTF-8 if the
    bytes are that, else cp1252.
    """
    words = (charset or "").lower().split()
    label = words[0].strip("\"';,") if words else ""
    if label in _ISO_2022_JP:
        return scrub(_decode_iso_2022_jp(data))
    codec = _SUPERSETS.get(label, label)
    if label in _UNTRUSTED or codec == "cp1252":
        return scrub(_guess(data))
    try:
        return scrub(data.decode(codec, "replace"))
    except (LookupError, ValueError):
        # An unknown charset, or one whose codec knows no "replace".
        return scrub(_guess(data))


def _guess(data: bytes) -> str:
    # Also for what says that it is latin-1: such text is no valid UTF-8 by chance.
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # UTF-8 that was cut off within its last character is UTF-8 all the same.
        is_cut_off = not data[: error.start].isascii() and error.end == len(data)
        codec = "utf-8" if is_cut_off else "cp1252"
        return data.decode(codec, "replace")


def _decode_iso_2022_jp(data: bytes) -> str:
    # By way of cp932, because Python's own codec lacks NEC row 13 (the circled
    # digits) and half-width kana, which Japanese mail programs write.
    pieces = _ESCAPE.split(data)
    text = [pieces[0].decode("ascii", "replace")]
    for escape, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        if escape.startswith(b"$"):
            text.append(_jis_to_sjis(piece).decode("cp932", "replace"))
        elif escape == b"(I":
            text.append(bytes(byte | 0x80 for byte in piece).decode("cp932", "replace"))
        else:
            text.append(piece.decode("ascii", "replace"))
    return "".join(text)


def _jis_to_sjis(data: bytes) -> bytes:
    out = bytearray()
    position = 0
    while position < len(data):
        pair = data[position : position + 2]
        if len(pair) == 1 or any(byte not in _JIS_BYTES for byte in pair):
            out.append(pair[0])  # A newline, or damage, amid the two-byte text.
            position += 1
            continue
        out += _sjis_pair(*pair)
        position += 2
    return bytes(out)


def _sjis_pair(high: int, low: int) -> bytes:
    """Convert one character of JIS X 0208, by the usual arithmetic."""
    lead = ((high - 0x21) >> 1) + 0x81
    lead += 0x40 * (lead > 0x9F)  # noqa: PLR2004
    if high % 2 == 0:
        return bytes((lead, low + 0x7E))
    return bytes((lead, low + (0x1F if low < 0x60 else 0x20)))  # noqa: PLR2004


def decode_transfer(data: bytes, encoding: str) -> bytes:
    """Undo a Content-Transfer-Encoding (RFC 2045); damaged input gives what is left.

    Input that is not in the encoding which it claims is returned as it is.
    """
    name = encoding.strip().lower()
    if name.startswith("base64"):
        return decode_base64(data)
    if name.startswith("quoted-printable"):
        return binascii.a2b_qp(data)
    if name.startswith(("x-uu", "uu")):
        files = split_uuencoded(data.decode("latin-1"))[1]
        return files[0][1] if files else data
    return data


def decode_base64(data: bytes) -> bytes:
    """Decode base64 leniently: some foreign bytes, missing and inner padding are fine.

    What stands behind padding on the same line is left out; on the next line it is
    another piece of base64, as list servers append them.
    """
    clean = data.translate(None, _NOT_BASE64)
    foreign = len(data.translate(None, _BLANKS)) - len(clean)
    if foreign * 16 > len(clean):
        return data
    if b"=" not in clean.rstrip(b"="):
        return _decode_quads(clean.rstrip(b"="))
    return b"".join(map(_decode_quads, _padded_pieces(data)))


def _padded_pieces(data: bytes) -> Iterator[bytes]:
    piece: list[bytes] = []
    for line in data.splitlines():
        clean, padding, _rest = line.translate(None, _NOT_BASE64).partition(b"=")
        piece.append(clean)
        if padding:
            yield b"".join(piece)
            piece = []
    yield b"".join(piece)


def _decode_quads(clean: bytes) -> bytes:
    if len(clean) % 4 == 1:  # Six bits are no byte.
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
