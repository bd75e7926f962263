"""Stores one parsed mail as a message in its conversation."""

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import arranging, placing, summaries
from wagtail_ecp.inbox.assignment import assigns_new_conversations
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.messages import (
    Circumstances,
    cited_hashes,
    message_from,
    save_parts,
)
from wagtail_ecp.inbox.models import Conversation, Folder, IncomingMail, Message
from wagtail_ecp.inbox.nodes import as_node
from wagtail_ecp.mail.parsing import ParsedMessage
from wagtail_ecp.spam.models import Score

#: Senders whose mail is never spam.
CONTACTS = (Score.Standing.CONTACT, Score.Standing.UNVERIFIED)


def store(
    mail: IncomingMail,
    parsed: ParsedMessage,
    circumstances: Circumstances,
    *,
    score: Score,
) -> Message:
    """Store the message and everything that follows from it; runs in a transaction.

    IntegrityError if this very message is in the mailbox already.
    """
    message = message_from(
        parsed,
        mailbox_id=mail.mailbox_id,
        blob_id=mail.blob_id,
        arrived=mail.received_at,
        circumstances=circumstances,
    )
    if mail.oversize:
        _say_that_it_is_too_large(message, mail.oversize)
    placing.lock()
    place = placing.find(
        as_node(message, cited_hashes(parsed)),
        cited_ids=(*parsed.in_reply_to, *reversed(parsed.references)),
    )
    message.reason = place.reason
    score.message = message
    conversation = _conversation_for(message, place)
    if circumstances.assigns and not (message.is_spam or mail.is_history):
        conversation.is_to_be_assigned |= _may_be_assigned(conversation)
    _enter(message, conversation, mail=mail)
    score.message = message  # Which has its number now.
    score.save(force_insert=True)
    save_parts(message, parsed)
    if place.unsettled:
        linked = {other.whole.pk for other in place.conversations}
        arranging.settle(place.unsettled | linked | {conversation.pk})
    return message


def _say_that_it_is_too_large(message: Message, size: int) -> None:
    message.text = _(
        "Only the header of this message was kept: with %(size)s it is larger than "
        "allowed here."
    ) % {"size": filesizeformat(size)}
    message.snippet = message.text[:255]


def _conversation_for(message: Message, place: placing.Place) -> Conversation:
    """Return the one that the message joins, after merging those that it connects."""
    if not place.conversations:
        return summaries.begin(message)
    best, *others = place.conversations
    joined = [c for c in others if not arranging.are_kept_apart(c.pk, best.pk)]
    kept, *gone_ones = sorted([best, *joined], key=lambda c: c.pk)
    for gone in gone_ones:
        arranging.merge(kept, gone)
    return kept


def _enter(message: Message, conversation: Conversation, *, mail: IncomingMail) -> None:
    is_new = conversation.pk is None
    # Old mail is no news, so that it has to say that it came.
    with counted(conversation, touches=mail.is_history):
        if is_new:
            conversation.file_in(_first_folder(message, mail))
            conversation.is_unread = not mail.is_history
        else:
            message.is_newcomer = _is_newcomer(message, conversation)
            _join(message, conversation, is_history=mail.is_history)
        conversation.keep()
    message.conversation = conversation
    if not mail.is_history:
        message.news_of_id = conversation.mailbox_of_news
    message.save()


def _may_be_assigned(conversation: Conversation) -> bool:
    return conversation.last_answer_at is not None or assigns_new_conversations()


def _first_folder(message: Message, mail: IncomingMail) -> Folder:
    if mail.is_history:
        return Folder.ARCHIVE
    return Folder.SPAM if message.is_spam else Folder.INBOX


def _join(message: Message, conversation: Conversation, *, is_history: bool) -> None:
    """Take the message into a conversation; spam lies in accepted mail unnoticed."""
    if conversation.folder == Folder.SPAM:
        _join_spam(message, conversation)
    elif message.is_spam:
        return
    else:
        summaries.add(conversation, message)
    if not is_history:
        summaries.arrive(conversation, message)


def _join_spam(message: Message, conversation: Conversation) -> None:
    """Only a contact, who is never spam, brings a conversation back from there."""
    if message.score.standing in CONTACTS:
        conversation.file_in(Folder.INBOX)
        summaries.refresh(conversation, [*conversation.messages.in_order(), message])
    else:
        summaries.add(conversation, message)


def _is_newcomer(message: Message, conversation: Conversation) -> bool:
    """Whether a stranger answers what we wrote; only so can a stranger join."""
    if message.reason not in (Message.Reason.ANSWERS_US, Message.Reason.SIGNED):
        return False
    seen = conversation.messages.values_list("participants", flat=True)
    return not any(message.sender_key in participants for participants in seen)
