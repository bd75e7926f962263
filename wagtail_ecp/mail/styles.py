"""Inline styles: a list of properties that only change how text looks."""

from __future__ import annotations

import re
from typing import Final

MAX_STYLE_LENGTH: Final = 4_000

_PROPERTIES_NAMES: Final = """
background-color border border-bottom border-bottom-color border-bottom-style
border-bottom-width border-collapse border-color border-left border-left-color
border-left-style border-left-width border-radius border-right border-right-color
border-right-style border-right-width border-spacing border-style border-top
border-top-color border-top-style border-top-width border-width caption-side clear
color direction display empty-cells float font font-family font-size font-style
font-variant font-weight height letter-spacing line-height list-style
list-style-position list-style-type margin margin-bottom margin-left margin-right
margin-top max-height max-width min-height min-width overflow-wrap padding
padding-bottom padding-left padding-right padding-top table-layout text-align
text-decoration text-indent text-transform vertical-align white-space width
word-break word-spacing word-wrap
"""
_PROPERTIES: Final = frozenset(_PROPERTIES_NAMES.split())
_VALUE: Final = re.compile(r"[\w\s#%.,()'\"!+-]{1,300}")
# Functions other than colours could load or compute; position could cover.
_FORBIDDEN: Final = re.compile(
    r"url|expression|position|var\s*\(|attr\s*\(|env\s*\(|image|element|import",
    re.IGNORECASE,
)


def clean_style(style: str) -> str:
    """Return the harmless declarations of a style attribute, "" if none is."""
    declarations = (part.partition(":") for part in style[:MAX_STYLE_LENGTH].split(";"))
    kept = (
        f"{name.strip().lower()}:{value.strip()}"
        for name, _colon, value in declarations
        if name.strip().lower() in _PROPERTIES and _is_harmless(value)
    )
    return ";".join(kept)


def _is_harmless(value: str) -> bool:
    return bool(_VALUE.fullmatch(value)) and not _FORBIDDEN.search(value)
