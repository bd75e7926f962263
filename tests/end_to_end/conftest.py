"""The product's own processes, on the test's database, files and queues."""

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
from selenium.common.exceptions import StaleElementReferenceException

from tests.servers import worker_environment
from wagtail_ecp.management import sessions

PATIENCE = 60.0


def until(condition, *, patience=PATIENCE):
    """Wait for ``condition`` to return something true, and return that.

    It isn't true yet where the page replaces what it looks at in that moment.
    """
    end = time.monotonic() + patience
    while True:
        with suppress(StaleElementReferenceException):
            if found := condition():
                return found
        assert time.monotonic() < end, f"never came true: {condition}"
        time.sleep(0.05)


@pytest.fixture
def listener(rq_queues, transactional_db, new_log):
    """A running ``ecp_listen``; returns its port."""
    with listening(rq_queues, new_log("listener")) as port:
        yield port


@contextmanager
def listening(queues, log, *options):
    """Run ``ecp_listen`` with these options, and yield its port."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "django", "ecp_listen", "--port", "0", *options],
            env={**os.environ, **worker_environment(queues)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield int(until(lambda: port_of(process, log)))
    finally:
        sessions.kill([process.pid])
        process.wait()


def port_of(process, log):
    """Return the port that the listener has written, if it has."""
    assert process.poll() is None, "the listener has ended"
    found = re.search(r"^Listening on \S+:(\d+)$", log.read_text(), re.MULTILINE)
    return found and found[1]
