"""The mail that an answer answers or a forward passes on, below what was written."""

from typing import Final, NamedTuple

from django.utils import formats, timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.mail.addresses import Address, written
from wagtail_ecp.mail.html import sanitise
from wagtail_ecp.mail.parsing import parse

#: Characters. Nobody reads more in a quotation, and it is sent again with each answer.
MOST: Final = 200_000


class Quote(NamedTuple):
    """The same as plain text and as HTML."""

    text: str = ""
    html: str = ""


NO_QUOTE: Final = Quote()


def quoted(message: Message) -> Quote:
    """Return what ``message`` says as an answer quotes it, below who wrote it when."""
    intro = attribution(message)
    lines = "\n".join(f"> {line}".rstrip() for line in text_lines(message))
    html = (
        f'<p>{escape(intro)}</p><blockquote type="cite">{_html(message)}</blockquote>'
    )
    return Quote(f"{intro}\n{lines}", html)


def passed_on(message: Message) -> Quote:
    """Return ``message`` as a forward holds it, below its most important headers."""
    head = [_("Forwarded message"), *_header_block(message)]
    text = "\n".join([f"---------- {head[0]} ----------", *head[1:], ""])
    block = "<br>".join(map(escape, head))
    body = "\n".join(text_lines(message))
    return Quote(f"{text}\n{body}", f"<p>{block}</p><div>{_html(message)}</div>")


def attribution(message: Message) -> str:
    """Return the line above a quotation, in the active language and time zone."""
    sender = written(Address(message.sender_name, message.sender_address))
    return _("On %(when)s, %(who)s wrote:") % {"when": _when(message), "who": sender}


def text_lines(message: Message) -> list[str]:
    """Return the lines of what ``message`` says, without blank ones around them."""
    return message.text[:MOST].strip().splitlines()


def _header_block(message: Message) -> list[str]:
    sender = Address(message.sender_name, message.sender_address)
    rows = [
        (_("From"), written(sender)),
        (_("Date"), _when(message)),
        (_("Subject"), message.subject),
        (_("To"), _people(message, "to")),
        (_("Cc"), _people(message, "cc")),
    ]
    return [f"{label}: {value}" for label, value in rows if value]


def _when(message: Message) -> str:
    return formats.date_format(timezone.localtime(message.at), "DATETIME_FORMAT")


def _people(message: Message, header: str) -> str:
    return ", ".join(
        written(Address(*one)) for one in message.addresses.get(header, ())
    )


def _html(message: Message) -> str:
    """Return its HTML made harmless, without images: neither pixels nor lost parts."""
    if message.has_html:
        html = parse(blobs.read(message.blob_id)).html
        if len(html) <= MOST:
            return sanitise(html, cid_urls={})
    return f"<p>{'<br>'.join(map(escape, text_lines(message)))}</p>"
