"""What a mail is made of, as tokens: its parts, its links, its HTML."""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from wagtail_ecp.spam.parts import Part

MAX_SOURCE: Final = 24_000
MAX_TAGS: Final = 200

_HIDDEN: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?:style|script|title)\b.*?(?:</(?:style|script|title)|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_TAG: Final = re.compile(r"<(/?[a-zA-Z!][\w:-]{0,20})([^<>]{0,2000})>")
_AUTHORITY: Final = re.compile(r"[^\s/?#\"'<>\\)]{1,255}")
_SCHEMES: Final = ("http", "https", "ftp")
_ATTRIBUTE: Final = re.compile(r"([a-zA-Z-]{2,20})\s*=\s*[\"']?([^\s\"'>]{0,30})")
_DIGITS: Final = re.compile(r"[0-9]+")
_REGISTERED: Final = 2  # Labels of a name that is registered: example.com.


def read_html(source: str) -> tuple[str, list[str]]:
    """Return the text of an HTML part and the tokens of its structure."""
    shown = _HIDDEN.sub(" ", source)
    tokens = ["hidden"] if shown != source else []
    pieces = _TAG.split(shown)  # Text, tag, its attributes, text again …
    tags = islice(zip(pieces[1::3], pieces[2::3], strict=True), MAX_TAGS)
    for tag, attributes in dict.fromkeys(tags):
        tokens.append(f"tag {tag.lower()}")
        tokens += [
            f"attribute {tag.lower()} {name.lower()}={_alike(value)}"
            for name, value in _ATTRIBUTE.findall(attributes[:200])
        ]
    return html.unescape(" ".join(pieces[::3])), tokens


def link_tokens(source: str) -> list[str]:
    """Return tokens for the hosts that ``source`` links to."""
    tokens = []
    for host in dict.fromkeys(_linked(source)):
        _, at, name = host.rpartition("@")
        tokens += _host_tokens(name.lower())
        if at:
            tokens.append("link-login")
    return tokens


def _linked(source: str) -> list[str]:
    """Return the hosts of links; to split first is quicker than one expression."""
    before, *after = source.split("://", 100)
    found = []
    for rest in after:
        match = _AUTHORITY.match(rest)
        if match and before[-5:].lower().endswith(_SCHEMES):
            found.append(match[0])
        before = rest
    return found


def _host_tokens(host: str) -> list[str]:
    host, _, port = host.partition(":")
    labels = host.rstrip(".").split(".")
    if labels[-1].isdigit():
        return [f"link {'.'.join(labels[:2])}", "link-number"]
    tokens = [f"link {host}", f"link-top {labels[-1]}"]
    if len(labels) > _REGISTERED:
        tokens.append(f"link {'.'.join(labels[-_REGISTERED:])}")
    return [*tokens, "link-port"] if port else tokens


def part_tokens(part: Part) -> list[str]:
    """Return tokens for what a part says of itself."""
    tokens = [
        f"part {part.depth} {part.content_type}",
        f"encoding {part.content_type} {part.encoding}",
        f"charset {part.charset}",
    ]
    if part.name:
        tokens.append(f"file .{part.name.rpartition('.')[2].lower()[:10]}")
    return tokens


def _alike(value: str) -> str:
    return _DIGITS.sub("9", value.lower())[:12]
