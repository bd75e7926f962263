"""Limits on HTML for which parsers would pay with quadratic time."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

MAX_NESTING: Final = 250
MAX_ATTRIBUTES: Final = 1_000

_TAG: Final = re.compile(r"<(/?)([a-z][a-z0-9]{0,20})", re.IGNORECASE)
_LONG_TAG: Final = re.compile(r"<[a-z][^<>]{3000,}+", re.IGNORECASE)
_VALUE: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
# Elements without an end, and those that end where the next of their kind begins
# (which nest only if another element between them does).
_UNCOUNTED_NAMES: Final = """
area base basefont bgsound br col embed frame hr img input keygen link meta param source
track wbr p li td th tr dd dt option tbody thead tfoot colgroup body html head
"""
_UNCOUNTED: Final = frozenset(_UNCOUNTED_NAMES.split())


def limit_nesting(html: str) -> str:
    """Return ``html`` without tags that nest deeper than MAX_NESTING.

    Their content stays.  Attributes go where a tag has more than MAX_ATTRIBUTES.  Costs next to nothing for HTML that has few tags.
    """
    html = _LONG_TAG.sub(_without_many_attributes, html)
    if html.count("<") - html.count("</") <= MAX_NESTING:
        return html
    return _TAG.sub(_Nesting().keep_or_flatten, html)


def _without_many_attributes(tag: re.Match[str]) -> str:
    count = len(_VALUE.sub(" ", tag[0]).replace("/", " ").split())
    return tag[0] if count <= MAX_ATTRIBUTES else "<wbr"


class _Nesting:
    def __init__(self) -> None:
        self.open: Counter[str] = Counter()
        self.depth = 0

    def keep_or_flatten(self, tag: re.Match[str]) -> str:
        """Return the beginning of a tag, of a harmless void one if it is too deep."""
        name = tag[2].lower()
        if name in _UNCOUNTED:
            return tag[0]
        if tag[1]:
            if self.open[name]:
                self.open[name] -= 1
                self.depth -= 1
            return tag[0]
        if self.depth >= MAX_NESTING:
            return "<wbr"
        self.open[name] += 1
        self.depth += 1
        return tag[0]
