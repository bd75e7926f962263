"""Jobs on ``ecp-bg``: changes to many conversations, and their undoing."""

from wagtail_ecp import queue
from wagtail_ecp.inbox import bulk

#: Seconds, well below the queue's time limit; the next job goes on.
LONGEST = 240.0


def bulk_change(change_id: int) -> None:
    """Go on with a bulk change, and have the rest done by a job like this."""
    if bulk.work(change_id, seconds=LONGEST):
        queue.enqueue(bulk_change, change_id, queue=queue.BACKGROUND)


def remove_old_bulk_changes() -> None:
    """Forget what was over a month ago; every night."""
    bulk.remove_old()
