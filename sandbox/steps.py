"""Run one long command and show that it goes on; standard library only."""

import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO

WIDTH = 78
QUIET_STEP = 10.0  # seconds between two lines where no terminal can be rewritten
KEPT_LINES = 30  # of the output, shown if the command fails


class StepFailedError(Exception):
    """A step of the start did not work; the message says what to do."""


def run_step(
    title: str, command: Sequence[str], *, environment: Mapping[str, str] | None = None
) -> None:
    """Run ``command``, showing its latest line and the seconds gone.

    StepFailedError, with the end of its output, if it fails.
    """
    began = time.monotonic()
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    try:
        lines = _follow(title, process)
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if code:
        end = "\n".join(lines[-KEPT_LINES:])
        raise StepFailedError(f"\n{end}\n\n{title}: failed (exit code {code}).")
    _show(f"{title}: done in {time.monotonic() - began:.0f} s", last=True)


def _follow(title: str, process: subprocess.Popen[str]) -> list[str]:
    """Show progress until the output ends; return all its lines."""
    arriving: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(process.stdout, arriving), daemon=True).start()
    lines: list[str] = []
    began = time.monotonic()
    rewritable = sys.stdout.isatty()
    next_show = began
    while True:
        try:
            line = arriving.get(timeout=0.2)
        except queue.Empty:
            line = ""
        if line is None:
            return lines
        if line.strip():
            lines.append(line.rstrip())
        now = time.monotonic()
        if now >= next_show:
            latest = lines[-1].strip() if lines else ""
            _show(f"{title} ({now - began:.0f} s) {latest}")
            next_show = now + (0.2 if rewritable else QUIET_STEP)


def _read(output: IO[str], arriving: queue.SimpleQueue[str | None]) -> None:
    with output:
        for line in output:
            arriving.put(line)
    arriving.put(None)


def _show(text: str, *, last: bool = False) -> None:
    if sys.stdout.isatty():
        print(f"\r{text[:WIDTH]:<{WIDTH}}", end="\n" if last else "", flush=True)
    else:
        print(text[:WIDTH], flush=True)
