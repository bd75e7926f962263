"""Jobs on ``ecp-out``: members are told what came."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from wagtail_ecp import queue
from wagtail_ecp.inbox import alert_causes, alerts
from wagtail_ecp.inbox.models import Conversation, Message, Note

logger = logging.getLogger(__name__)

#: At most so many members a round; the next round has the rest.
ROUND = 500
#: What may have been on its way when the last round looked.
OVERLAP = timedelta(minutes=5)
#: Nobody wants to hear of older things.
LONGEST = timedelta(days=1)


def alert_of_mail(message_id: int) -> None:
    """Note a new message for those who want that, and have them written to."""
    related = Message.objects.select_related("conversation", "incoming", "score")
    message = related.defer("text").filter(pk=message_id).first()
    if message is None:
        logger.info("message %s is gone, nobody to alert", message_id)
        return
    have_mailed(alert_causes.tell_of_mail(message))


def alert_of_reply(message_id: int) -> None:
    """Note an answer that was sent, for who follows, and have them written to."""
    related = Message.objects.select_related("conversation").defer("text")
    message = related.filter(pk=message_id).first()
    if message is None:
        logger.info("message %s is gone, nobody to alert", message_id)
        return
    have_mailed(alert_causes.tell_of_reply(message))


def alert_of_note(note_id: int) -> None:
    """Note a note for whom it concerns, and have them written to."""
    note = Note.objects.select_related("conversation").filter(pk=note_id).first()
    if note is None:
        logger.info("note %s is gone, nobody to alert", note_id)
        return
    have_mailed(alert_causes.tell_of_note(note))


def alert_of_assignment(conversation_id: int) -> None:
    """Note that the conversation was assigned, and have its assignee written to."""
    related = Conversation.objects.select_related("assignee", "mailbox")
    conversation = related.filter(pk=conversation_id).first()
    if conversation is None:
        logger.info("conversation %s is gone, nobody to alert", conversation_id)
        return
    have_mailed(alert_causes.tell_of_assignment(conversation))


def mail_alerts(user_id: str) -> None:
    """Write to one member what waits, unless they were written to just now."""
    alerts.mail(user_id)


def sweep_alerts(*, last_round: datetime | None) -> None:
    """Note what a lost queue forgot since ``last_round``, and mail what is due."""
    now = timezone.now()
    since = max((last_round or now) - OVERLAP, now - LONGEST)
    alert_causes.tell_of_overlooked(since=since)
    have_mailed(alerts.users_waiting()[:ROUND])


def remove_old_alerts() -> None:
    """Delete alerts of more than a month ago; every night."""
    alerts.remove_old()


def have_mailed(users: Iterable[Any]) -> None:
    """Have each of these users written to; they are named by their keys."""
    for user in users:
        queue.enqueue(mail_alerts, str(user), queue=queue.OUTGOING)
