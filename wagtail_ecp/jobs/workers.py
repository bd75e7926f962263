"""Who works on the queues now, asked of Redis without waiting for it long."""

from concurrent.futures import Future
from threading import Thread

from wagtail_ecp import queue
from wagtail_ecp.queue import QueueState

#: Seconds that a page may wait for a Redis that doesn't answer.
PATIENCE = 1.5


class UnreachableError(Exception):
    """Redis refused, or didn't answer in time; its own words."""


def look() -> list[QueueState]:
    """Ask about every queue; UnreachableError after ``PATIENCE`` at the latest.

    However the network fails: the site's own time limits may be long, or none.
    """
    answer: Future[list[QueueState]] = Future()
    Thread(target=_ask, args=(answer,), daemon=True).start()
    try:
        return answer.result(timeout=PATIENCE)
    except TimeoutError:
        raise UnreachableError("It does not answer.") from None


def _ask(answer: "Future[list[QueueState]]") -> None:
    try:
        answer.set_result(queue.states())
    except Exception as error:  # noqa: BLE001 — whatever it is, it is the answer.
        answer.set_exception(UnreachableError(str(error)))
