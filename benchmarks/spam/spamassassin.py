"""SpamAssassin with Bayes: a spamd of our own, its local rules, no network."""

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.spam.daemons import running
from benchmarks.spam.filters import Contestant, Verdict
from sandbox import ports

SHIPPED_MINIMUM = 200
UNPRIVILEGED = "nobody"
# Every rule that hit with its points, because its own sum has one decimal only.
REPORT = "report ecp-rules: _TESTSSCORES(,)_ :ecp"


class SpamAssassin:
    """A client of spamd that teaches it."""

    def __init__(self, port: int) -> None:
        self._port = port

    def judge(self, raw: bytes) -> Verdict:
        """Return the unrounded sum of the rules' points, and spamd's own verdict."""
        answer = self._ask("REPORT", raw)
        rules = re.search(r"ecp-rules: (.*?) :ecp", answer, re.DOTALL)
        verdict = re.search(r"^Spam: (True|False)", answer, re.MULTILINE)
        if not rules or not verdict:
            raise RuntimeError(f"spamd: {answer}")
        points = re.findall(r"=\s*(-?[\d.]+)", rules[1])
        return Verdict(sum(map(float, points)), verdict[1] == "True")

    def learn(self, raw: bytes, *, is_spam: bool) -> None:
        """Teach its Bayes."""
        label = "spam" if is_spam else "ham"
        self._ask("TELL", raw, f"Message-class: {label}", "Set: local")

    def cpu_seconds(self) -> None:
        """Tell nothing: its children come and go."""

    def model_bytes(self) -> None:
        """Tell nothing: its size is no figure to reach."""

    def _ask(self, command: str, raw: bytes, *headers: str) -> str:
        lines = [f"{command} SPAMC/1.5", f"Content-length: {len(raw)}", *headers]
        head = "".join(f"{line}\r\n" for line in lines) + "\r\n"
        with socket.create_connection((ports.HOST, self._port)) as connection:
            connection.sendall(head.encode() + raw)
            connection.shutdown(socket.SHUT_WR)
            with connection.makefile("rb") as file:
                answer = file.read().decode(errors="replace")
        if not re.match(r"SPAMD/[\d.]+ 0 ", answer):
            raise RuntimeError(f"spamd: {answer}")
        return answer


@contextmanager
def _started(minimum: int) -> Iterator[SpamAssassin]:
    port = ports.any_free()
    with tempfile.TemporaryDirectory(prefix="spamassassin-") as name:
        folder = Path(name)
        command = _command(folder, port, minimum)
        if os.geteuid() == 0:  # spamd would become nobody anyhow.
            shutil.chown(folder, UNPRIVILEGED)
            command += ["-u", UNPRIVILEGED]
        with running(command, port=port, log=folder / "log"):
            yield SpamAssassin(port)


def _command(folder: Path, port: int, minimum: int) -> list[str]:
    settings = (
        "use_bayes 1",
        f"bayes_path {folder}/bayes",
        f"bayes_min_ham_num {minimum}",
        f"bayes_min_spam_num {minimum}",
        # Marks alone teach: with each message marked, what it taught itself is undone.
        "bayes_auto_learn 0",
        "clear_report_template",
        REPORT,
    )
    return [
        *("spamd", "--local", "--allow-tell", "--nouser-config"),
        *("--listen", f"{ports.HOST}:{port}", f"--helper-home-dir={folder}"),
        *("--max-children", "1", "--syslog", "stderr"),
        *(f"--cf={line}" for line in settings),
    ]


def _version() -> str:
    path = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"
    if not shutil.which("spamd", path=path):
        return ""
    done = subprocess.run(
        ["spamd", "--version"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("version ")[1].split()[0]


def spamassassin(minimum: int = SHIPPED_MINIMUM) -> Contestant:
    """Return SpamAssassin, its Bayes silent until ``minimum`` of each kind are learned."""
    return Contestant("SpamAssassin", _version, partial(_started, minimum))
