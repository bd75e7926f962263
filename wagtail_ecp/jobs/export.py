"""Jobs on ``ecp-bg``: the owner's exports are written, and removed in time."""

from wagtail_ecp import queue
from wagtail_ecp.inbox import exports

#: Seconds, well below the queue's time limit; the next job goes on.
LONGEST = 240.0


def write_export(export_id: int) -> None:
    """Go on with an export, and have the rest done by a job like this."""
    if exports.work(export_id, seconds=LONGEST):
        queue.enqueue(write_export, export_id, queue=queue.BACKGROUND)


def remove_old_exports() -> None:
    """Delete what has been kept for a week; every night."""
    exports.remove_old()
