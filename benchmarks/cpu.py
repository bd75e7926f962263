"""CPU time of the application and of its database together."""

import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection


def meter() -> Callable[[], float]:
    """Return what tells the milliseconds spent so far, by us and by our database.

    SQLite works within our own process. PostgreSQL's work is that of our connection's
    server process, to which parallel workers are forbidden so that all of it is seen.
    """
    if connection.vendor != "postgresql":
        return _own
    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    # Nanoseconds on a processor, to which /proc/PID/stat would give 10 ms steps.
    spent = Path(f"/proc/{pid}/schedstat")
    return lambda: _own() + int(spent.read_text().split()[0]) / 1e6


def _own() -> float:
    return 1000 * time.process_time()
