"""Plain text for people: the first new words of a mail, and text from HTML."""

from __future__ import annotations

import re
from typing import Final

from wagtail_ecp.mail.html_text import html_to_text
from wagtail_ecp.mail.quoting import Kind, split

__all__ = ["SIGNATURE_DELIMITER", "html_to_text", "snippet", "with_delimiter"]

#: The line above a signature (RFC 3676 section 4.3); its blank belongs to it.
SIGNATURE_DELIMITER: Final = "-- "

MAX_LOOKED_AT: Final = 20_000  # Characters.

_MARKS: Final = re.compile(r"^[>\s]+", re.MULTILINE)


def with_delimiter(text: str) -> str:
    """Return ``text`` with the blank back in the last line that is but two hyphens.

    Text from HTML has no blanks at the ends of its lines, and mail programs know the
    delimiter of a signature by this one.
    """
    before, found, signature = f"\n{text}".rpartition("\n--\n")
    if not found:
        return text
    return f"{before}\n{SIGNATURE_DELIMITER}\n{signature}"[1:]


def snippet(text: str, length: int = 200) -> str:
    """Return the first ``length`` characters of what is new in ``text``, in one line.

    Quoted lines, the line that introduces them and the signature are left out; a
    text that is nothing else is given as it is.
    """
    own = (part.text for part in split(text[:MAX_LOOKED_AT]) if part.kind is Kind.OWN)
    words = " ".join(_MARKS.sub(" ", "".join(own)).split())
    if len(words) <= length:
        return words
    return words[: length - 1].rstrip() + "…"
