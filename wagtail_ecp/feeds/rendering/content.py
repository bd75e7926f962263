"""What an entry says: its text, then the names of its attachments."""

from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe

from wagtail_ecp.feeds.feed import Attachment, Entry
from wagtail_ecp.feeds.rendering.words import fit, line


def as_html(entry: Entry) -> SafeString:
    """Return the entry's HTML, or its text with its lines kept, and a list of files."""
    if entry.html is not None:
        body = mark_safe(fit(entry.html))  # noqa: S308 - sanitised, as Entry demands
    else:
        body = mark_safe(linebreaks(fit(entry.text), autoescape=True))  # noqa: S308
    if not entry.attachments:
        return body
    files = format_html_join(
        "", "<li>{}</li>", ((_about(f),) for f in entry.attachments)
    )
    return format_html("{}<ul>{}</ul>", body, files)


def as_text(entry: Entry) -> str:
    """Return the entry's text and a list of files."""
    files = "\n".join(f"- {_about(file)}" for file in entry.attachments)
    return "\n\n".join(part for part in (fit(entry.text), files) if part)


def _about(file: Attachment) -> str:
    # The blank is one that never ends a line, as everywhere in Django's sizes.
    return f"{line(file.name)} ({filesizeformat(file.size)})"
