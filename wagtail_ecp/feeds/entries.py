"""Entries of messages, notes and conversations."""

from typing import Final

from django.utils.translation import gettext as _

from wagtail_ecp.feeds.belongings import Belongings, Written
from wagtail_ecp.feeds.feed import Entry
from wagtail_ecp.feeds.frame import Frame
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import Conversation, Message
from wagtail_ecp.mail.html import sanitise
from wagtail_ecp.mail.parsing import parse

#: Characters. Beyond any letter; sanitising much more would take long.
MOST_HTML: Final = 500_000


def of_message(frame: Frame, message: Message, belongings: Belongings) -> Entry:
    """Return a message's entry: its beginning, or all of it where that is wanted."""
    return Entry(
        id=frame.identifier("message", message.pk),
        title=message.subject,
        author=_author(message),
        url=frame.page_of_message(message),
        at=message.at,
        updated=message.at,
        tags=tuple(belongings.tags[message.conversation_id]),
        text=message.text if frame.has_bodies else message.snippet,
        html=_html(message) if frame.has_bodies else None,
        attachments=tuple(belongings.files[message.pk]),
    )


def _author(message: Message) -> str:
    if message.is_ours:
        return message.author_name or message.sender_name or message.sender_address
    return message.sender_name or message.sender_address


def _html(message: Message) -> str | None:
    """Return the HTML as the screen shows it, without any image; None if there is none."""
    if not message.has_html:
        return None
    try:
        written = parse(blobs.read(message.blob_id)).html
    except FileNotFoundError:
        return None
    return sanitise(written[:MOST_HTML], cid_urls={})


def of_note(frame: Frame, note: Written, conversation: Conversation) -> Entry:
    """Return a note's entry."""
    return Entry(
        id=frame.identifier("note", note.number),
        title=_("Note: %(subject)s") % {"subject": conversation.subject},
        author=note.author,
        url=f"{frame.page_of(conversation)}#note-{note.number}",
        at=note.at,
        updated=note.at,
        text=note.text,
    )


def of_conversation(
    frame: Frame, conversation: Conversation, belongings: Belongings
) -> Entry:
    """Return a conversation's entry: what lists say of it."""
    return Entry(
        id=frame.identifier("conversation", conversation.pk),
        title=conversation.subject,
        author=conversation.correspondent,
        url=frame.page_of(conversation),
        at=conversation.began_at,
        updated=conversation.last_message_at,
        tags=tuple(belongings.tags[conversation.pk]),
        text=conversation.snippet,
    )
