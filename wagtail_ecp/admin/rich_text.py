"""Wagtail's own editor, in our forms."""

from typing import Any, Final

from wagtail.admin.rich_text import get_rich_text_editor_widget

#: What survives every mail program; embeds are not among it.
FEATURES: Final = ["bold", "italic", "ol", "ul", "link", "hr", "blockquote", "image"]


def editor() -> Any:
    """Return the form widget."""
    return get_rich_text_editor_widget(features=FEATURES)
