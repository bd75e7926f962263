"""bogofilter: a process for each message, its word list in a folder of its own."""

import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.spam.filters import Contestant, Verdict

SPAM, UNSURE = 0, 2  # Its exit codes; 1 is ham, 3 an error.
UNKNOWN = 0.52  # What it gives to a message of unknown words only.


class Bogofilter:
    """An empty word list, by its own three verdicts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._words = folder / "wordlist.db"
        self._cpu_before = _children_seconds()

    def judge(self, raw: bytes) -> Verdict:
        """Score with all its digits, by its own built-in configuration."""
        if not self._words.exists():  # It would refuse to score.
            return Verdict(UNKNOWN, is_spam=False, is_unsure=True)
        code, output = self._run("-TT", raw)
        return Verdict(float(output), code == SPAM, code == UNSURE)

    def learn(self, raw: bytes, *, is_spam: bool) -> None:
        """Register the message."""
        self._run("-s" if is_spam else "-n", raw)

    def cpu_seconds(self) -> float:
        """Return what its processes have used, without our starting them."""
        return _children_seconds() - self._cpu_before

    def model_bytes(self) -> int:
        """Return the size of its word list."""
        return self._words.stat().st_size

    def _run(self, option: str, raw: bytes) -> tuple[int, bytes]:
        command = ["bogofilter", "-C", "-d", str(self._folder), option]
        done = subprocess.run(command, input=raw, capture_output=True, check=False)
        if done.returncode > UNSURE:
            raise RuntimeError(f"bogofilter: {done.stderr.decode(errors='replace')}")
        return done.returncode, done.stdout


@contextmanager
def _started() -> Iterator[Bogofilter]:
    with tempfile.TemporaryDirectory(prefix="bogofilter-") as folder:
        yield Bogofilter(Path(folder))


def _version() -> str:
    if not shutil.which("bogofilter"):
        return ""
    done = subprocess.run(
        ["bogofilter", "-V"], capture_output=True, text=True, check=True
    )
    return (done.stdout or done.stderr).split()[2]


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


BOGOFILTER = Contestant("bogofilter", _version, _started)
