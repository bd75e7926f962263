"""Subjects compared as people compare them: without prefixes of replies."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_SUBJECT_LENGTH: Final = 1_000

_REPLY: Final = (
    "re|aw|antw|antwort|sv|vs|vl|vá|odp|odg|ynt|yan|res|resp|rif|ref|r|bls|atb|απ|σχετ"
    "|回复|回覆|答复|回信|返信|답장|회신|רה|השב|תגובה|رد|ответ|отв|на|отг|від|hf|ad|trả lời|ตอบ|ตอบกลับ"
)
_FORWARD: Final = (
    "fw|fwd|wg|tr|rv|enc|encl|i|pd|vb|doorst|vs|vl|fs|továbbítás|ilt|i̇lt|πρθ|转发|轉寄|轉發|転送"
    "|전달|הועבר|إعادة توجيه|пересл|прп|fwd|fyi|chuyển tiếp|ส่งต่อ|bv"
)
_COUNT: Final = r"(?:\s?\[\d{1,3}\]|\s?\(\d{1,3}\)|\^\d{1,3}|\*\d{1,3})?"
_REPLY_PREFIX: Final = re.compile(rf"\s*(?:{_REPLY}){_COUNT}\s?[:\uff1a]")
_FORWARD_PREFIX: Final = re.compile(rf"\s*(?:{_FORWARD}){_COUNT}\s?[:\uff1a]")
_PREFIX: Final = re.compile(rf"\s*(?:{_REPLY}|{_FORWARD}){_COUNT}\s?[:\uff1a]")
_LIST_TAG: Final = re.compile(r"\s*(\[[^\[\]]{1,60}\])")
_SUFFIX: Final = re.compile(r"\s*\((?:fwd|was:[^()]{0,200})\)$")


def base_subject(subject: str) -> str:
    """Return ``subject`` for comparison: casefolded, blanks collapsed, no prefixes.

    Reply and forward prefixes of many languages go, also numbered and repeated
    ones; a mailing list's [tag] stays once, in front.
    """
    rest = _folded(subject)
    tags: dict[str, None] = {}
    while match := _PREFIX.match(rest) or _LIST_TAG.match(rest):
        if match.lastindex:
            tags[match[1]] = None
        rest = rest[match.end() :]
    rest = _SUFFIX.sub("", rest).strip()
    return " ".join(filter(None, (*tags, rest)))


def is_reply_subject(subject: str) -> bool:
    """Tell whether a prefix says that this answers something (forwards do not)."""
    return bool(_REPLY_PREFIX.match(_untagged(subject)))


def is_forward_subject(subject: str) -> bool:
    """Tell whether a prefix says that this passes something on."""
    return bool(_FORWARD_PREFIX.match(_untagged(subject)))


def _untagged(subject: str) -> str:
    rest = _folded(subject)
    while match := _LIST_TAG.match(rest):
        rest = rest[match.end() :]
    return rest


def _folded(subject: str) -> str:
    text = unicodedata.normalize("NFKC", subject[:MAX_SUBJECT_LENGTH]).casefold()
    return " ".join(text.split())
