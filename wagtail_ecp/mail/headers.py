"""Header values as people meant them: unfolded, decoded, with their parameters."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from wagtail_ecp.mail.decoding import decode_base64, decode_text, scrub

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_HEADER_LENGTH: Final = 200_000  # Characters; what lies behind is not decoded.
MAX_PARAMETERS: Final = 1_000

# The look-behind keeps this linear where blanks are many and newlines are none.
_FOLD: Final = re.compile(r"(?<![ \t])[ \t]*[\r\n]+[ \t]*")
_WORD_START: Final = re.compile(
    r"=\?([\w.:+-]{1,60})(?:\*[\w-]{0,20})?\?([bBqQ])\?", re.ASCII
)
_MAIN: Final = re.compile(r"\s*([^\s;]*)[\s;]*")
_PARAMETER: Final = re.compile(
    r';\s*([^\s=;"]{1,80}?)(\*\d{1,5})?(\*)?\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)',
    re.ASCII | re.DOTALL,
)
_DATE_LENGTH: Final = 120
_FIRST_YEAR, _LAST_YEAR = 1970, 9998


class _Word(NamedTuple):
    start: int
    end: int
    charset: str
    encoding: str
    text: str


def decode_header(value: str, *, charset: str | None = None) -> str:
    """Decode a raw header value (RFC 2047, raw 8-bit bytes), unfolded and scrubbed.

    ``value`` holds 8-bit bytes as surrogates, as the email package gives them;
    ``charset`` is tried for those that are not UTF-8.  Never raises.
    """
    if value.isascii() and value.isprintable() and "=?" not in value:
        return value[:MAX_HEADER_LENGTH].strip()  # By far the most.
    value = _FOLD.sub(" ", value[:MAX_HEADER_LENGTH])
    if "=?" not in value:
        return _decode_raw(value, charset).strip()
    pieces: list[str] = []
    position = 0
    for run in _runs(value):
        pieces.append(_decode_raw(value[position : run[0].start], charset))
        pieces.append(decode_text(_run_bytes(run), run[0].charset))
        position = run[-1].end
    pieces.append(_decode_raw(value[position:], charset))
    return " ".join("".join(pieces).splitlines()).strip()


def _decode_raw(value: str, charset: str | None) -> str:
    if value.isascii():
        return scrub(value)
    data = value.encode("utf-8", "surrogateescape")
    try:
        return decode_text(data.decode("utf-8").encode("utf-8"))
    except UnicodeDecodeError:
        return decode_text(data, charset)


def _words(value: str) -> Iterator[_Word]:
    position = 0
    while match := _WORD_START.search(value, position):
        end = value.find("?=", match.end())
        if end < 0:
            return
        text = value[match.end() : end]
        yield _Word(match.start(), end + 2, match[1].lower(), match[2].lower(), text)
        position = end + 2


def _runs(value: str) -> Iterator[list[_Word]]:
    """Yield words that belong together: only blanks between, the same charset.

    Mail programs cut words within a character, so that the bytes of neighbours
    must be joined before they are decoded.
    """
    run: list[_Word] = []
    for word in _words(value):
        if run and value[run[-1].end : word.start].strip():
            yield run
            run = []
        elif run and run[-1].charset != word.charset:
            yield [*run[:-1], run[-1]._replace(end=word.start)]
            run = []
        run.append(word)
    if run:
        yield run


def _run_bytes(run: list[_Word]) -> bytes:
    pieces: list[bytes] = []
    pending = ""
    for word in run:
        data = word.text.encode("utf-8", "surrogateescape")
        if word.encoding == "q":
            pieces.append(decode_base64(pending.encode("ascii", "ignore")))
            pending = ""
            pieces.append(binascii.a2b_qp(data.replace(b" ", b"_"), header=True))
            continue
        pending += word.text.strip()
        if pending.endswith("=") or len(pending) % 4 == 0:
            pieces.append(decode_base64(pending.encode("ascii", "ignore")))
            pending = ""
    pieces.append(decode_base64(pending.encode("ascii", "ignore")))
    return b"".join(pieces)


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Split a value such as ``text/plain; charset=x`` into main value and parameters.

    Names are lower-case; RFC 2231 continuations and charsets, RFC 2047 words in
    quotes and raw 8-bit values are all decoded.  Never raises, in linear time.
    """
    value = value[:MAX_HEADER_LENGTH]
    main = _MAIN.match(value)
    rest = ";" + value[main.end() :] if main else ""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for match in islice(_PARAMETER.finditer(rest), MAX_PARAMETERS):
        name, number, star = match[1].lower(), match[2], match[3]
        content = _unquote(match[4])
        if number or star:
            index = int(number[1:]) if number else 0
            pieces.setdefault(name, {}).setdefault(index, (bool(star), content))
        else:
            plain.setdefault(name, content)
    decoded = {name: decode_header(content) for name, content in plain.items()}
    decoded |= {name: _join_pieces(found) for name, found in pieces.items()}
    return decode_header(main[1] if main else "").lower(), decoded


def _unquote(content: str) -> str:
    content = content.strip()
    if content.startswith('"'):
        inner = content[1:].removesuffix('"')
        return re.sub(r'\\(["\\])', r"\1", _FOLD.sub(" ", inner))
    return _FOLD.sub(" ", content)


def _join_pieces(pieces: dict[int, tuple[bool, str]]) -> str:
    ordered = [piece for _index, piece in sorted(pieces.items())]
    charset = ""
    is_encoded, first = ordered[0]
    if is_encoded and first.count("'") >= 2:  # noqa: PLR2004
        charset, _language, first = first.split("'", 2)
        ordered[0] = is_encoded, first
    data = [_piece_bytes(*piece) for piece in ordered]
    joined = b"".join(data)
    if not charset and b"=?" in joined:
        return decode_header(joined.decode("ascii", "surrogateescape"))
    return decode_text(joined, charset)


def _piece_bytes(is_encoded: bool, content: str) -> bytes:
    data = content.encode("utf-8", "surrogateescape")
    return unquote_to_bytes(data) if is_encoded else data


def parse_date(value: str) -> datetime | None:
    """Read a Date header (RFC 5322, obsolete and ISO forms) as an aware UTC time.

    ``None`` if it can't be read or lies before 1970 or after 9998.
    """
    value = _FOLD.sub(" ", value[:_DATE_LENGTH]).strip()
    try:
        moment = (_parse_rfc_date(value) or _parse_iso_date(value)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _parse_rfc_date(value: str) -> datetime | None:
    fields = parsedate_tz(value)
    if fields is None:
        return None
    year, month, day, hour, minute, second = fields[:6]
    zone = timezone(timedelta(seconds=fields[9] or 0))
    return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)


def _parse_iso_date(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
