"""Jobs on ``ecp-in``: what came in goes to whom it belongs."""

from wagtail_ecp import queue
from wagtail_ecp.inbox.assignment import assign_waiting


def assign_messages() -> None:
    """Assign a batch of what came in, and ask for the next one if there may be more."""
    if assign_waiting():
        queue.enqueue(assign_messages, queue=queue.INCOMING)
