"""How addresses, names and ids are written in SMTP commands and header fields."""

import itertools
import re
from collections.abc import Iterable
from email.charset import Charset

from wagtail_ecp.mail.addresses import address_key

LINE_LENGTH = 78  # RFC 5322 2.1.1: should be kept.
MAX_LINE_LENGTH = 998  # RFC 5322 2.1.1: must be kept.
ENCODED_WORD_LENGTH = 60  # RFC 2047 2: lines of 76 in all, the name included.

LOCAL_PART = re.compile(
    r'[^\s"(),:;<>@\[\\\]]+'  # Dots anywhere: some providers gave out such addresses.
    r'|"(?:[^"\\]|\\[ -~])*"'
)
DOMAIN = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*|\[[0-9A-Za-z.:]+\]")
ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
NOT_IN_HEADERS = re.compile(r"[\r\n\0]")
PLAIN = re.compile(r"[ -~\t]*")
LOOKS_ENCODED = "=?"

UTF_8 = Charset("utf-8")


def wire_address(address: str) -> str:
    """Return ``address`` with its domain in A-labels (RFC 5890), else unchanged.

    What is still not ASCII needs SMTPUTF8 (RFC 6531). Raises ``ValueError`` for what
    can't stand between angle brackets.
    """
    local_part, _, _ = address.rpartition("@")
    domain = address_key(address).rpartition("@")[2]
    if (
        address.isprintable()
        and LOCAL_PART.fullmatch(local_part)
        and DOMAIN.fullmatch(domain)
    ):
        return f"{local_part}@{domain}"
    raise ValueError(f"{address!r} is not an e-mail address")


def field(name: str, words: Iterable[str]) -> str:
    """Return a header field's value, folded before ``LINE_LENGTH`` where it can be.

    The words are written as they are. Raises ``ValueError`` for a line break in a
    word, and for a word that no line can hold.
    """
    lines, room = [""], LINE_LENGTH - len(f"{name}: ")
    for word in words:
        if NOT_IN_HEADERS.search(word):
            raise ValueError(f"a line break or NUL in {name}: {word!r}")
        if len(word.encode()) >= MAX_LINE_LENGTH - len(f"{name}: "):
            raise ValueError(f"{name} is too long to be written")
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
            room = LINE_LENGTH - 1
        lines[-1] += f" {word}" if lines[-1] else word
    return "\r\n ".join(lines)


def text_words(text: str) -> list[str]:
    """Return the words of an unstructured field, in RFC 2047 form where needed."""
    if NOT_IN_HEADERS.search(text):
        raise ValueError(f"a line break or NUL in a header: {text!r}")
    words = text.split(" ")
    is_plain = PLAIN.fullmatch(text) and LOOKS_ENCODED not in text
    # Runs of spaces could be lost where the line is folded.
    if is_plain and all(words) and max(map(len, words)) < LINE_LENGTH - 20:
        return words
    return encoded_words(text) if text else []


def encoded_words(text: str) -> list[str]:
    """Return ``text`` as RFC 2047 encoded words, cut between characters."""
    text = text.encode("utf-8", "replace").decode()
    lengths = itertools.repeat(ENCODED_WORD_LENGTH)
    return [word for word in UTF_8.header_encode_lines(text, lengths) if word]


def phrase_words(name: str) -> list[str]:
    """Return the words of a display name: atoms, a quoted string, or encoded."""
    if NOT_IN_HEADERS.search(name):
        raise ValueError(f"a line break or NUL in a name: {name!r}")
    if not PLAIN.fullmatch(name) or LOOKS_ENCODED in name or len(name) > LINE_LENGTH:
        return encoded_words(name)
    if ATOMS.fullmatch(name):
        return name.split()
    escaped = re.sub(r'(["\\])', r"\\\1", name)
    return [f'"{escaped}"']
