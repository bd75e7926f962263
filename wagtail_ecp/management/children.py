"""One process of several that a supervisor keeps running."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO

LONGEST_PAUSE = 30.0  # seconds between two starts of a process that keeps failing
STEADY = 60.0  # seconds after which earlier failures are forgotten


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process to keep running; one that runs ``once`` may end with exit code 0."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    stops_last: bool = False


class Run:
    """One child and its present process, which leads a session of its own."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.process: subprocess.Popen[str] | None = None
        self.failures = 0
        self.due = time.monotonic()
        self.started = 0.0

    def start(self, say: Callable[[str], None]) -> int:
        """Start the process, pass its output on line by line, return its pid."""
        self.process = subprocess.Popen(  # noqa: S603 - the command is the caller's own
            list(self.child.command),
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.child.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.started = time.monotonic()
        output = (self.child.name, self.process.stdout, say)
        threading.Thread(target=_pass_on, args=output, daemon=True).start()
        return self.process.pid

    def plan_restart(self) -> float:
        """Set the time of the next start; return the seconds until then."""
        if time.monotonic() - self.started > STEADY:
            self.failures = 0
        pause = float(min(2**self.failures / 2, LONGEST_PAUSE))
        self.failures += 1
        self.due = time.monotonic() + pause
        self.process = None
        return pause


def how_it_ended(code: int) -> str:
    """Say in words what an exit code of :mod:`subprocess` means."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _pass_on(name: str, output: IO[str], say: Callable[[str], None]) -> None:
    with output:
        for line in output:
            say(f"{name:>8} | {line.rstrip()}")
