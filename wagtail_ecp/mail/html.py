"""HTML from strangers, made harmless; HTML of members, made fit to send."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote

import nh3

from wagtail_ecp.mail import html_quotes
from wagtail_ecp.mail.nesting import limit_nesting
from wagtail_ecp.mail.styles import clean_style

CidUrls = Mapping[str, str] | Callable[[str], str | None]

_TAGS_NAMES: Final = """
a abbr address article aside b bdi bdo big blockquote br caption center cite code
col colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3
h4 h5 h6 header hr i img ins kbd li mark ol p pre q s samp section small span strike
strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
_TAGS: Final = frozenset(_TAGS_NAMES.split())
_REMOVED_WITH_CONTENT_NAMES: Final = """
script style title template noscript noembed noframes iframe object embed applet svg
math select textarea xmp plaintext audio video
"""
_REMOVED_WITH_CONTENT: Final = frozenset(_REMOVED_WITH_CONTENT_NAMES.split())
_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "*": {"align", "dir", "lang", "style", "title", "valign"},
    "a": {"href"},
    "blockquote": {"type"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "hr": {"noshade", "size", "width"},
    "img": {"alt", "border", "height", "hspace", "src", "vspace", "width"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "table": {"bgcolor", "border", "cellpadding", "cellspacing", "height", "width"},
    "td": {"bgcolor", "colspan", "height", "nowrap", "rowspan", "width"},
    "th": {"bgcolor", "colspan", "height", "nowrap", "rowspan", "scope", "width"},
    "tr": {"bgcolor", "height"},
    "ul": {"type"},
}
# What mail programs call their quotes; no other class or id gets through.
_MARKED_ATTRIBUTES: Final = _ATTRIBUTES | {"*": _ATTRIBUTES["*"] | {"class", "id"}}
_LINK: Final = re.compile(r"(https?://|mailto:|tel:)\S", re.IGNORECASE)
_OUTGOING_LINK: Final = re.compile(r"(https?://|mailto:)\S", re.IGNORECASE)
_REMOTE: Final = re.compile(r"https?://\S", re.IGNORECASE)
_DATA_IMAGE: Final = re.compile(
    r"data:image/(png|jpeg|jpg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE
)
_SIMPLE_VALUE: Final = re.compile(r"[\w\s#%.,+-]{0,200}")


def sanitise(
    html: str,
    *,
    cid_urls: CidUrls,
    remote_images: Callable[[str], str] | None = None,
    quote_label: str = "",
) -> str:
    """Return ``html`` without anything that acts, loads or reaches out.

    Allow-lists of tags, attributes and style properties; no id, class or data-*.
    Links are absolute http(s), mailto or tel and open outside; ``cid:`` images
    become what ``cid_urls`` gives for their id and vanish if that is nothing;
    remote images vanish, or become what ``remote_images`` makes of their addresses.
    With a ``quote_label`` what is quoted is folded under it (``html_quotes.fold``).
    Show it in a sandboxed frame all the same.
    """
    find = cid_urls if callable(cid_urls) else cid_urls.get
    own_urls: set[str] = set()

    def own_url(url: str) -> str:
        own_urls.add(url)
        return url

    def image(url: str) -> str | None:
        if url[:4].lower() == "cid:":
            return own_url(find(unquote(url[4:])) or "")
        if _REMOTE.match(url):
            return own_url(remote_images(url)) if remote_images else None
        return url if _DATA_IMAGE.fullmatch(url) else None

    clean = nh3.clean(
        limit_nesting(html),
        tags=set(_TAGS),
        clean_content_tags=set(_REMOVED_WITH_CONTENT),
        attributes=_MARKED_ATTRIBUTES if quote_label else _ATTRIBUTES,
        attribute_filter=_attribute_filter(image, _LINK),
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        url_relative=lambda url: url if url in own_urls else None,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    return html_quotes.fold(clean, label=quote_label) if quote_label else clean


def _attribute_filter(
    image: Callable[[str], str | None], link: re.Pattern[str]
) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return image(value.strip()) or None if tag == "img" else None
        if attribute == "href":
            value = value.strip()
            return value if tag == "a" and link.match(value) else None
        if attribute == "style":
            return clean_style(value) or None
        if attribute in {"alt", "title"}:
            return value
        if attribute in {"class", "id"}:
            return html_quotes.mark(attribute, value)
        return value if _SIMPLE_VALUE.fullmatch(value) else None

    return keep


def has_remote_images(html: str) -> bool:
    """Tell whether ``sanitise`` would show more if remote images were allowed."""
    if "<img" not in html.lower():
        return False
    found: list[str] = []

    def note(_tag: str, attribute: str, value: str) -> None:
        if attribute == "src" and _REMOTE.match(value.strip()):
            found.append(value)

    nh3.clean(
        limit_nesting(html),
        tags={"img"},
        clean_content_tags=set(_REMOVED_WITH_CONTENT),
        attributes={"img": {"src"}},
        attribute_filter=note,
    )
    return bool(found)


def sanitise_outgoing(html: str) -> str:
    """Return a member's rich text fit to send: absolute http(s), mailto, cid only."""

    def image(url: str) -> str | None:
        is_absolute = _REMOTE.match(url) or url[:4].lower() == "cid:"
        return url if is_absolute else None

    return nh3.clean(
        limit_nesting(html),
        tags=set(_TAGS),
        clean_content_tags=set(_REMOVED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(image, _OUTGOING_LINK),
        url_schemes={"http", "https", "mailto", "cid"},
        url_relative="deny",
        link_rel=None,
    )
