"""The real rspamd and spamd for tests: on loopback, in their own folders, offline.

Both know two rules of ours and no others, so that points are known beforehand:
"free money" in a mail (rspamd 8, SpamAssassin 5.5) and "your booking" in the subject
(-1.5). Mail is probably spam from 5 (rspamd) or 4 (SpamAssassin) on.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
PASSWORD = "q1w2"
PATIENCE = 30.0

RSPAMD = """
lua = "{folder}/rules.lua"
actions {{ reject = 15; add_header = 5; }}
group "ecp" {{ symbols {{
  ECP_OFFER {{ weight = 8.0; description = "Promises free money"; }}
  ECP_KNOWN {{ weight = -1.5; description = "Speaks of a booking"; }}
}} }}
options {{
  filters = "";
  pidfile = "{folder}/rspamd.pid";
  tempdir = "{folder}";
  hs_cache_dir = "{folder}";
  cache_file = "{folder}/cache";
  stats_file = "{folder}/stats";
  history_file = "{folder}/history";
  control_socket = "{folder}/control mode=0600";
  # The whole list takes 20 s to compile.
  url_tld = "{folder}/tlds";
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }}
}}
logging {{ type = "file"; filename = "{folder}/log"; level = "notice"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; }}
worker "controller" {{
  bind_socket = "127.0.0.1:{controller_port}";
  password = "{password}";
  enable_password = "{password}";
  secure_ip = [];
}}
"""

RSPAMD_RULES = """
local function rule(name, score, found)
  rspamd_config:register_symbol({
    name = name, score = score, group = 'ecp', callback = found,
  })
end
rule('ECP_OFFER', 8.0, function(task)
  return string.find(tostring(task:get_content()), 'free money', 1, true) ~= nil
end)
rule('ECP_KNOWN', -1.5, function(task)
  return string.find(task:get_subject() or '', 'your booking', 1, true) ~= nil
end)
"""

SPAMASSASSIN_PLUGINS = "loadplugin Mail::SpamAssassin::Plugin::Check\n"

# The report is the one that SpamAssassin comes with.
SPAMASSASSIN_RULES = """
required_score 4
use_bayes 0
body ECP_OFFER /free money/
describe ECP_OFFER Promises free money
score ECP_OFFER 5.5
header ECP_KNOWN Subject =~ /your booking/
describe ECP_KNOWN Speaks of a booking
score ECP_KNOWN -1.5
body ECP_HINT /free/
describe ECP_HINT Counts for nothing, and has a description that takes two lines
score ECP_HINT 0.001
report Spam detection software, running on the system "_HOSTNAME_", has
report looked at this mail.
report
report Content preview:  _PREVIEW_
report
report Content analysis details:   (_SCORE_ points, _REQD_ required)
report
report " pts rule name              description"
report  ---- ---------------------- --------------------------------------------------
report _SUMMARY_
"""


@dataclass(frozen=True)
class RspamdServer:
    """A normal worker, and the controller, which wants ``PASSWORD``."""

    url: str
    controller_url: str


@dataclass(frozen=True)
class SpamdServer:
    """A spamd that listens at both places."""

    port: int
    socket_path: str


@contextmanager
def running_rspamd() -> Iterator[RspamdServer]:
    with _folder() as folder:
        port, controller_port = _free_port(), _free_port()
        (folder / "rules.lua").write_text(RSPAMD_RULES)
        (folder / "tlds").write_text("com\norg\n")
        configuration = folder / "rspamd.conf"
        configuration.write_text(
            RSPAMD.format(
                folder=folder,
                port=port,
                controller_port=controller_port,
                password=PASSWORD,
            )
        )
        command = ["rspamd", "--no-fork", "--insecure", "-c", str(configuration)]
        with _running(command, folder, ports=[port, controller_port]):
            yield RspamdServer(
                f"http://{HOST}:{port}", f"http://{HOST}:{controller_port}"
            )


@contextmanager
def running_spamd() -> Iterator[SpamdServer]:
    with _folder() as folder:
        port, rules = _free_port(), folder / "rules"
        rules.mkdir()
        (rules / "init.pre").write_text(SPAMASSASSIN_PLUGINS)
        (rules / "rules.cf").write_text(SPAMASSASSIN_RULES)
        command = [
            "spamd",
            "--local",
            "--nouser-config",
            "--max-children=1",
            f"--listen={HOST}:{port}",
            f"--listen={folder}/socket",
            f"--helper-home-dir={folder}",
            f"--configpath={rules}",
            f"--siteconfigpath={rules}",
            "--syslog=stderr",
        ]
        with _running(command, folder, ports=[port]):
            yield SpamdServer(port, f"{folder}/socket")


@contextmanager
def _folder() -> Iterator[Path]:
    # A short path: Unix sockets allow 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="ecp-spam-"))
    folder.chmod(0o755)  # Started by root, spamd reads as nobody.
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(command: list[str], folder: Path, *, ports: list[int]) -> Iterator[None]:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    output = folder / "output"
    with output.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603
            command, stdout=file, stderr=file, env={**os.environ, "PATH": path}
        )
    try:
        for port in ports:
            _wait_for(port, process, output)
        yield
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", output: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"not started:\n{output.read_text()}") from error
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as server:
        port: int = server.getsockname()[1]
    return port
