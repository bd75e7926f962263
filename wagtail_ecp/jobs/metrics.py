"""Jobs on ``ecp-bg``: the numbers follow what happened."""

import time

from wagtail_ecp import queue
from wagtail_ecp.metrics import books

#: Seconds, well below the queue's time limit; the next job goes on.
LONGEST = 60.0


def write_facts() -> None:
    """Let the facts follow the log, piece by piece; the rest is done by the next job."""
    deadline = time.monotonic() + LONGEST
    while books.count_waiting():
        if time.monotonic() > deadline:
            queue.enqueue(write_facts, queue=queue.BACKGROUND)
            return


def rebuild_facts() -> None:
    """Rebuild all facts if they are due; in pieces, and the rest by the next job."""
    deadline = time.monotonic() + LONGEST
    while books.is_rebuild_due():
        books.rebuild_piece()
        if time.monotonic() > deadline:
            queue.enqueue(rebuild_facts, queue=queue.BACKGROUND)
            return


def sweep_facts() -> None:
    """Find facts that no job remembers."""
    if books.is_rebuild_due():
        queue.enqueue(rebuild_facts, queue=queue.BACKGROUND)
    if books.is_waiting():
        queue.enqueue(write_facts, queue=queue.BACKGROUND)
