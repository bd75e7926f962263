"""Readable plain text from HTML: paragraphs, lists, links, quotes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

import nh3

from wagtail_ecp.mail.nesting import limit_nesting

MAX_HTML_LENGTH: Final = 2_000_000  # Characters; what lies behind is left out.
MAX_INDENT: Final = 10  # Quotes and lists below that are not indented further.

_LINES_NAMES: Final = """
address article aside center dd div dl dt figcaption figure footer form header
legend main nav section table tr
"""
_LINES: Final = frozenset(_LINES_NAMES.split())
_PARAGRAPHS_NAMES: Final = """
blockquote h1 h2 h3 h4 h5 h6 ol p pre ul
"""
_PARAGRAPHS: Final = frozenset(_PARAGRAPHS_NAMES.split())
_KEPT: Final = _LINES | _PARAGRAPHS | {"a", "br", "hr", "img", "li", "td", "th"}
_REMOVED_WITH_CONTENT_NAMES: Final = """
script style title template noscript iframe object svg math select
"""
_REMOVED_WITH_CONTENT: Final = frozenset(_REMOVED_WITH_CONTENT_NAMES.split())
# Blanks, and the invisible characters with which newsletters pad their preview.
_BLANKS: Final = re.compile("[ \t\r\n\f\u200b-\u200d\ufeff\u034f\u00ad\u2007]+")
_SCHEME: Final = re.compile("^(https?://|mailto:|tel:)")


def html_to_text(html: str) -> str:
    """Return what a person would read in ``html``; never raises, in linear time.

    A blank line stands between paragraphs, lists have bullets or numbers, links
    are ``text <url>``, quotes stand behind ``>``, images give their alt text.
    """
    # nh3 first: its output is well-formed, which HTMLParser reads in linear time.
    clean = nh3.clean(
        limit_nesting(html[:MAX_HTML_LENGTH]),
        tags=set(_KEPT),
        clean_content_tags=set(_REMOVED_WITH_CONTENT),
        attributes={"a": {"href"}, "img": {"alt"}},
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative="deny",
        link_rel=None,
    )
    writer = _Writer()
    writer.feed(clean)
    writer.close()
    return writer.text()


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.pres = 0
        self.counters: list[int | None] = []  # One per open list; None has bullets.
        self.bullet = ""
        self.link: tuple[str, int] | None = None  # Its URL, where its text begins.

    def text(self) -> str:
        """Return the text read so far."""
        self._end_line()
        return "\n".join(self.lines).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "br":
            self._end_line(is_kept=True)
        elif tag == "a":
            self.link = (attributes.get("href") or "", len(self.line))
        elif tag == "img":
            self.line.append(attributes.get("alt") or "")
        elif tag == "hr":
            self._end_line()
            self.lines.append(self._prefix() + "-" * 20)
        elif tag in {"td", "th"}:
            self.line.append(" ")
        else:
            self._open_block(tag)

    def _open_block(self, tag: str) -> None:
        is_inner_list = tag in {"ul", "ol"} and bool(self.counters)
        if tag in _PARAGRAPHS and not is_inner_list:
            self._end_paragraph()
        else:
            self._end_line()
        self.quotes += tag == "blockquote"
        self.pres += tag == "pre"
        if tag in {"ul", "ol"}:
            self.counters.append(0 if tag == "ol" else None)
        elif tag == "li":
            self.bullet = self._next_bullet()

    def _next_bullet(self) -> str:
        if not self.counters or self.counters[-1] is None:
            return "- "
        self.counters[-1] += 1
        return f"{self.counters[-1]}. "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
            return
        if tag in {"ul", "ol"} and self.counters:
            self._end_line()
            self.counters.pop()
        if tag == "blockquote":
            self._end_quote()
        elif tag in _PARAGRAPHS and not self.counters:
            self._end_paragraph()
        elif tag in _LINES or tag == "li":
            self._end_line()
        self.pres -= tag == "pre"

    def _end_quote(self) -> None:
        self._end_line()
        while self.lines and not self.lines[-1].strip("> "):
            self.lines.pop()
        self.quotes -= 1
        self._end_paragraph()

    def _end_link(self) -> None:
        if self.link is None:
            return
        url, start = self.link
        self.link = None
        text = "".join(self.line[start:]).strip()
        is_said = _SCHEME.sub("", url).rstrip("/") in text
        if url and text and not is_said:
            self.line.append(f" <{url}>")

    def handle_data(self, data: str) -> None:
        if not self.pres:
            self.line.append(_BLANKS.sub(" ", data))
            return
        first, *others = data.split("\n")
        self.line.append(first)
        for line in others:
            self._end_line(is_kept=True)
            self.line.append(line)

    def _prefix(self) -> str:
        return "> " * min(self.quotes, MAX_INDENT)

    def _end_line(self, *, is_kept: bool = False) -> None:
        line = "".join(self.line)
        self.line = []
        if not self.pres:
            line = re.sub(" {2,}", " ", line).strip()
        if not line:
            is_blank_wanted = is_kept and bool(self.lines)
            self.lines += [self._prefix().rstrip()] if is_blank_wanted else []
            return
        depth = min(len(self.counters), MAX_INDENT)
        indent = "  " * (depth - 1 if self.bullet else depth)
        self.lines.append(f"{self._prefix()}{indent}{self.bullet}{line}".rstrip())
        self.bullet = ""

    def _end_paragraph(self) -> None:
        self._end_line()
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(self._prefix().rstrip())
