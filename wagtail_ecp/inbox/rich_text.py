"""Wagtail's rich text, as an e-mail can carry it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from django.utils.html import escape, strip_tags
from wagtail.rich_text import expand_db_html

from wagtail_ecp.accounts import installation
from wagtail_ecp.inbox import embeds
from wagtail_ecp.mail.composing import InlineImage
from wagtail_ecp.mail.plaintext import html_to_text
from wagtail_ecp.mail.tables import with_aligned_tables

#: What ends a line of rich text.
_ENDS = re.compile(r"<br ?/?>|</(?:p|li|h\d|blockquote|td|th)>")


@dataclass(frozen=True, slots=True)
class Letter:
    """HTML that works outside of the site, and the images that it shows by ``cid:``."""

    html: str
    images: tuple[InlineImage, ...]


def with_signature(signature: str) -> str:
    """Return what an answer begins with: room to write, and the plain ``signature``."""
    return f"<p></p><p></p>{signature_block(signature)}" if signature else ""


def signature_block(signature: str) -> str:
    """Return the plain ``signature`` as a paragraph of rich text.

    It stands below two hyphens on a line of their own, as mail programs expect (RFC
    3676 section 4.3); the blank behind them comes with sending, editors drop it.
    """
    lines = [escape(line) for line in ("--", *signature.splitlines())]
    return f"<p>{'<br/>'.join(lines)}</p>"


def replace_signature(rich_text: str, before: str, after: str) -> str:
    """Return ``rich_text`` signed with ``after`` if ``before`` stands there untouched."""
    soup = BeautifulSoup(rich_text, "html.parser")
    wanted = html_to_text(signature_block(before))
    for paragraph in reversed(soup.find_all("p")):
        if html_to_text(str(paragraph)) == wanted:
            new = signature_block(after) if after else ""
            paragraph.replace_with(BeautifulSoup(new, "html.parser"))
            return str(soup)
    return rich_text


def is_untouched(rich_text: str, *, signature: str) -> bool:
    """Whether the editor holds nothing but what ``with_signature`` put there."""
    if "<embed" in rich_text:
        return False
    return html_to_text(rich_text) == html_to_text(with_signature(signature))


def as_plain(rich_text: str) -> str:
    """Return rich text as somebody would write it without formatting."""
    soup = BeautifulSoup(rich_text, "html.parser")
    embeds.put_words_in(soup)
    return html_to_text(with_aligned_tables(expand_db_html(str(soup))))


def words_of(rich_text: str) -> str:
    """Return the words of rich text, or of its beginning, on one line."""
    text = unescape(strip_tags(_ENDS.sub(" ", rich_text)))
    return " ".join(text.split())


def from_plain(text: str) -> str:
    """Return plain text as rich text: a paragraph for each that it has."""
    paragraphs = re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").strip("\n"))
    lines = [escape(part).replace("\n", "<br/>") for part in paragraphs]
    return "".join(f"<p>{part}</p>" for part in lines)


def without_room(rich_text: str) -> str:
    """Return ``rich_text`` without the empty paragraphs around it."""
    empty = r"(?:<p[^>]*>(?:\s|<br/?>)*</p>\s*)+"
    return re.sub(rf"^{empty}|{empty}$", "", rich_text)


def quote_paragraphs(lines: Iterable[str]) -> str:
    """Return quoted lines, a block for each, so that one can write between them."""
    blocks = [f"<blockquote>{escape(line)}</blockquote>" for line in lines if line]
    return "".join(blocks)


def as_mail(rich_text: str, *, site: str, user: Any) -> Letter:
    """Return what ``user`` wrote; links lead to the site.

    Its address is the settings' WAGTAILADMIN_BASE_URL, else ``site``.

    Images that ``user`` may not see or not choose in Wagtail are left out.
    """
    soup = BeautifulSoup(rich_text, "html.parser")
    images = embeds.put_in(soup, rich_text=rich_text, user=user)
    soup = BeautifulSoup(expand_db_html(str(soup)), "html.parser")
    base = installation.site_address() or site
    for link in soup.find_all("a", href=True):
        link["href"] = urljoin(base, str(link["href"]))
    for block in soup.find_all(True):
        block.attrs.pop("data-block-key", None)
    return Letter(str(soup), tuple(images))
