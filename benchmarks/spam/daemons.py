"""Start a server for the length of a block: own folder, free port, ended by its id."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox import ports

PATIENCE = 300.0  # rspamd compiles its patterns first.


@contextmanager
def running(command: list[str], *, port: int, log: Path) -> Iterator[None]:
    """Run ``command`` until the block ends; it begins when ``port`` answers."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    try:
        _wait_until_up(process, port, log)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_until_up(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while not ports.answers(port):
        if process.poll() is not None or time.monotonic() > end:
            reason = log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{process.args!r} does not answer:\n{reason}")
        time.sleep(0.05)
