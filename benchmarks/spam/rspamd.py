"""rspamd with Bayes: an rspamd and a Redis of our own, no network."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.spam.daemons import running
from benchmarks.spam.filters import Contestant, Verdict
from sandbox import ports, redis_server

SHIPPED_MINIMUM = 200
CONFIGURATION = "/etc/rspamd/rspamd.conf"
# What asks other machines; all else stays as it is shipped.
ASKING = (
    *("rbl", "surbl", "spf", "dkim", "dmarc", "arc", "asn", "fuzzy_check", "mx_check"),
    *("once_received", "rspamd_update"),
)
HOST_FILTER = "".join(f"{it}_enabled = false;" for it in ("helo", "hostname", "from"))
TO_SPAM = ("reject", "add header", "rewrite subject")
LEARNED = (200, 204, 208)  # 208: it knows already, and so learns nothing.


class Rspamd:
    """A client of the scanner and of the controller, which teaches it."""

    def __init__(self, scanner: int, controller: int) -> None:
        self._scanner = scanner
        self._controller = controller

    def judge(self, raw: bytes) -> Verdict:
        """Return the points, and whether its action would put the message aside."""
        status, body = _post(self._scanner, "/checkv2", raw)
        if status != 200:  # noqa: PLR2004
            raise RuntimeError(f"rspamd: {status} {body!r}")
        answer = json.loads(body)
        return Verdict(float(answer["score"]), answer["action"] in TO_SPAM)

    def learn(self, raw: bytes, *, is_spam: bool) -> None:
        """Teach its Bayes."""
        path = "/learnspam" if is_spam else "/learnham"
        status, body = _post(self._controller, path, raw)
        if status not in LEARNED:
            raise RuntimeError(f"rspamd: {status} {body!r}")

    def cpu_seconds(self) -> None:
        """Tell nothing: it works in several processes."""

    def model_bytes(self) -> None:
        """Tell nothing: its size is no figure to reach."""


def _post(port: int, path: str, raw: bytes) -> tuple[int, bytes]:
    connection = HTTPConnection(ports.HOST, port)
    try:
        connection.request("POST", path, body=raw)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@contextmanager
def _started(minimum: int) -> Iterator[Rspamd]:
    scanner, controller = ports.any_free(), ports.any_free()
    with tempfile.TemporaryDirectory(prefix="rspamd-") as name:
        folder = Path(name)
        (folder / "redis").mkdir()
        with redis_server.private_server(folder / "redis") as url:
            redis = url.removeprefix("redis://").partition("/")[0]
            _configure(folder, scanner, controller, redis, minimum)
            command = _command(folder)
            with running(command, port=scanner, log=folder / "output"):
                yield Rspamd(scanner, controller)


def _configure(
    folder: Path, scanner: int, controller: int, redis: str, minimum: int
) -> None:
    files = {f"{module}.conf": "enabled = false;" for module in ASKING} | {
        "worker-normal.inc": f'bind_socket = "{ports.HOST}:{scanner}"; count = 1;',
        "worker-controller.inc": f'bind_socket = "{ports.HOST}:{controller}";',
        "worker-proxy.inc": "enabled = false;",
        "hfilter.conf": HOST_FILTER,
        "phishing.conf": "phishtank_enabled = false;",
        "logging.inc": 'type = "console"; level = "warning";',
        "options.inc": f'dns {{ nameserver = ["{ports.HOST}:9"]; timeout = 50ms; }}',
        "classifier-bayes.conf": f'servers = "{redis}"; min_learns = {minimum};',
    }
    (folder / "override.d").mkdir()
    for name, text in files.items():
        (folder / "override.d" / name).write_text(text + "\n")


def _command(folder: Path) -> list[str]:
    places = ("DBDIR", "RUNDIR", "LOGDIR", "LOCAL_CONFDIR")
    return [
        *("rspamd", "--no-fork", "--insecure", "--config", CONFIGURATION),
        *(f"--var={place}={folder}" for place in places),
    ]


def _version() -> str:
    path = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"
    if not shutil.which("rspamd", path=path):
        return ""
    done = subprocess.run(
        ["rspamd", "--version"], capture_output=True, text=True, check=True
    )
    return done.stdout.split("version ")[1].split()[0]


def rspamd(minimum: int = SHIPPED_MINIMUM) -> Contestant:
    """Return rspamd, its Bayes silent until ``minimum`` of each kind are learned."""
    return Contestant("rspamd", _version, partial(_started, minimum))
