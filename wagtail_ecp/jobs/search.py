"""Jobs on ``ecp-bg``: the search index hears of what changed."""

import time

from wagtail_ecp import queue
from wagtail_ecp.inbox.search.indexing import index_waiting

#: Seconds, well below the queue's time limit; the next job goes on.
LONGEST = 60.0


def index_conversations() -> None:
    """Index what waits, piece by piece, and have the rest done by a job like this."""
    deadline = time.monotonic() + LONGEST
    while index_waiting():
        if time.monotonic() > deadline:
            queue.enqueue(index_conversations, queue=queue.BACKGROUND)
            return
