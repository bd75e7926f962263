"""Folds what a mail's HTML quotes, by the marks that mail programs leave there.

Works on the output of the sanitiser, which is well-formed, and inserts tags of ours
without touching any other byte. The marks are read before it takes them away.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from html import escape, unescape
from typing import TYPE_CHECKING, Final

from wagtail_ecp.mail import quoting

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What the sanitiser writes in place of a mail program's class or id, and we remove.
WHOLE: Final = "ecp-whole"  # The element is a quote.
REST: Final = "ecp-rest"  # The quote is this element and all that follows it.
BEFORE: Final = "ecp-before"  # The element introduces the quote that follows it.

_WHOLE_CLASSES: Final = re.compile(
    r"(?:^|\s)(?:gmail_quote|yahoo_quoted|protonmail_quote|zmail_extra|tutanota_quote"
    r"|front-blockquote|mailbird-reply-quote|airmail_original|history_container)"
    r"(?:$|[\s_])",
    re.IGNORECASE,
)
_BEFORE_CLASSES: Final = re.compile(r"(?:^|\s)moz-cite-prefix(?:$|\s)")
_REST_IDS: Final = re.compile(
    r"(?:x_)*(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|stopSpelling|zwchr"
    r"|mail-editor-reference-message-container)$",
    re.IGNORECASE,
)
# Outlook's line above the header of an earlier mail, as the sanitiser leaves it.
_OUTLOOK_BAR: Final = re.compile(
    r"border-top:\s*solid #(?:B5C4DF|E1E1E1) 1\.0pt", re.IGNORECASE
)
_TAG: Final = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*) ?/?>')
_MARK: Final = re.compile(r' (?:class|id)="(ecp-(?:whole|rest|before))"')
_BREAK: Final = re.compile(r"<(?:br|hr|/?(?:blockquote|div|h\d|li|p|tr))\b[^>]*>")
_VOID: Final = frozenset({"br", "col", "hr", "img", "wbr"})
#: Cannot stand inside of what we put around a quote.
_CELLS: Final = frozenset(
    {"caption", "col", "colgroup", "dd", "dt", "li", "tbody", "td", "tfoot", "th"}
    | {"thead", "tr"}
)
_BLOCKS: Final = frozenset({"div", "p", "section"})
#: Characters; a longer quote is folded although it is answered below.
OPEN: Final = 600
#: Characters that are looked at for what introduces a quote.
INTRODUCTION: Final = 400
#: Elements without words between an introduction and its quote.
NEAR: Final = 4


def mark(attribute: str, value: str) -> str | None:
    """Return the mark for a class or an id, None for what says nothing of quotes."""
    if attribute == "id":
        return REST if _REST_IDS.match(value) else None
    if _BEFORE_CLASSES.search(value):
        return BEFORE
    return WHOLE if _WHOLE_CLASSES.search(value) else None


def fold(html: str, *, label: str) -> str:
    """Return sanitised ``html`` with each quote in ``<details class="ecp-quote">``.

    Nothing is folded where nothing else would be left, nor what is passed on
    ("Forwarded message"). A short quote that own words follow stays open.
    """
    page = _Page(html)
    spans = list(page.quotes())
    if not spans or not page.has_words_beside(spans):
        return _MARK.sub("", html)
    pieces, at = [], 0
    for start, end in spans:
        is_open = page.length(start, end) <= OPEN and page.length(end, len(html)) > 0
        pieces += [
            html[at:start],
            f'<details class="ecp-quote"{" open" if is_open else ""}>',
            f"<summary>{escape(label)}</summary>{html[start:end]}</details>",
        ]
        at = end
    return _MARK.sub("", "".join([*pieces, html[at:]]))


@dataclass(slots=True)
class _Element:
    name: str
    start: int  # Where its tag begins.
    inside: int  # Where its content begins, and ends.
    inside_end: int
    end: int
    mark: str = ""
    parent: _Element | None = None
    place: int = 0  # Among its parent's children.
    children: list[_Element] = field(default_factory=list)


class _Page:
    """The elements of sanitised HTML, and where in it there is something to see."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.seen_at: list[int] = []
        self.seen: list[int] = [0]  # Characters before each of them, and in all.
        self.root = self._read()

    def _read(self) -> _Element:
        size = len(self.html)
        root = current = _Element("", 0, 0, size, size)
        at = 0
        for tag in _TAG.finditer(self.html):
            self._note(at, tag.start())
            at = tag.end()
            closing, name, _attributes = tag.groups()
            if name == "img":
                self._note_one(tag.start(), 1)
            if not closing:
                current = _opened(tag, current)
            elif current.parent is not None and current.name == name:
                current.inside_end, current.end = tag.start(), tag.end()
                current = current.parent
        self._note(at, size)
        return root

    def _note(self, start: int, end: int) -> None:
        text = (
            self.html[start:end].replace("&nbsp;", " ").strip(" \r\n\t\ufeff\u200b\xa0")
        )
        if text:
            self._note_one(start, len(text))

    def _note_one(self, at: int, length: int) -> None:
        self.seen_at.append(at)
        self.seen.append(self.seen[-1] + length)

    def length(self, start: int, end: int) -> int:
        """Return how many characters can be seen between two places."""
        first, last = (bisect_left(self.seen_at, place) for place in (start, end))
        return self.seen[last] - self.seen[first]

    def has_words_beside(self, spans: list[tuple[int, int]]) -> bool:
        """Tell whether anything can be seen outside of ``spans``."""
        inside = sum(self.length(start, end) for start, end in spans)
        return inside < self.seen[-1]

    def quotes(self) -> Iterator[tuple[int, int]]:
        """Yield where the outermost quotes begin and end, in order."""
        done = 0
        waiting = list(reversed(self.root.children))
        while waiting:
            element = waiting.pop()
            if element.start < done:
                continue
            span = self._quote(element)
            if span is None:
                waiting += reversed(element.children)
            elif span[1] > span[0]:
                yield span
                done = span[1]

    def _quote(self, element: _Element) -> tuple[int, int] | None:
        """Return the quote that begins at ``element``, an empty one for a forward."""
        if element.name in _CELLS:
            return None
        if element.mark == REST or self._begins_original(element):
            return self._rest(element)
        is_quote = element.name == "blockquote" or element.mark == WHOLE
        if is_quote and quoting.is_forward(self._first_words(element)):
            return element.end, element.end
        if element.mark == WHOLE and not self._is_answered_inside(element):
            return self._introduction(element), element.end
        if element.name == "blockquote" and self._is_introduced(element):
            return element.start, element.end
        return None

    def _begins_original(self, element: _Element) -> bool:
        if element.name not in _BLOCKS or not self.length(0, element.start):
            return False
        if not quoting.may_begin_original(self._first_words(element)):
            return False
        lines = _lines(self.html[element.start : element.start + 8 * INTRODUCTION])
        return quoting.begins_original([line for line in lines if line][: 2 * NEAR])

    def _first_words(self, element: _Element) -> str:
        """Return what can be seen first in ``element``, up to the next tag."""
        first = bisect_left(self.seen_at, element.start)
        if first == len(self.seen_at) or self.seen_at[first] >= element.end:
            return ""
        return self._words(self.seen_at[first])

    def _words(self, start: int) -> str:
        words = self.html[start : start + INTRODUCTION].partition("<")[0]
        return unescape(words).strip()

    def _rest(self, element: _Element) -> tuple[int, int]:
        """Take all to the end of where it stands, by itself or first in a block."""
        parent = element.parent
        while (
            parent is not None
            and parent.parent is not None
            and parent.name in _BLOCKS
            and not self.length(parent.inside, element.start)
            and self.length(0, parent.start)
        ):
            element, parent = parent, parent.parent
        return element.start, parent.inside_end if parent else element.end

    def _is_answered_inside(self, element: _Element) -> bool:
        """Tell whether a program's frame around quotes holds own words after one."""
        quotes = [child for child in element.children if child.name == "blockquote"]
        if element.name == "blockquote" or not quotes:
            return False
        inside = sum(self.length(quote.start, quote.end) for quote in quotes)
        return self.length(quotes[0].start, element.inside_end) > inside

    def _introduction(self, element: _Element) -> int:
        """Return where the quote begins, its introduction by the program included."""
        siblings = element.parent.children if element.parent else []
        near = siblings[max(0, element.place - NEAR) : element.place]
        for sibling in reversed(near):
            if sibling.mark == BEFORE:
                return sibling.start
            if self.length(sibling.start, element.start):
                break
        return element.start

    def _is_introduced(self, element: _Element) -> bool:
        """Tell whether the words before a plain blockquote say that somebody wrote it."""
        last = bisect_left(self.seen_at, element.start) - 1
        if last < 0 or not self._words(self.seen_at[last]).endswith((":", "\uff1a")):
            return False
        before = self.html[max(0, element.start - 4 * INTRODUCTION) : element.start]
        lines = [line for line in _lines(before.partition(">")[2]) if line]
        return any(quoting.introduces(" ".join(lines[-count:])) for count in (1, 2))


def _opened(tag: re.Match[str], parent: _Element) -> _Element:
    """Put an element into ``parent`` and return the one that is open now."""
    _closing, name, attributes = tag.groups()
    element = _Element(name, tag.start(), tag.end(), tag.end(), tag.end())
    element.mark, element.parent = _mark_of(name, attributes), parent
    element.place = len(parent.children)
    parent.children.append(element)
    return parent if name in _VOID else element


def _mark_of(name: str, attributes: str) -> str:
    found = _MARK.search(attributes)
    if found:
        return found[1]
    if name == "blockquote" and 'type="cite"' in attributes:
        return WHOLE
    is_bar = name == "div" and _OUTLOOK_BAR.search(attributes)
    return REST if is_bar else ""


def _lines(html: str) -> list[str]:
    text = unescape(_TAG.sub("", _BREAK.sub("\n", html)))
    return [" ".join(line.split()) for line in text.split("\n")]
