"""The one door to the job queue. A job is a wake-up call: the rows are the truth.

An unreachable Redis is logged and forgotten, because the sweep finds every row that no
job remembers.
"""

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import django_rq
import redis.exceptions
from django.db import transaction
from rq import Retry, worker_registration
from rq.exceptions import DuplicateJobError

from wagtail_ecp import conf

logger = logging.getLogger(__name__)

#: Process, score and assign | send and call webhooks | everything that may wait.
INCOMING, OUTGOING, BACKGROUND = "ecp-in", "ecp-out", "ecp-bg"
QUEUES = (INCOMING, OUTGOING, BACKGROUND)

#: Seconds. A job that takes longer is stopped; leases last at least as long.
TIMEOUTS = {INCOMING: 300, OUTGOING: 120, BACKGROUND: 600}

#: Seconds between tries of a job that raised.
RETRIES = (10, 60, 300)

Job = Callable[..., None]


class JobQueue(Protocol):
    """What a replacement named in WAGTAIL_ECP["JOB_QUEUE"] must offer."""

    def put(
        self, job: Job, arguments: tuple[Any, ...], queue: str, *, delay: int = 0
    ) -> None:
        """Have ``job`` called with these integers and strings, in ``delay`` seconds."""


class RQQueue:
    """Jobs in Redis, worked on by RQ workers."""

    def put(
        self, job: Job, arguments: tuple[Any, ...], queue: str, *, delay: int = 0
    ) -> None:
        """Add the job unless one is waiting; beside a running one, add one more.

        What is to be done later waits under a name of its own until the scheduler of
        a worker adds it, and keeps nobody from doing the same at once.
        """
        name = "-".join(["ecp", job.__name__, *map(str, arguments)])
        names = (f"{name}-later",) if delay else (name, f"{name}-again")
        for job_id in names:
            with contextlib.suppress(DuplicateJobError):
                self._enqueue(job, arguments, queue=queue, job_id=job_id, delay=delay)
                return

    def _enqueue(
        self,
        job: Job,
        arguments: tuple[Any, ...],
        *,
        queue: str,
        job_id: str,
        delay: int,
    ) -> None:
        # "auto": we are called after the commit, django-rq need not wait for one.
        found = django_rq.get_queue(queue, commit_mode="auto")
        # RQ cuts the time to a whole second, and a job that comes early finds nothing.
        later = partial(found.enqueue_in, timedelta(seconds=delay + 1))
        add = later if delay else found.enqueue
        add(
            job,
            *arguments,
            job_id=job_id,
            unique=True,
            job_timeout=TIMEOUTS[queue],
            # What is kept of a job blocks the next one of its name.
            result_ttl=0,
            failure_ttl=60,
            retry=Retry(max=len(RETRIES), interval=list(RETRIES)),
        )


class ImmediateQueue:
    """Jobs done at once in the same process; for sites without Redis, and tests."""

    def put(
        self,
        job: Job,
        arguments: tuple[Any, ...],
        queue: str,  # noqa: ARG002
        *,
        delay: int = 0,
    ) -> None:
        """Do the job; what is for later is left to the sweep, which finds it then."""
        if not delay:
            job(*arguments)


def enqueue(job: Job, *arguments: int | str, queue: str, delay: int = 0) -> None:
    """Put the job on ``queue`` after the commit; never raises for a lost queue."""
    transaction.on_commit(lambda: _put(job, arguments, queue, delay))


def _put(job: Job, arguments: tuple[int | str, ...], queue: str, delay: int) -> None:
    job_queue: JobQueue = conf.load(conf.get("JOB_QUEUE"))()
    try:
        job_queue.put(job, arguments, queue, delay=delay)
    except redis.exceptions.RedisError:
        logger.warning("no queue for %s, the sweep will find it", job.__name__)


@dataclass(frozen=True, kw_only=True)
class QueueState:
    """One queue: how many workers live, how many jobs wait."""

    name: str
    workers: int
    waiting: int


def states() -> list[QueueState]:
    """Ask Redis about every queue; none where the site's jobs are not in RQ's hands.

    Raises what the client raises, and waits for as long as the site's settings let it.
    """
    if conf.get("JOB_QUEUE") != conf.DEFAULTS["JOB_QUEUE"]:
        return []
    return [_state(name) for name in QUEUES]


def _state(name: str) -> QueueState:
    queue = django_rq.get_queue(name)
    keys = worker_registration.get_keys(queue=queue)
    # A worker that was killed stays registered; its own key runs out.
    alive = queue.connection.exists(*keys) if keys else 0
    return QueueState(name=name, workers=int(alive), waiting=queue.count)
