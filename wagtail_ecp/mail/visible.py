"""Text as it really is: characters that hide or turn others around are written out."""

from __future__ import annotations

import re
from typing import Final

# Control characters but tab and newline; marks that turn the direction of writing;
# blanks of no width; tags and other things that nobody sees.
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def visible(text: str) -> str:
    """Return ``text`` with whatever hides in it written out, such as ``[U+202E]``."""
    return _HIDDEN.sub(_written_out, text.replace("\r\n", "\n"))


def _written_out(match: re.Match[str]) -> str:
    return f"[U+{ord(match[0]):04X}]"


def source_text(raw: bytes) -> str:
    """Return a mail's bytes as text; what is no UTF-8 is written out as its number."""
    return visible(raw.decode("utf-8", "backslashreplace"))
