"""What a reader sees of a mail, as tokens: words, pairs of words, links, structure."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wagtail_ecp.spam.parts import Part

MAX_WORDS: Final = 1_500
MAX_LETTERS: Final = 24_000

_WORD: Final = re.compile(r"[$£€#]?\w[\w'’$%-]*|[!?*=_-]{3,}|[!?]|[$£€]", re.UNICODE)
_HIDDEN: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?:style|script|title)\b.*?(?:</(?:style|script|title)|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG: Final = re.compile(r"<(/?[a-zA-Z!][\w:-]{0,20})([^<>]{0,2000})>")
_LINK: Final = re.compile(r"(?:https?|ftp)://([^\s/?#\"'<>\\)]{1,255})", re.IGNORECASE)
_MAIL_ADDRESS: Final = re.compile(r"[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,5})")
_WIDE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ATTRIBUTE: Final = re.compile(r"([a-zA-Z-]{2,20})\s*=\s*[\"']?([^\s\"'>]{0,30})")


def read_words(text: str) -> list[str]:
    """Split ``text`` into words; scripts without blanks into single characters."""
    words = _WORD.findall(text[:MAX_LETTERS])[:MAX_WORDS]
    if _WIDE.search(text) is None:
        return words
    return [
        piece
        for word in words
        for piece in (list(word) if _WIDE.search(word) else (word,))
    ][:MAX_WORDS]


def read_html(source: str) -> tuple[str, list[str]]:
    """Return the text of an HTML part and the tokens of its structure."""
    source = source[:MAX_LETTERS]
    tokens: list[str] = []
    if _HIDDEN.search(source):
        tokens.append("html hidden")
    source = _HIDDEN.sub(" ", source)
    for tag, attributes in dict.fromkeys(_TAG.findall(source)[:300]):
        tokens.append(f"tag {tag.lower()}")
        tokens.extend(
            f"attribute {tag.lower()} {name.lower()}={_shape(value)}"
            for name, value in _ATTRIBUTE.findall(attributes[:300])
        )
    return html.unescape(_TAG.sub(" ", source)), tokens


def link_tokens(source: str) -> list[str]:
    """Return tokens for the hosts that ``source`` links to and names."""
    tokens = []
    for host in dict.fromkeys(_LINK.findall(source)[:100]):
        tokens.extend(host_tokens("link", host.rpartition("@")[2].lower()))
        if "@" in host:
            tokens.append("oddity link-user")
    for domain in dict.fromkeys(_MAIL_ADDRESS.findall(source)[:50]):
        tokens.extend(host_tokens("address", domain.lower()))
    return tokens


def host_tokens(kind: str, host: str) -> list[str]:
    """Return tokens for a host: itself, its last two labels, its top-level domain."""
    host, _, port = host.partition(":")
    labels = host.rstrip(".").split(".")
    if labels[-1].isdigit():
        return [f"{kind}-ip {'.'.join(labels[:2])}", f"oddity {kind}-ip"]
    tokens = [f"{kind} {host}", f"{kind}-top {labels[-1]}"]
    if len(labels) > 2:  # noqa: PLR2004
        tokens.append(f"{kind} {'.'.join(labels[-2:])}")
    if port:
        tokens.append(f"{kind}-port {port[:5]}")
    return tokens


def part_tokens(part: Part) -> list[str]:
    """Return tokens for what a part says of itself."""
    tokens = [
        f"part {part.depth} {part.content_type}",
        f"part {part.content_type} {part.encoding}",
        f"charset {part.charset}",
    ]
    if part.name:
        tokens.append(f"file .{part.name.rpartition('.')[2].lower()[:10]}")
    return tokens


def _shape(value: str) -> str:
    return re.sub(r"[0-9]+", "9", value.lower())[:12]
