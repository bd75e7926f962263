"""Plain text for people: the first new words of a mail, and text from HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wagtail_ecp.mail.html_text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SIGNATURE_DELIMITER", "html_to_text", "snippet", "with_delimiter"]

#: The line above a signature (RFC 3676 section 4.3); its blank belongs to it.
SIGNATURE_DELIMITER: Final = "-- "

MAX_LOOKED_AT: Final = 20_000  # Characters.

_SIGNATURE: Final = re.compile(r"--\s?$|__+$|—$")
_SEPARATOR: Final = re.compile(
    r"[-_*\s]*(?:original message|originalnachricht|ursprüngliche nachricht"
    r"|message d'origine|message original|mensaje original|mensagem original"
    r"|messaggio originale|oorspronkelijk bericht|original meddelelse"
    r"|ursprungligt meddelande|wiadomość oryginalna|исходное сообщение"
    r"|forwarded message|weitergeleitete nachricht|begin forwarded message"
    r")[-_:*\s]*$|_{20,}$|-{20,}$",
    re.IGNORECASE,
)
_ATTRIBUTION: Final = re.compile(
    r"(?:on|am|le|el|il|op|em|den|dnia|w dniu|dne|pe|a|kl)\b.{5,250}"
    r"\b(?:wrote|writes|schrieb|écrit|a écrit|escribió|ha scritto|schreef|escreveu"
    r"|skrev|napisał(?:a|\(a\))?|napsal\(?a?\)?|a scris|írta|kirjoitti)\b.{0,120}:$",
    re.IGNORECASE,
)
# Without the word in front: only where a quote follows.
_LOOSE_ATTRIBUTION: Final = re.compile(
    r".{5,200}(?:wrote|schrieb|escribió|пишет|написал\(?\u0430?\)?|写道|寫道|のメール)\s?[:\uff1a]$",
    re.IGNORECASE,
)
_HEADER_LINE: Final = re.compile(
    r"\*?(?:from|von|de|da|van|från|fra|od|от|发件人|寄件者|差出人)\*?\s?[:\uff1a]\*?\s",
    re.IGNORECASE,
)
_SECOND_HEADER_LINE: Final = re.compile(
    r"\*?(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para"
    r"|asunto|inviato|oggetto|verzonden|aan|onderwerp|skickat|till|ämne|sendt|til|emne"
    r"|wysłano|do|temat|дата|кому|тема|发送时间|收件人|主题)\*?\s?[:\uff1a]",
    re.IGNORECASE,
)
_MOBILE: Final = re.compile(
    r"(?:sent from my|sent from outlook|von meinem .{2,30} gesendet"
    r"|envoyé de mon|get outlook for)",
    re.IGNORECASE,
)


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
    text = text[:MAX_LOOKED_AT]
    new = " ".join(" ".join(_new_lines(text)).split())
    words = new or " ".join(text.replace(">", " ").split())
    if len(words) <= length:
        return words
    return words[: length - 1].rstrip() + "…"


def _new_lines(text: str) -> Iterator[str]:
    lines = [line.strip() for line in text.splitlines()]
    is_started = False
    skipped = -1
    for number, line in enumerate(lines):
        if line.startswith(">") or number <= skipped:
            continue
        if is_started and _ends_the_new(lines, number):
            return
        span = _attribution_span(lines, number)
        if span and is_started:
            if _is_followed_by_quote(lines, number + span):
                skipped = number + span - 1
                continue
            return
        skipped = number + span - 1
        if not span:
            is_started = is_started or bool(line)
            yield line


def _ends_the_new(lines: list[str], number: int) -> bool:
    line = lines[number]
    if _SIGNATURE.match(line) or _SEPARATOR.match(line) or _MOBILE.match(line):
        return True
    following = lines[number + 1 : number + 5]
    return bool(_HEADER_LINE.match(line)) and any(
        map(_SECOND_HEADER_LINE.match, following)
    )


def _attribution_span(lines: list[str], number: int) -> int:
    """How many lines from here on introduce a quote ("On ... Jane wrote:")."""
    for span in (1, 2, 3):
        part = lines[number : number + span]
        if not part[-1]:
            return 0
        if _ATTRIBUTION.match(" ".join(part)):
            return span
    is_loose = bool(_LOOSE_ATTRIBUTION.match(lines[number]))
    return int(is_loose and _is_followed_by_quote(lines, number + 1))


def _is_followed_by_quote(lines: list[str], number: int) -> bool:
    following = next(filter(None, lines[number : number + 2]), "")
    return following.startswith(">")
