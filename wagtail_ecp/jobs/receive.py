"""Jobs on ``ecp-in``: received mail becomes messages."""

import logging

from wagtail_ecp import queue
from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox.processing import process_batch

logger = logging.getLogger(__name__)


def process_incoming() -> None:
    """Work through a batch of the ledger, and ask for the next one if there was any."""
    try:
        is_more = process_batch()
    except TransportPausedError as pause:
        logger.info("received mail stays unprocessed: %s", pause)
        return
    if is_more:
        queue.enqueue(process_incoming, queue=queue.INCOMING)
