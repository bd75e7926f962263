"""Jobs on ``ecp-bg``: a deactivated mailbox goes, with its mail."""

import logging
import time

from wagtail_ecp import queue
from wagtail_ecp.inbox.purging import MailboxActiveError, purge

logger = logging.getLogger(__name__)

#: Seconds, well below the queue's time limit; the next job goes on.
LONGEST = 300.0


def purge_mailbox(mailbox_id: int) -> None:
    """Delete the mailbox piece by piece, and have the rest done by a job like this."""
    deadline = time.monotonic() + LONGEST
    try:
        while purge(mailbox_id):
            if time.monotonic() > deadline:
                queue.enqueue(purge_mailbox, mailbox_id, queue=queue.BACKGROUND)
                return
    except MailboxActiveError as error:
        logger.warning("mailbox %s is not purged: %s", mailbox_id, error)
