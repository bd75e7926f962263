"""Messages with scores, made straight into the tables."""

import itertools
from datetime import timedelta

from django.utils import timezone

from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.models import Blob, Conversation, Message
from wagtail_ecp.spam.models import Score

_numbers = itertools.count(1)


def a_score(  # noqa: PLR0913
    mailbox,
    value,
    *,
    threshold=70,
    is_spam=None,
    decision="",
    standing="",
    folder=None,
    days_ago=1,
    subject="",
):
    """Return the score of a message that lies where its verdict says."""
    number = next(_numbers)
    at = timezone.now() - timedelta(days=days_ago)
    if is_spam is None:
        is_spam = not standing and not decision and value >= threshold
    conversation = Conversation(
        mailbox=mailbox,
        subject=subject or f"Subject {number}",
        began_at=at,
        last_message_at=at,
        message_count=1,
    )
    conversation.file_in(folder or ("spam" if is_spam else "inbox"))
    with counted(conversation):
        conversation.save()
    blob = Blob.objects.create(sha256=f"{number:064}", size=1, last_used_at=at)
    message = Message.objects.create(
        mailbox=mailbox,
        conversation=conversation,
        blob=blob,
        direction=Message.Direction.IN,
        id_hash=f"{number:040}",
        content_hash=f"{number:064}",
        sender_name="Vera Holm",
        sender_address="vera@customer.example",
        sender_key="vera@customer.example",
        subject=conversation.subject,
        at=at,
    )
    return Score.objects.create(
        message=message,
        value=value,
        is_spam=is_spam,
        decision=decision,
        standing=standing,
        threshold=threshold,
        at=at,
    )
