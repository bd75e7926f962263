"""Makes rows of a parsed mail, whichever way it goes."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from wagtail_ecp.inbox.models import Attachment, Message, MessageIdentifier
from wagtail_ecp.inbox.nodes import id_hash
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.html import has_remote_images
from wagtail_ecp.mail.parsing import ParsedMessage
from wagtail_ecp.mail.plaintext import snippet
from wagtail_ecp.mail.subjects import base_subject, is_reply_subject

#: How wrong a clock may be.
CLOCK_ERROR = timedelta(minutes=15)


class Circumstances(NamedTuple):
    """What is known of a mail beside its bytes."""

    own_keys: Collection[str]
    contact_id: int | None = None
    incoming_id: int | None = None
    authentication: str = Message.Authentication.NONE
    direction: str = Message.Direction.IN
    # Whether new mail is assigned, by the account's option.
    assigns: bool = False


def cited_hashes(parsed: ParsedMessage) -> set[str]:
    """Return the stored form of every id that the mail cites."""
    return {id_hash(cited) for cited in (*parsed.in_reply_to, *parsed.references)}


def message_from(
    parsed: ParsedMessage,
    *,
    mailbox_id: int,
    blob_id: str,
    arrived: datetime,
    circumstances: Circumstances,
) -> Message:
    """Return the mail's row, not saved; texts are cut to what their columns hold."""
    everybody = (parsed.sender, *parsed.to, *parsed.cc)
    keys = {address.key for address in everybody if address.key}
    return Message(
        mailbox_id=mailbox_id,
        blob_id=blob_id,
        incoming_id=circumstances.incoming_id,
        direction=circumstances.direction,
        message_id=parsed.message_id,
        id_hash=id_hash(parsed.message_id),
        content_hash=parsed.content_hash,
        sender_name=parsed.sender.name[:255],
        sender_address=parsed.sender.address[:320],
        sender_key=parsed.sender.key[:320],
        addresses={
            "to": _pairs(parsed.to),
            "cc": _pairs(parsed.cc),
            "reply_to": _pairs(parsed.reply_to),
        },
        participants=sorted(keys - set(circumstances.own_keys)),
        contact_id=circumstances.contact_id,
        subject=parsed.subject,
        subject_key=base_subject(parsed.subject)[:255],
        text=parsed.text,
        snippet=snippet(parsed.text)[:255],
        has_html=bool(parsed.html),
        has_remote_images=has_remote_images(parsed.html),
        has_attachments=any(not part.is_inline for part in parsed.attachments),
        is_reply=bool(parsed.in_reply_to or parsed.references)
        or is_reply_subject(parsed.subject),
        is_automatic=parsed.is_automatic,
        is_readable=parsed.is_readable,
        authentication=circumstances.authentication,
        at=_time_of(parsed, arrived),
    )


def _time_of(parsed: ParsedMessage, arrived: datetime) -> datetime:
    """Return when the mail was written, as far as its Date can be believed.

    It can't be in the future, and what has just arrived follows what is here already:
    a sender's slow clock must not put an answer before its question.
    """
    written = parsed.date or arrived
    return written if arrived - written > CLOCK_ERROR else arrived


def _pairs(addresses: Collection[Address]) -> list[list[str]]:
    return [[address.name, address.address] for address in addresses]


def save_parts(message: Message, parsed: ParsedMessage) -> None:
    """Save what belongs to a saved message: the ids it mentions and its attachments."""
    identifiers = [
        MessageIdentifier(message=message, id_hash=cited, is_own=False)
        for cited in sorted(cited_hashes(parsed))
    ]
    if message.message_id:
        identifiers.append(
            MessageIdentifier(message=message, id_hash=message.id_hash, is_own=True)
        )
    if identifiers:
        MessageIdentifier.objects.bulk_create(identifiers)
    if parsed.attachments:
        Attachment.objects.bulk_create(
            Attachment(
                message=message,
                index=part.index,
                name=part.name[:255],
                content_type=part.content_type[:255],
                size=part.size,
                content_id=part.content_id[:255],
                is_inline=part.is_inline,
            )
            for part in parsed.attachments
        )
