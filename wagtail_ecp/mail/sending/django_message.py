"""A finished mail as Django's e-mail back ends expect it."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from email import encoders
from email.message import Message
from email.mime.base import MIMEBase
from email.parser import BytesHeaderParser
from typing import Any

from django.core.mail import EmailMultiAlternatives

from wagtail_ecp.mail.addresses import Address, address_key
from wagtail_ecp.mail.parsing import Attachment, attachment_data, parse

# What the attributes of Django's message say, or what describes the body.
SAID_ELSEWHERE = {"from", "to", "cc", "reply-to", "subject", "mime-version"}


class FinishedMessage(EmailMultiAlternatives):
    """A mail whose bytes are fixed and whose envelope is not that of its header.

    ``message()`` gives the bytes, for back ends that send or write them. Back ends
    that speak to a provider's API read the attributes: those say the same.
    """

    def __init__(
        self, data: bytes, *, envelope_from: str, recipients: Sequence[str]
    ) -> None:
        mail = parse(data)
        wanted = {address_key(recipient) for recipient in recipients}
        seen = {address.key for address in (*mail.to, *mail.cc)}
        super().__init__(
            subject=mail.subject,
            body=mail.text,
            from_email=_written(mail.sender),
            to=list(_chosen(mail.to, wanted)),
            cc=list(_chosen(mail.cc, wanted)),
            bcc=[one for one in recipients if address_key(one) not in seen],
            reply_to=list(map(_written, mail.reply_to)),
            headers=dict(_other_headers(mail.headers)),
        )
        if mail.html:
            self.attach_alternative(mail.html, "text/html")
        self.attachments = [_part(data, file) for file in mail.attachments]
        self.envelope_sender = envelope_from  # Anymail's name for it.
        self._recipients = list(recipients)
        self._data = data

    def recipients(self) -> list[str]:
        """Return who is to get the mail, whatever its header says."""
        return self._recipients

    def message(self, **_options: Any) -> Any:
        """Return a MIME message whose ``as_bytes()`` are the fixed bytes."""
        mime = BytesHeaderParser(_class=_FixedBytes).parsebytes(self._data)
        mime.data = self._data
        return mime


class _FixedBytes(Message):
    data = b""

    def as_bytes(self, *_arguments: Any, **_options: Any) -> bytes:
        return self.data

    def as_string(self, *_arguments: Any, **_options: Any) -> str:
        return self.data.decode(errors="replace")


def _chosen(addresses: Iterable[Address], wanted: Collection[str]) -> Iterator[str]:
    return (_written(address) for address in addresses if address.key in wanted)


def _written(address: Address) -> str:
    if not address.name:
        return address.address
    name = address.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}" <{address.address}>'


def _other_headers(
    headers: Iterable[tuple[str, str]],
) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        if name.lower() in SAID_ELSEWHERE or name.lower().startswith("content-"):
            continue
        yield name, value


def _part(data: bytes, file: Attachment) -> MIMEBase:
    _, content = attachment_data(data, file.index)
    part = MIMEBase(*file.content_type.split("/", 1))
    part.set_payload(content)
    encoders.encode_base64(part)
    disposition = "inline" if file.is_inline else "attachment"
    part.add_header("Content-Disposition", disposition, filename=file.name)
    if file.content_id:
        part["Content-ID"] = f"<{file.content_id}>"
    return part
