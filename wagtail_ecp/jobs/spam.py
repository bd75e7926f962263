"""Jobs of the spam filter: scoring on ``ecp-in``, the rest on ``ecp-bg``."""

import logging
import time
from datetime import timedelta

from wagtail_ecp import queue
from wagtail_ecp.inbox import blobs, judging, purging, rejudging
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.spam import tally, training
from wagtail_ecp.spam.preview import DAYS, window_begins

logger = logging.getLogger(__name__)

#: Seconds, well below the queue's time limit; the next job goes on.
LONGEST = 240.0


def score_message(message_id: int) -> None:
    """Give an incoming message the score that it lacks.

    New mail is scored, a batch at a time, while it is processed; this is for what was
    there before the filter.
    """
    lacking = Message.objects.unscored().select_related("incoming")
    message = lacking.filter(pk=message_id).first()
    if message is None:
        logger.info("message %s is gone or has its score", message_id)
        return
    judging.score_now(message)


def score_backlog() -> None:
    """Have the last month's mail scored, as far as it lacks that; every night."""
    lacking = Message.objects.unscored().filter(stored_at__gte=window_begins())
    for message_id in lacking.order_by("pk").values_list("pk", flat=True):
        queue.enqueue(score_message, message_id, queue=queue.INCOMING)


def train() -> None:
    """Teach the model the marks that wait, and have the rest done by a job like this."""
    deadline = time.monotonic() + LONGEST
    while training.train(_raw_mail):
        if time.monotonic() > deadline:
            queue.enqueue(train, queue=queue.BACKGROUND)
            return


def _raw_mail(message_number: int) -> bytes | None:
    found = Message.objects.filter(pk=message_number)
    blob = found.values_list("blob", flat=True).first()
    try:
        return blobs.read(blob) if blob else None
    except FileNotFoundError:
        return None


def rejudge(run_id: int) -> None:
    """Go on with a run over the last month's mail, or with its undoing."""
    deadline = time.monotonic() + LONGEST
    while rejudging.work(run_id):
        if time.monotonic() > deadline:
            queue.enqueue(rejudge, run_id, queue=queue.BACKGROUND)
            return


def purge_spam() -> None:
    """Delete what has lain in Spam and Trash long enough; every night."""
    deadline = time.monotonic() + LONGEST
    while purging.purge_junk():
        if time.monotonic() > deadline:
            queue.enqueue(purge_spam, queue=queue.BACKGROUND)
            return
    tally.remove_before(window_begins().date() - timedelta(days=DAYS))
