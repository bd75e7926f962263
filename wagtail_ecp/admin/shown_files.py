"""A message's files as its page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.content_origin import content_origin
from wagtail_ecp.inbox.models import Attachment
from wagtail_ecp.mail.previews import is_text, kind_of

#: Bytes; a larger image is downloaded to be seen.
LARGEST_PICTURE: Final = 20 * 1024 * 1024

#: By kind: Wagtail's icon and what people call it.
KINDS: Final = {
    "image": ("image", _("image")),
    "picture": ("image", _("image")),
    "pdf": ("doc-full-inverse", _("PDF")),
    "sheet": ("table", _("spreadsheet")),
    "document": ("doc-full", _("document")),
    "slides": ("desktop", _("presentation")),
    "archive": ("folder-inverse", _("archive")),
    "sound": ("media", _("sound")),
    "film": ("media", _("film")),
    "mail": ("mail", _("e-mail")),
    "text": ("doc-empty", _("text")),
    "file": ("doc-empty-inverse", _("file")),
}


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file, ready for the template."""

    index: int
    name: str
    size: int
    icon: str
    label: str
    has_thumbnail: bool
    has_preview: bool


def shown_files(files: Iterable[Attachment]) -> list[ShownFile]:
    """Return what the list of files says; nothing is opened for it."""
    return [_shown(file) for file in files]


def _shown(file: Attachment) -> ShownFile:
    kind = kind_of(file.name, file.content_type)
    icon, label = KINDS[kind]
    is_picture = kind == "image" and file.size <= LARGEST_PICTURE
    is_readable = is_text(file.name, file.content_type)
    return ShownFile(
        index=file.index,
        name=file.name,
        size=file.size,
        icon=icon,
        label=str(label),
        has_thumbnail=is_picture,
        has_preview=is_picture
        or is_readable
        or (kind == "pdf" and content_origin() is not None),
    )
