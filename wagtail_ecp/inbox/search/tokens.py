"""Words as the index knows them: folded alike on every database, marked by their place.

A mark before a word says where it stands, as in a subject or a sender's address, so that
"subject:parcel" is asked of the index and not of the rows. No mail can contain the mark.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Final

#: A letter of one medieval manuscript; taken out of whatever is indexed or asked.
MARK: Final = "\N{CYRILLIC LETTER MULTIOCULAR O}"
#: Longer ones are cut, in the index as in the question.
MAX_TOKEN: Final = 64

# Scripts without blanks between words: a letter is a word, a word is a phrase.
_TOKEN: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+?(?=[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[\W_]|\Z)"
)
_ASCII_TOKEN: Final = re.compile(r"[a-z0-9]+")


class Zone(StrEnum):
    """Where a word stands; a body's words bear no mark."""

    BODY = "b"
    SUBJECT = "s"
    FROM = "f"
    TO = "t"
    CC = "c"
    FILE = "a"
    NOTE = "n"


def tokens(text: str) -> list[str]:
    """Return the words of ``text``: without case, accents and signs."""
    if text.isascii():
        return [word[:MAX_TOKEN] for word in _ASCII_TOKEN.findall(text.lower())]
    letters = unicodedata.normalize("NFKD", text).casefold().replace(MARK, " ")
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    folded = unicodedata.normalize("NFC", bare)
    return [word[:MAX_TOKEN] for word in _TOKEN.findall(folded)]


def marked(zone: Zone, words: Iterable[str]) -> list[str]:
    """Return the words as they stand in their zone."""
    if zone == Zone.BODY:
        return list(words)
    return [f"{MARK}{zone}{word}" for word in words]


def beginning(zone: Zone) -> str:
    """Return what stands before the first word of a subject, an address or a body."""
    return f"{MARK}{zone}{MARK}"


def end(zone: Zone) -> str:
    """Return what stands after the last word."""
    return f"{MARK}{zone}{MARK}{MARK}"


def passage(zone: Zone, text: str) -> Iterator[str]:
    """Yield one subject, address or body as it goes into the index."""
    yield beginning(zone)
    yield from marked(zone, tokens(text))
    yield end(zone)


def scope(mailbox_id: int) -> str:
    """Return the word that all conversations of a mailbox share."""
    return f"{MARK}m{mailbox_id}"
