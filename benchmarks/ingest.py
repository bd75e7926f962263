"""What one received mail costs: statements, commits, time, memory."""

import random
import resource
import time
from collections import Counter, defaultdict
from typing import Any

from django.db import connection

from benchmarks.mail import mails
from tests.builders import SUPPORT
from wagtail_ecp.inbox.models import IncomingMail, Message
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive

MAILS = 2000
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


class Meter:
    """Counts statements by their first word."""

    def __init__(self) -> None:
        self.statements: Counter[str] = Counter()

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        """Count one statement and run it."""
        self.statements[sql.split(maxsplit=1)[0]] += 1
        return execute(sql, params, many, context)

    def per_mail(self, *, control: bool = False) -> float:
        """Return the mean, with or without what only begins and ends transactions."""
        words = self.statements.items()
        return sum(n for word, n in words if (word in CONTROL) == control) / MAILS


def run(*, order: str = "as sent") -> dict[str, float | str]:
    """Receive and process 2,000 mails in batches of 50 and compare their threads."""
    batch = list(mails(MAILS, seed=1, to=SUPPORT))
    if order == "shuffled":
        random.Random(1).shuffle(batch)
    meter, commits = Meter(), Counter[str]()
    _count_commits(commits)
    threads = {}
    started = time.process_time()
    with connection.execute_wrapper(meter):
        for begin in range(0, MAILS, 50):
            for thread, raw in batch[begin : begin + 50]:
                (row,) = receive(raw, recipients=[SUPPORT])
                threads[row.pk] = thread
            while process_batch():
                pass
    seconds = time.process_time() - started
    committed = commits["commit"]
    again = [receive(raw, recipients=[SUPPORT]) for _thread, raw in batch[:100]]
    while process_batch():
        pass
    return {
        "order": order,
        "statements a mail": meter.per_mail(),
        "commits a mail": committed / MAILS,
        "CPU ms a mail": 1000 * seconds / MAILS,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "threads right": _right(threads),
        "stored again": _stored_among(again),
    }


def _count_commits(commits: "Counter[str]") -> None:
    wrapped: Any = connection
    commit = wrapped._commit

    def counted() -> None:
        commits["commit"] += 1
        commit()

    wrapped._commit = counted


def _right(threads: dict[int, int]) -> str:
    true, found = defaultdict(set), defaultdict(set)
    rows = Message.objects.values_list("incoming_id", "conversation_id")
    for mail, conversation in rows:
        found[conversation].add(mail)
        true[threads[mail]].add(mail)
    same = set(map(frozenset, true.values())) & set(map(frozenset, found.values()))
    return f"{len(same)} of {len(true)} ({len(found)} found)"


def _stored_among(rows: list[list[IncomingMail]]) -> int:
    again = IncomingMail.objects.filter(pk__in=[row.pk for (row,) in rows])
    return again.exclude(state=IncomingMail.State.DUPLICATE).count()
