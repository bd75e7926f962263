"""Start several processes, keep them running, stop them all (for small sites)."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, Self

from wagtail_ecp.management import sessions
from wagtail_ecp.management.children import Child, Process, Run, how_it_ended
from wagtail_ecp.management.output import Output, say

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Keeps children running inside a ``with`` block, and leaves none behind it.

    SIGINT, SIGTERM or SIGHUP ends :meth:`watch`; a second one stops the children
    at once. If the supervisor is killed outright, its guard process stops them.
    """

    def __init__(self, *, say: Callable[[str], None] = say, grace: float = 8.0) -> None:
        self.say = say
        self._grace = grace
        self._runs: list[Run] = []
        self._output = Output(say)
        self._signals = 0
        self._earlier: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in SIGNALS:
            self._earlier[number] = signal.signal(number, self._asked_to_stop)
        self._guard = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-I", sessions.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop_all()
        self._output.close()
        self._guard.communicate()
        for number, handler in self._earlier.items():
            signal.signal(number, handler)

    def start(self, child: Child) -> None:
        """Start ``child`` now and keep it running; OSError if it can't be started."""
        run = Run(child)
        self._start(run)
        self._runs.append(run)

    def pids(self) -> dict[str, int]:
        """Return the process ids of the children that run at present, by name."""
        return {r.child.name: r.process.pid for r in self._runs if r.process}

    def watch(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Restart what ends, until ``until()`` (True) or a signal to stop (False)."""
        while not self._signals:
            self._output.pass_on(0.2)
            for run in list(self._runs):
                self._look_after(run)
            if until():
                return True
        return False

    def _start(self, run: Run) -> None:
        # A fork that held the guard's pipe would keep it from seeing our end.
        ours = [*self._output.descriptors(), self._guard_pipe().fileno()]
        pid, reading = run.start(keep_out=ours)
        self._output.add(run.child.name, reading)
        self._tell_guard(f"+{pid} {int(run.child.stops_last)}")

    def _look_after(self, run: Run) -> None:
        if run.process is None:
            if time.monotonic() >= run.due:
                self._start(run)
        elif run.process.poll() is not None:
            self._ended(run, run.process)

    def _ended(self, run: Run, process: Process) -> None:
        # A killed RQ worker leaves its work horse behind, which would go on beside
        # the new worker.
        sessions.kill([process.pid])
        self._tell_guard(f"-{process.pid}")
        if run.child.once and process.returncode == 0:
            self._runs.remove(run)
            return
        self._output.pass_on()
        how = how_it_ended(process.returncode)
        pause = run.plan_restart()
        self.say(f"{run.child.name} {how}; it is started again in {pause:g} s.")

    def _asked_to_stop(self, _number: int, _frame: object) -> None:
        self._signals += 1

    def _hurry(self) -> bool:
        """Look after the output while children end; whether there's no more time."""
        self._output.pass_on()
        return self._signals > 1

    def _stop_all(self) -> None:
        for last in (False, True):
            runs = [r for r in reversed(self._runs) if r.child.stops_last is last]
            processes = [run.process for run in runs if run.process]
            pids = [process.pid for process in processes]
            sessions.stop(pids, grace=self._grace, hurry=self._hurry)
            for process in processes:
                process.wait()
                self._tell_guard(f"-{process.pid}")
        self._runs.clear()

    def _tell_guard(self, line: str) -> None:
        with contextlib.suppress(OSError):
            self._guard_pipe().write(f"{line}\n".encode())

    def _guard_pipe(self) -> Any:
        return self._guard.stdin
