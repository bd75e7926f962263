"""What kind of file a name and a type promise; what of it can be read as text."""

from __future__ import annotations

from typing import Final

from wagtail_ecp.mail.rasters import TYPES as RASTERS

#: Bytes of a text that are shown.
TEXT_SHOWN: Final = 64 * 1024

_TEXT_TYPES: Final = frozenset(
    {"application/json", "application/xml", "message/rfc822"}
)
_TEXT_ENDINGS: Final = frozenset(
    {"csv", "eml", "ics", "json", "log", "md", "rst", "tsv", "txt", "vcf", "xml", "yml"}
    | {"yaml"}
)
_SHEETS: Final = frozenset({"csv", "ods", "tsv", "xls", "xlsx"})
_DOCUMENTS: Final = frozenset({"doc", "docx", "odt", "rtf", "pages"})
_SLIDES: Final = frozenset({"odp", "ppt", "pptx", "key"})
_ARCHIVES: Final = frozenset({"7z", "bz2", "gz", "rar", "tar", "tgz", "xz", "zip"})


def ending(name: str) -> str:
    """Return the ending of a file's name in lower case, "" if it has none."""
    stem, dot, found = name.rpartition(".")
    return found.lower() if dot and stem and len(found) <= 10 else ""  # noqa: PLR2004


def kind_of(name: str, content_type: str) -> str:
    """Return what it is to a person: a word, "file" where we can't tell.

    One of "image", "pdf", "sheet", "document", "slides", "archive", "sound", "film",
    "mail", "text", "file". Only a promise: the bytes may be something else.
    """
    found, main = ending(name), content_type.partition("/")[0]
    if content_type in RASTERS:
        return "image"
    if content_type == "application/pdf" or found == "pdf":
        return "pdf"
    for endings, kind in (
        (_SHEETS, "sheet"),
        (_DOCUMENTS, "document"),
        (_SLIDES, "slides"),
        (_ARCHIVES, "archive"),
    ):
        if found in endings:
            return kind
    if content_type == "message/rfc822" or found == "eml":
        return "mail"
    others = {"audio": "sound", "video": "film", "text": "text", "image": "picture"}
    return others.get(main, "text" if found in _TEXT_ENDINGS else "file")


def is_text(name: str, content_type: str) -> bool:
    """Tell whether it promises to be readable as it is."""
    is_named = ending(name) in _TEXT_ENDINGS
    return content_type.startswith("text/") or content_type in _TEXT_TYPES or is_named


def as_text(data: bytes) -> tuple[str, bool] | None:
    """Return the beginning of a text file and whether there is more; None if binary."""
    part = data[:TEXT_SHOWN]
    if b"\0" in part and not part.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    return _decoded(part), len(data) > len(part)


def _decoded(part: bytes) -> str:
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        return part.decode("utf-16", "replace")
    try:
        # A character may have been cut at the end.
        return part.decode("utf-8-sig") if len(part) < TEXT_SHOWN else _cut(part)
    except UnicodeDecodeError:
        return part.decode("cp1252", "replace")


def _cut(part: bytes) -> str:
    for length in range(4):
        try:
            return part[: len(part) - length].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
    return part.decode("cp1252", "replace")
