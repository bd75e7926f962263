"""Turns what a member wrote into a finished mail, a message and an outbox row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import blobs, links
from wagtail_ecp.inbox.identity import new_message_id
from wagtail_ecp.inbox.links import NewLink
from wagtail_ecp.inbox.messages import Circumstances, message_from, save_parts
from wagtail_ecp.inbox.models import (
    Blob,
    Conversation,
    Mailbox,
    Message,
    Outbox,
    OutboxRecipient,
)
from wagtail_ecp.inbox.quotes import NO_QUOTE, Quote
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.composing import InlineImage, OutgoingFile, OutgoingMail, compose
from wagtail_ecp.mail.html import sanitise_outgoing
from wagtail_ecp.mail.parsing import parse
from wagtail_ecp.mail.plaintext import html_to_text, with_delimiter
from wagtail_ecp.mail.subjects import is_forward_subject, is_reply_subject
from wagtail_ecp.mail.tables import with_aligned_tables

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a member wrote, and to whom."""

    to: Sequence[Address]
    cc: Sequence[Address] = ()
    bcc: Sequence[Address] = ()
    subject: str
    #: Rich text; or else plain text alone.
    html: str = ""
    text: str = ""
    #: What stands below it: the mail that it answers or passes on.
    quote: Quote = NO_QUOTE
    files: Sequence[OutgoingFile] = ()
    #: Files that do not go along, each with its address.
    links: Sequence[NewLink] = ()
    #: What ``html`` shows as ``cid:…``.
    images: Sequence[InlineImage] = ()

    @property
    def recipients(self) -> dict[str, Address]:
        """Everybody in the envelope, once."""
        return {address.key: address for address in (*self.to, *self.cc, *self.bcc)}


def reply_subject(subject: str) -> str:
    """Return ``subject`` with one "Re:" before it."""
    return subject if is_reply_subject(subject) else f"Re: {subject}".strip()


def forward_subject(subject: str) -> str:
    """Return ``subject`` with one "Fwd:" before it."""
    return subject if is_forward_subject(subject) else f"Fwd: {subject}".strip()


def finish(
    conversation: Conversation, answer: Answer, *, answers: Message | None
) -> bytes:
    """Return the mail as it will be sent, byte for byte.

    ValidationError for what can't be sent: nobody, nothing, a line break in a header.
    """
    text, html = _bodies(answer)
    if not answer.recipients:
        raise ValidationError(_("Say who should get this."), code="nobody")
    if not (text.strip() or answer.files or answer.images or answer.links):
        raise ValidationError(_("There is nothing to send yet."), code="empty")
    mailbox = conversation.mailbox
    mail = OutgoingMail(
        from_address=Address(mailbox.sender_name, mailbox.address),
        to=tuple(answer.to),
        cc=tuple(answer.cc),
        subject=answer.subject,
        message_id=new_message_id(conversation),
        date=timezone.now(),
        text=text,
        html=html,
        attachments=tuple(answer.files),
        inline_images=tuple(answer.images),
    )
    try:
        return compose(_threaded(mail, answers))
    except ValueError as error:
        raise ValidationError(
            _("This can't be sent: %(reason)s"), params={"reason": str(error)}
        ) from error


def _bodies(answer: Answer) -> tuple[str, str]:
    """Return the text and, unless it was written as plain text, the HTML."""
    if not answer.html:
        text = with_delimiter(answer.text.replace("\r\n", "\n"))
        text = _joined(text, links.as_text(answer.links))
        return _joined(text, answer.quote.text), ""
    html = sanitise_outgoing(answer.html + links.as_html(answer.links))
    written = with_aligned_tables(sanitise_outgoing(answer.html))
    text = with_delimiter(html_to_text(written))
    text = _joined(text, links.as_text(answer.links))
    quote = sanitise_outgoing(answer.quote.html)
    return _joined(text, answer.quote.text), html + quote


def _joined(text: str, quote: str) -> str:
    return f"{text.rstrip()}\n\n{quote}" if quote else text


def _threaded(mail: OutgoingMail, answers: Message | None) -> OutgoingMail:
    """Cite what is answered and what that cited (RFC 5322 section 3.6.4)."""
    if answers is None or not answers.message_id:
        return mail
    before = parse(blobs.read(answers.blob_id))
    chain = before.references or before.in_reply_to
    return replace(
        mail,
        in_reply_to=answers.message_id,
        references=(*chain, answers.message_id),
    )


def enter(
    conversation: Conversation,
    raw: bytes,
    *,
    blob: Blob,
    answer: Answer,
    by: "User",
    undo: timedelta = timedelta(),
) -> Message:
    """Store a finished mail, queued, inside the caller's transaction.

    It leaves when the time to ``undo`` that is over.
    """
    blobs.record(blob)
    parsed = parse(raw)
    message = message_from(
        parsed,
        mailbox_id=conversation.mailbox_id,
        blob_id=blob.pk,
        arrived=timezone.now(),
        circumstances=Circumstances(
            direction=Message.Direction.OUT,
            own_keys=frozenset(Mailbox.objects.values_list("address_key", flat=True)),
        ),
    )
    message.conversation = conversation
    message.author_id, message.author_name = by.pk, display_name(by)
    message.reason = Message.Reason.WRITTEN
    message.addresses["bcc"] = [[to.name, to.address] for to in answer.bcc]
    message.save()
    save_parts(message, parsed)
    links.store(message, answer.links)
    leaves_at = timezone.now() + undo
    outbox = Outbox.objects.create(
        message=message,
        next_try_at=leaves_at,
        undo_until=leaves_at if undo else None,
    )
    OutboxRecipient.objects.bulk_create(
        OutboxRecipient(outbox=outbox, address=address.address)
        for address in answer.recipients.values()
    )
    return message
