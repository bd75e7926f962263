"""What a conversation tells of its messages, kept so that lists need no joins."""

from collections.abc import Iterable

from django.utils import timezone

from wagtail_ecp.inbox.models import Conversation, Folder, Message


def begin(message: Message) -> Conversation:
    """Return a new conversation, not saved, that knows its first message."""
    conversation = Conversation(mailbox_id=message.mailbox_id)
    refresh(conversation, [message])
    return conversation


def refresh(conversation: Conversation, messages: Iterable[Message]) -> None:
    """Derive everything again from all ``messages``, oldest first.

    Spam among accepted mail tells nothing of the conversation; in the Spam folder all
    of it does.
    """
    chosen = list(messages)
    accepted = [message for message in chosen if not message.is_spam] or chosen
    if conversation.folder == Folder.SPAM:
        accepted = chosen
    conversation.message_count = 0
    conversation.has_attachments = False
    conversation.waiting_since = None
    conversation.last_answer_at = None
    conversation.correspondent = ""
    for message in accepted:
        if conversation.message_count == 0:
            conversation.last_message_at = conversation.began_at = message.at
        add(conversation, message)


def add(conversation: Conversation, message: Message) -> None:
    """Take in one more message, of any age."""
    is_first = conversation.message_count == 0 or message.at < conversation.began_at
    is_last = conversation.message_count == 0 or (
        message.at >= conversation.last_message_at
    )
    conversation.message_count += 1
    conversation.is_to_be_indexed = True
    conversation.has_attachments |= message.has_attachments
    if is_first:
        conversation.began_at = message.at
        conversation.subject = message.subject
    if is_last:
        conversation.last_message_at = message.at
        conversation.snippet = message.snippet
    if message.is_ours:
        _add_answer(conversation, message)
    else:
        _add_mail(conversation, message, is_first=is_first, is_last=is_last)


def _add_answer(conversation: Conversation, message: Message) -> None:
    latest = conversation.last_answer_at
    conversation.last_answer_at = max(latest, message.at) if latest else message.at
    if not conversation.correspondent:
        conversation.correspondent = _first_recipient(message)
    waiting = conversation.waiting_since
    # Whoever passes a question on has not answered it.
    if waiting and waiting <= message.at and not message.is_forward:
        conversation.waiting_since = None


def _first_recipient(message: Message) -> str:
    people = [name or address for name, address in message.addresses.get("to", ())]
    return str(people[0])[:255] if people else ""


def _add_mail(
    conversation: Conversation, message: Message, *, is_first: bool, is_last: bool
) -> None:
    if is_last or not conversation.correspondent:
        conversation.correspondent = message.sender_name or message.sender_address
    if is_first or conversation.contact_id is None:
        conversation.contact_id = message.contact_id
    answered = conversation.last_answer_at
    if message.is_automatic or (answered and message.at <= answered):
        return
    waiting = conversation.waiting_since
    conversation.waiting_since = min(waiting, message.at) if waiting else message.at


def arrive(conversation: Conversation, message: Message) -> None:
    """Let a new incoming message bring the conversation to the team's attention.

    A person's reply brings it back from archive, snooze and trash, never from spam; an
    automatic one is shown but brings nothing back.
    """
    conversation.is_unread = True
    if message.is_automatic:
        return
    if conversation.folder == Folder.TRASH:
        conversation.came_back_at = timezone.now()
    if conversation.folder in (Folder.ARCHIVE, Folder.TRASH):
        conversation.file_in(Folder.INBOX)
    conversation.snoozed_until = None
