"""The product's own processes, on the test's database, files and queues."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from tests.servers import worker_environment
from wagtail_ecp.management import sessions

PATIENCE = 60.0


def until(condition, *, patience=PATIENCE):
    """Wait for ``condition`` to return something true, and return that."""
    end = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < end, f"never came true: {condition}"
        time.sleep(0.05)
    return found


@pytest.fixture
def listener(rq_queues, transactional_db):
    """A running ``ecp_listen``; returns its port."""
    with listening(rq_queues) as port:
        yield port


@contextmanager
def listening(queues, *options):
    """Run ``ecp_listen`` with these options, and yield its port."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "django", "ecp_listen", "--port", "0", *options],
        env={**os.environ, **worker_environment(queues)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    line = process.stdout.readline()
    assert "Listening on" in line
    try:
        yield int(line.rpartition(":")[2])
    finally:
        sessions.kill([process.pid])
        process.wait()
