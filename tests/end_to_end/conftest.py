"""The product's own processes, on the test's database, files and queues."""

import os
import subprocess
import sys
import time

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
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "ecp_listen", "--port", "0"],
        env={**os.environ, **worker_environment(rq_queues)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    line = process.stdout.readline()
    assert "Listening on" in line
    yield int(line.rpartition(":")[2])
    sessions.kill([process.pid])
    process.wait()
