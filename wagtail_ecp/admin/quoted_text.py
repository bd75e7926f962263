"""A message's text on the page: its quotes folded, never cut."""

from typing import Final

from django.utils.html import format_html, format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from wagtail_ecp.mail.quoting import Kind, Segment, split

#: Lines; a longer quote is folded although it is answered below.
OPEN: Final = 12


def folded(text: str) -> SafeString:
    """Return a stranger's text escaped, its quotes in ``<details>``.

    A short quote that own words follow stays open: it says what they answer.
    """
    segments = split(text)
    if len(segments) == 1:
        return with_links(text)
    label = _("Quoted text")
    return format_html_join("", "{}", ((_piece(part, label),) for part in segments))


def _piece(part: Segment, label: str) -> SafeString:
    if part.kind is Kind.OWN:
        return with_links(part.text.rstrip() + "\n")
    if part.kind is Kind.SIGNATURE:
        return format_html(
            '<div class="ecp-signature">{}</div>', with_links(part.text.rstrip())
        )
    is_open = part.is_between and part.text.count("\n") <= OPEN
    return format_html(
        '<details class="ecp-quote"{}><summary>{}</summary>{}</details>',
        mark_safe(" open") if is_open else "",
        label,
        with_links(part.text.rstrip()),
    )


def with_links(text: str) -> SafeString:
    """Return a stranger's text escaped, its addresses as links that open outside."""
    html = urlize(text, nofollow=True, autoescape=True)
    # Quotation marks of the text itself are escaped, so only our links have these.
    outside = 'rel="nofollow noopener noreferrer" target="_blank"'
    return mark_safe(html.replace('rel="nofollow"', outside))  # noqa: S308
