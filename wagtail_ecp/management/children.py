"""One process of several that a supervisor keeps running."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NoReturn, Protocol

LONGEST_PAUSE = 30.0  # seconds between two starts of a process that keeps failing
STEADY = 60.0  # seconds after which earlier failures are forgotten


@dataclass(frozen=True, kw_only=True)
class Child:
    """A process to keep running: a command, or a function to call in a fork.

    A fork shares the memory of what is imported already and starts at once. A child
    that runs ``once`` may end with exit code 0.
    """

    name: str
    command: Sequence[str] = ()
    call: Callable[[], object] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    stops_last: bool = False


class Process(Protocol):
    """What we need of :class:`subprocess.Popen`."""

    pid: int
    returncode: int

    def poll(self) -> int | None: ...
    def wait(self) -> int: ...


class Run:
    """One child and its present process, which leads a session of its own."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.process: Process | None = None
        self._failures = 0
        self._started = 0.0
        self.due = 0.0

    def start(self, *, keep_out: Sequence[int]) -> tuple[int, int]:
        """Start the process; return its pid and where to read what it writes.

        A fork closes the files in ``keep_out``. OSError if there is no such command.
        """
        reading, writing = os.pipe()
        try:
            if self.child.call:
                closing = (*keep_out, reading)
                call = partial(_call_as, self.child.name, self.child.call)
                self.process = Fork(call, writing, closing=closing)
            else:
                self.process = _popen(self.child, writing)
        finally:
            os.close(writing)
        self._started = time.monotonic()
        return self.process.pid, reading

    def plan_restart(self) -> float:
        """Set the time of the next start; return the seconds until then."""
        if time.monotonic() - self._started > STEADY:
            self._failures = 0
        pause = float(min(2**self._failures / 2, LONGEST_PAUSE))
        self._failures += 1
        self.due = time.monotonic() + pause
        self.process = None
        return pause


class Fork:
    """A fork of this process that calls a function and ends; like Popen to its user."""

    def __init__(
        self, call: Callable[[], object], output: int, *, closing: Sequence[int]
    ) -> None:
        self.returncode = 0
        self._ended = False
        sys.stdout.flush()
        sys.stderr.flush()
        waiting, settled = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            os.close(settled)
            _become(call, output, closing=(*closing, waiting))
        os.close(settled)
        os.read(waiting, 1)  # Ends when the fork leads its session, or is dead.
        os.close(waiting)

    def poll(self) -> int | None:
        """Return the exit code (a negative signal number), None while it runs."""
        return self._reap(os.WNOHANG)

    def wait(self) -> int:
        """Return the exit code at the end."""
        code = self._reap(0)
        return self.returncode if code is None else code

    def _reap(self, options: int) -> int | None:
        if not self._ended:
            pid, status = os.waitpid(self.pid, options)
            if pid == 0:
                return None
            self._ended = True
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def how_it_ended(code: int) -> str:
    """Say in words what an exit code of :mod:`subprocess` means."""
    if code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _popen(child: Child, output: int) -> Process:
    return subprocess.Popen(  # noqa: S603 - the command is the caller's own
        list(child.command),
        env={**os.environ, "PYTHONUNBUFFERED": "1", **child.environment},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def _call_as(name: str, call: Callable[[], object]) -> None:
    """Call under a name of its own: forks are else hard to tell apart in ``ps``."""
    with contextlib.suppress(OSError):  # Linux only.
        Path("/proc/self/comm").write_text(name)
    call()


def _become(
    call: Callable[[], object], output: int, *, closing: Sequence[int]
) -> NoReturn:
    """Turn this fork into a process of its own, and end it after ``call``."""
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for descriptor in closing:
            os.close(descriptor)
        _redirect(output)
        call()
        code = 0
    except SystemExit as error:
        code = _exit_code(error)
    except BaseException:  # noqa: BLE001 - the top of this process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _exit_code(error: SystemExit) -> int:
    if isinstance(error.code, str):
        sys.stderr.write(f"{error.code}\n")
        return 1
    return error.code or 0


def _redirect(output: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    # The former objects may be buffered, or a test's.
    sys.stdout = open(1, "w", buffering=1, closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
