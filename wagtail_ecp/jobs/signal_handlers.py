"""When this, then that: every side effect in the background, in one list."""

from typing import Any

from wagtail_ecp import queue, signals
from wagtail_ecp.accounts.models import Letter
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.jobs.letters import send_letter
from wagtail_ecp.jobs.receive import process_incoming
from wagtail_ecp.jobs.send import send_message


def on_mail_received(**_kwargs: Any) -> None:
    """Have received mail processed."""
    queue.enqueue(process_incoming, queue=queue.INCOMING)


def on_message_queued(message: Message, **_kwargs: Any) -> None:
    """Have a finished answer sent."""
    queue.enqueue(send_message, message.outbox.pk, queue=queue.OUTGOING)


def on_letter_written(letter: Letter, **_kwargs: Any) -> None:
    """Have a notice to one of our own people sent."""
    queue.enqueue(send_letter, letter.pk, queue=queue.OUTGOING)


def connect() -> None:
    """Connect every handler to its signal; called once, at the start."""
    for signal, handler in (
        (signals.mail_received, on_mail_received),
        (signals.message_queued, on_message_queued),
        (signals.letter_written, on_letter_written),
    ):
        signal.connect(handler, dispatch_uid=f"wagtail_ecp.{handler.__name__}")
