"""Wagtail's rich text, as an e-mail can carry it."""

from typing import Any, Final
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from wagtail.admin.rich_text import get_rich_text_editor_widget
from wagtail.admin.utils import get_admin_base_url
from wagtail.rich_text import expand_db_html

#: What survives every mail program; images and embeds are not among them.
FEATURES: Final = ["bold", "italic", "ol", "ul", "link", "hr", "blockquote"]


def editor() -> Any:
    """Return the form widget, Wagtail's own editor."""
    return get_rich_text_editor_widget(features=FEATURES)


def as_mail(rich_text: str, *, site: str) -> str:
    """Return HTML whose links work outside of the site, whose address is ``site``."""
    soup = BeautifulSoup(expand_db_html(rich_text), "html.parser")
    base = get_admin_base_url() or site
    for link in soup.find_all("a", href=True):
        link["href"] = urljoin(base, str(link["href"]))
    for block in soup.find_all(True):
        block.attrs.pop("data-block-key", None)
    return str(soup)
