"""Jobs on ``ecp-bg``: what no other job remembers."""

import logging
from datetime import timedelta

from wagtail_ecp import queue
from wagtail_ecp.accounts import installation, owner_watch
from wagtail_ecp.accounts.models import Installation, Letter
from wagtail_ecp.inbox import blobs, sending
from wagtail_ecp.inbox.models import (
    Blob,
    BulkChange,
    Conversation,
    Draft,
    Export,
    IncomingMail,
    Mailbox,
    Message,
    Outbox,
    Rejudging,
    Source,
)
from wagtail_ecp.jobs.alerts import sweep_alerts
from wagtail_ecp.jobs.assignment import assign_messages
from wagtail_ecp.jobs.bulk import bulk_change
from wagtail_ecp.jobs.export import write_export
from wagtail_ecp.jobs.fetch import fetch_source
from wagtail_ecp.jobs.letters import send_letter
from wagtail_ecp.jobs.metrics import sweep_facts
from wagtail_ecp.jobs.purge import purge_mailbox
from wagtail_ecp.jobs.receive import process_incoming
from wagtail_ecp.jobs.search import index_conversations
from wagtail_ecp.jobs.send import send_message, send_scheduled
from wagtail_ecp.jobs.spam import rejudge, score_backlog, train
from wagtail_ecp.jobs.waking import wake_sleepers
from wagtail_ecp.setup.actions import forget as forget_setup
from wagtail_ecp.spam import tally
from wagtail_ecp.spam.models import Mark, Score

logger = logging.getLogger(__name__)

#: At most so many rows a round; the next round has the rest.
ROUND = 500
ORPHAN_AGE = timedelta(days=1)


def sweep() -> None:
    """Find work that is due and wake its workers; every minute."""
    last_round = Installation.objects.values_list("beat_at", flat=True).first()
    installation.beat()
    sending.release_abandoned()
    forget_setup()
    owner_watch.look(last_round=last_round)
    if IncomingMail.objects.waiting().unclaimed().exists():
        queue.enqueue(process_incoming, queue=queue.INCOMING)
    asked = Mailbox.objects.filter(is_active=False).exclude(purge_asked_at=None)
    for mailbox_id in asked.values_list("pk", flat=True):
        queue.enqueue(purge_mailbox, mailbox_id, queue=queue.BACKGROUND)
    _sweep_outgoing()
    _sweep_long_work()
    wake_sleepers()
    if Conversation.objects.to_be_assigned().exists():
        queue.enqueue(assign_messages, queue=queue.INCOMING)
    if Conversation.objects.to_be_indexed().exists():
        queue.enqueue(index_conversations, queue=queue.BACKGROUND)
    sweep_facts()
    _sweep_spam()
    sweep_alerts(last_round=last_round)


def _sweep_outgoing() -> None:
    for rows, job in (
        (Outbox.objects.due(), send_message),
        (Draft.objects.due(), send_scheduled),
        (Letter.objects.due(), send_letter),
    ):
        for number in rows.values_list("pk", flat=True)[:ROUND]:
            queue.enqueue(job, number, queue=queue.OUTGOING)


def _sweep_long_work() -> None:
    exports = Export.objects.unfinished().unclaimed()
    for export_id in exports.values_list("pk", flat=True):
        queue.enqueue(write_export, export_id, queue=queue.BACKGROUND)
    changes = BulkChange.objects.unfinished().unclaimed()
    for change_id in changes.values_list("pk", flat=True)[:ROUND]:
        queue.enqueue(bulk_change, change_id, queue=queue.BACKGROUND)


def _sweep_spam() -> None:
    while tally.settle():
        pass
    if Mark.objects.waiting().exists():
        queue.enqueue(train, queue=queue.BACKGROUND)
    for run_id in Rejudging.objects.unfinished().values_list("pk", flat=True):
        queue.enqueue(rejudge, run_id, queue=queue.BACKGROUND)
    if not Score.objects.exists() and Message.objects.exists():  # Just upgraded.
        queue.enqueue(score_backlog, queue=queue.BACKGROUND)


def visit_sources() -> None:
    """Have every active source fetched; every minute."""
    sources = Source.objects.filter(is_active=True, mailbox__is_active=True)
    for source_id in sources.values_list("pk", flat=True):
        queue.enqueue(fetch_source, source_id, queue=queue.INCOMING)


def remove_unused_blobs() -> None:
    """Delete raw mail that nothing has referred to for a day; every night."""
    for blob in Blob.objects.unused(for_at_least=ORPHAN_AGE)[:ROUND]:
        blobs.remove(blob)
        logger.info("unused blob %s removed", blob.sha256)
