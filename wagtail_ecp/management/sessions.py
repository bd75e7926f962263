"""Stop whole sessions of processes; run as a script it is the supervisor's guard.

Standard library only and without imports from this package, so that the guard
stays tiny.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

COLD_PATIENCE = 2.0  # seconds that RQ's cold shutdown (a second SIGTERM) is given
LAST_PATIENCE = 5.0
PROC = Path("/proc/self")


def stop(
    leaders: Sequence[int], *, grace: float, hurry: Callable[[], bool] = lambda: False
) -> None:
    """End these sessions: SIGTERM to each leader, again after ``grace`` s, SIGKILL.

    Signals go out in the order of ``leaders``; returns when no process is left.
    """
    for patience in (grace, COLD_PATIENCE):
        for leader in leaders:
            _send(leader, signal.SIGTERM)
        if _wait(lambda: hurry() or not _running(leaders), patience) or hurry():
            break
    kill(leaders)


def kill(leaders: Sequence[int]) -> None:
    """Kill every process that is left in these sessions, and wait for its end."""

    def nothing_is_left() -> bool:
        left = _members(leaders)
        for pid in left:
            _send(pid, signal.SIGKILL)
        return not left

    _wait(nothing_is_left, LAST_PATIENCE)


def guard(lines: Iterable[str], *, grace: float = 4.0) -> None:
    """Follow the supervisor's "+pid last" and "-pid" lines; at their end stop all."""
    sessions: dict[int, bool] = {}
    for line in lines:
        pid, _, last = line[1:].partition(" ")
        if line.startswith("+"):
            sessions[int(pid)] = last.strip() == "1"
        else:
            sessions.pop(int(pid), None)
    for stops_last in (False, True):
        chosen = [pid for pid, last in sessions.items() if last is stops_last]
        stop(chosen[::-1], grace=grace)


def _running(leaders: Sequence[int]) -> bool:
    return any(pid in leaders for pid in _members(leaders))


def _members(leaders: Sequence[int]) -> list[int]:
    """List the processes of these sessions, without the dead not yet waited for."""
    members = []
    for pid in _pids():
        with contextlib.suppress(OSError):  # Ended meanwhile, or another user's.
            if os.getsid(pid) in leaders and not _is_dead(pid):
                members.append(pid)
    return members


def _pids() -> Iterator[int]:
    if not PROC.exists():  # macOS
        command = ["/bin/ps", "-A", "-o", "pid="]
        listing = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
        yield from map(int, listing.stdout.split())
        return
    yield from (int(folder.name) for folder in PROC.parent.glob("[0-9]*"))


def _is_dead(pid: int) -> bool:
    if not PROC.exists():
        return False  # macOS: getsid() already fails for the dead.
    # The name in brackets may itself hold spaces and brackets.
    state = (PROC.parent / str(pid) / "stat").read_text().rpartition(") ")[2][0]
    return state in "ZX"


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait(condition: Callable[[], bool], patience: float) -> bool:
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


if __name__ == "__main__":
    guard(sys.stdin)
