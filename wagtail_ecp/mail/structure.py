"""Which parts of a mail are its text, and which are its files (RFC 8621, 4.1.4)."""

from __future__ import annotations

import html
import mimetypes
from dataclasses import dataclass, field
from typing import Final

from wagtail_ecp.mail.html_text import html_to_text
from wagtail_ecp.mail.tnef import TYPES as TNEF_TYPES
from wagtail_ecp.mail.tnef import open_tnef
from wagtail_ecp.mail.tree import Node, Part
from wagtail_ecp.mail.uuencode import split_uuencoded

MAX_PARTS: Final = 1_000  # What comes behind them is in the raw mail only.


@dataclass(frozen=True, slots=True)
class File:
    """Something attached; ``index`` stays the same however often a mail is read."""

    index: int
    name: str
    content_type: str
    content_id: str
    data: bytes


@dataclass
class Structure:
    """The leaves of a mail, sorted by their use."""

    texts: list[Part] = field(default_factory=list)
    htmls: list[Part] = field(default_factory=list)
    leaves: list[Part] = field(default_factory=list)

    def is_full(self) -> bool:
        """Tell whether MAX_PARTS are reached."""
        return len(self.texts) + len(self.htmls) + len(self.leaves) >= MAX_PARTS

    def charset(self) -> str:
        """Return the charset that the text claims, a hint for raw bytes in headers."""
        return next((part.charset for part in self.texts if part.charset), "")

    def html(self) -> str:
        """Return the HTML of the mail as it came, "" if it has none."""
        found = (part for part in self.htmls if part.content_type == "text/html")
        if not any(part.text.strip() for part in found):
            return ""
        return "\n".join(map(_part_as_html, self.htmls))

    def text(self) -> str:
        """Return the text of the mail, made from the HTML where nothing else is given."""
        text = "\n".join(map(_part_as_text, self.texts))
        return text if text.strip() else html_to_text(self.html())

    def files(self) -> list[File]:
        """All files, attached ones first, then those that hide in other parts.

        An opened winmail.dat gives way to what it holds; its number is not used
        again, so that numbers mean the same with and without tnefparse.
        """
        files = [
            File(index, part.name, part.content_type, part.content_id, part.data)
            for index, part in enumerate(self.leaves)
        ]
        embedded = [file for part in self.texts for file in _uuencoded(part)]
        for container in filter(_is_tnef, tuple(files)):
            held = open_tnef(container.data)
            if held:
                files.remove(container)
            embedded += held
        return files + [
            File(index, name, _guess_type(name), "", data)
            for index, (name, data) in enumerate(embedded, len(self.leaves))
        ]


def _is_tnef(file: File) -> bool:
    return file.content_type in TNEF_TYPES or file.name.lower() == "winmail.dat"


def _guess_type(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _uuencoded(part: Part) -> list[tuple[str, bytes]]:
    return split_uuencoded(part.text)[1] if part.content_type == "text/plain" else []


def _part_as_text(part: Part) -> str:
    if part.content_type == "text/html":
        return html_to_text(part.text)
    return split_uuencoded(part.text)[0]


def _part_as_html(part: Part) -> str:
    if part.content_type == "text/html":
        return part.text
    escaped = html.escape(split_uuencoded(part.text)[0]).replace("\n", "<br>\n")
    return f"<div>{escaped}</div>"


def sort_parts(tree: Node) -> Structure:
    """Sort the leaves of ``tree`` into text, HTML and files."""
    found = Structure()
    if tree.is_multipart():
        _sort_children(found, tree, in_alternative=False)
    else:
        part = Part(tree)
        if _is_body(part, "mixed", 0):
            _add_body(found, part)
        else:
            found.leaves.append(part)
    if not found.texts and not found.htmls:
        _promote_first_text(found)
    return found


def _sort_children(found: Structure, node: Node, *, in_alternative: bool) -> None:
    kind = node.content_type.partition("/")[2]
    in_alternative = in_alternative or kind == "alternative"
    before = len(found.texts), len(found.htmls)
    for index, child in enumerate(node.get_payload()):
        if found.is_full():
            return
        if child.is_multipart():
            _sort_children(found, child, in_alternative=in_alternative)
            continue
        part = Part(child)
        if not _is_body(part, kind, index):
            found.leaves.append(part)
        elif in_alternative:
            # A branch is the text or the HTML version of what its siblings say.
            _add_body(found, part, is_version=True)
        else:
            _add_body(found, part)
    if kind == "alternative":
        _fill_missing_version(found, *before)


def _is_body(part: Part, kind: str, index: int) -> bool:
    if part.is_attachment or part.content_type not in {"text/plain", "text/html"}:
        return False
    return index == 0 or (kind != "related" and not part.name)


def _add_body(found: Structure, part: Part, *, is_version: bool = False) -> None:
    is_html = part.content_type == "text/html"
    if not (is_version and is_html):
        found.texts.append(part)
    if not is_version or is_html:
        found.htmls.append(part)


def _fill_missing_version(found: Structure, texts: int, htmls: int) -> None:
    """Let a version that an alternative gives alone stand for the other one, too."""
    if len(found.texts) == texts:
        found.texts += found.htmls[htmls:]
    elif len(found.htmls) == htmls:
        found.htmls += found.texts[texts:]


def _promote_first_text(found: Structure) -> None:
    for part in found.leaves:
        is_text = part.content_type in {"text/plain", "text/html"}
        if is_text and not part.is_attachment and not part.name:
            found.leaves.remove(part)
            _add_body(found, part)
            return
