"""Wagtail's own editor, in our forms."""

from typing import Any, Final

from wagtail.admin.rich_text import get_rich_text_editor_widget

from wagtail_ecp.inbox import embeds, pictures

#: What survives every mail program; Wagtail's embeds are not among it.
FEATURES: Final = [
    *("bold", "italic", "ol", "ul", "link", "hr", "blockquote", "image"),
    *(pictures.EMBED, embeds.TABLE),
]


def editor() -> Any:
    """Return the form widget."""
    return get_rich_text_editor_widget(features=FEATURES)
