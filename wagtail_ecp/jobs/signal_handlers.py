"""When this, then that: every side effect in the background, in one list."""

import math
from typing import Any

from django.utils import timezone

from wagtail_ecp import queue, signals
from wagtail_ecp.accounts.models import Letter
from wagtail_ecp.inbox.alert_causes import is_news
from wagtail_ecp.inbox.models import (
    BulkChange,
    Conversation,
    Export,
    Message,
    Note,
    Rejudging,
)
from wagtail_ecp.jobs.alerts import (
    alert_of_assignment,
    alert_of_mail,
    alert_of_note,
    alert_of_reply,
)
from wagtail_ecp.jobs.assignment import assign_messages
from wagtail_ecp.jobs.bulk import bulk_change
from wagtail_ecp.jobs.export import write_export
from wagtail_ecp.jobs.invoices import note_level
from wagtail_ecp.jobs.letters import send_letter
from wagtail_ecp.jobs.metrics import rebuild_facts, write_facts
from wagtail_ecp.jobs.receive import process_incoming
from wagtail_ecp.jobs.search import index_conversations
from wagtail_ecp.jobs.send import send_message
from wagtail_ecp.jobs.spam import rejudge, train


def on_mail_received(**_kwargs: Any) -> None:
    """Have received mail processed."""
    queue.enqueue(process_incoming, queue=queue.INCOMING)


def on_message_queued(message: Message, **_kwargs: Any) -> None:
    """Have a finished answer sent, once it can't be taken back any more."""
    waits = (message.outbox.next_try_at - timezone.now()).total_seconds()
    queue.enqueue(
        send_message,
        message.outbox.pk,
        queue=queue.OUTGOING,
        delay=max(0, math.ceil(waits)),
    )


def on_message_stored(message: Message, **_kwargs: Any) -> None:
    """Have new mail assigned, and members told of it, if it is worth it."""
    if message.conversation.is_to_be_assigned:
        queue.enqueue(assign_messages, queue=queue.INCOMING)
    if is_news(message):
        queue.enqueue(alert_of_mail, message.pk, queue=queue.OUTGOING)


def on_message_sent(message: Message, **_kwargs: Any) -> None:
    """Have it told to who follows that a colleague answered."""
    if not message.is_automatic:
        queue.enqueue(alert_of_reply, message.pk, queue=queue.OUTGOING)


def on_note_written(note: Note, **_kwargs: Any) -> None:
    """Have it told to whom a note mentions, and who follows."""
    queue.enqueue(alert_of_note, note.pk, queue=queue.OUTGOING)


def on_conversation_assigned(conversation: Conversation, **_kwargs: Any) -> None:
    """Have it told to whom a conversation was assigned."""
    if conversation.assignee_id:
        queue.enqueue(alert_of_assignment, conversation.pk, queue=queue.OUTGOING)


def on_messages_marked(**_kwargs: Any) -> None:
    """Have the spam filter learn from what members said."""
    queue.enqueue(train, queue=queue.BACKGROUND)


def on_rejudging_changed(run: Rejudging, **_kwargs: Any) -> None:
    """Have the last month's mail gone through, or that undone."""
    queue.enqueue(rejudge, run.pk, queue=queue.BACKGROUND)


def on_export_changed(export: Export, **_kwargs: Any) -> None:
    """Have an export written, or tidied up."""
    queue.enqueue(write_export, export.pk, queue=queue.BACKGROUND)


def on_bulk_change_asked(change: BulkChange, **_kwargs: Any) -> None:
    """Have many conversations changed, or that undone."""
    queue.enqueue(bulk_change, change.pk, queue=queue.BACKGROUND)


def on_letter_written(letter: Letter, **_kwargs: Any) -> None:
    """Have a notice to one of our own people sent."""
    queue.enqueue(send_letter, letter.pk, queue=queue.OUTGOING)


def on_options_changed(names: list[str], **_kwargs: Any) -> None:
    """Have it noted since when a level holds, and the days of all numbers found anew."""
    if {"service_level", "closed_at"} & set(names):
        queue.enqueue(note_level, queue=queue.BACKGROUND)
    if "time_zone" in names:
        queue.enqueue(rebuild_facts, queue=queue.BACKGROUND)


def on_business_hours_changed(**_kwargs: Any) -> None:
    """Have it measured again how long answers took."""
    queue.enqueue(rebuild_facts, queue=queue.BACKGROUND)


def on_something_counted(**_kwargs: Any) -> None:
    """Have the numbers follow; what is recorded a moment later is left to the sweep."""
    queue.enqueue(write_facts, queue=queue.BACKGROUND)


def on_words_changed(**_kwargs: Any) -> None:
    """Have the search index hear of new words."""
    queue.enqueue(index_conversations, queue=queue.BACKGROUND)


def connect() -> None:
    """Connect every handler to its signal; called once, at the start."""
    for signal, handler in (
        (signals.mail_received, on_mail_received),
        (signals.message_queued, on_message_queued),
        (signals.message_stored, on_message_stored),
        (signals.message_stored, on_words_changed),
        (signals.message_queued, on_words_changed),
        (signals.note_written, on_words_changed),
        (signals.message_stored, on_something_counted),
        (signals.message_queued, on_something_counted),
        (signals.message_sent, on_something_counted),
        (signals.conversation_assigned, on_something_counted),
        (signals.business_hours_changed, on_business_hours_changed),
        (signals.message_sent, on_message_sent),
        (signals.note_written, on_note_written),
        (signals.conversation_assigned, on_conversation_assigned),
        (signals.messages_marked, on_messages_marked),
        (signals.rejudging_changed, on_rejudging_changed),
        (signals.export_changed, on_export_changed),
        (signals.bulk_change_asked, on_bulk_change_asked),
        (signals.letter_written, on_letter_written),
        (signals.options_changed, on_options_changed),
    ):
        signal.connect(handler, dispatch_uid=f"wagtail_ecp.{handler.__name__}")
