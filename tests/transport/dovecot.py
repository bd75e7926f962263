"""A real Dovecot for tests: IMAP with TLS and LMTP, on loopback, in its own folder."""

import grp
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.transport.certificates import Certificate, signed_by_an_authority

BINARY = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
MISSING = "" if BINARY else "no dovecot here (Debian: dovecot-imapd dovecot-lmtpd)"

HOST = "127.0.0.1"
USER = "support@example.com"
PASSWORD = 'se"cr\\et'
UMLAUT_USER = "sales@example.com"
UMLAUT_PASSWORD = "geheimnisträger"

# The login processes run outside of any chroot, so that no path but ours is needed.
CONFIGURATION = """
base_dir = {folder}/run
log_path = {folder}/dovecot.log
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
protocols = imap lmtp
listen = {host}
mail_location = maildir:{folder}/mail/%u
mail_uid = {mail_user}
mail_gid = {mail_group}
first_valid_uid = 1
auth_failure_delay = 0
auth_mechanisms = plain login
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = home={folder}/mail/%u
}}
service anvil {{
  chroot =
  # No waiting after failed log-ins.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class DovecotServer:
    """Where the server listens, and how mail gets into it."""

    host: str
    imap_port: int
    imaps_port: int
    lmtp_port: int
    certificate: Certificate
    folder: Path

    def deliver(self, raw: bytes, *, user: str = USER) -> None:
        """Put ``raw`` into the user's INBOX; it is there when this returns."""
        with smtplib.LMTP(self.host, self.lmtp_port) as lmtp:
            lmtp.sendmail("sender@example.org", [user], raw)

    def empty(self, *, user: str = USER) -> None:
        """Forget the user's mail; the next mail begins a new UIDVALIDITY.

        Dovecot takes the second of the clock, or one more than what it gave last: without
        the file that remembers it, two within a second would be the same.
        """
        for path in (self.folder / "mail" / user).glob("*"):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            elif not path.name.startswith("dovecot-uidvalidity"):
                path.unlink(missing_ok=True)


@contextmanager
def running_dovecot() -> Iterator[DovecotServer]:
    """Run a Dovecot that nothing outlives; ``MISSING`` says why it can't be run."""
    # A short path of its own: sockets allow 107 bytes, and pytest's are closed to
    # the users that Dovecot changes to.
    folder = Path(tempfile.mkdtemp(prefix="ecp-dovecot-"))
    try:
        server = _prepared(folder)
        process = subprocess.Popen(  # noqa: S603
            [str(BINARY), "-F", "-c", str(folder / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_until_ready(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=10)
    finally:
        shutil.rmtree(folder)


def _prepared(folder: Path) -> DovecotServer:
    folder.chmod(0o755)
    for name in ("run", "mail"):
        (folder / name).mkdir(mode=0o755)
    mail_user, login_user, internal_user = _users()
    os.chown(folder / "mail", mail_user.pw_uid, mail_user.pw_gid)
    imap_port, imaps_port, lmtp_port = _free_ports(3)
    certificate = signed_by_an_authority(folder)
    users = folder / "users"
    users.write_text(
        f"{USER}:{{PLAIN}}{PASSWORD}\n{UMLAUT_USER}:{{PLAIN}}{UMLAUT_PASSWORD}\n"
    )
    (folder / "dovecot.conf").write_text(
        CONFIGURATION.format(
            folder=folder,
            host=HOST,
            internal_user=internal_user.pw_name,
            internal_group=grp.getgrgid(internal_user.pw_gid).gr_name,
            login_user=login_user.pw_name,
            mail_user=mail_user.pw_name,
            mail_group=grp.getgrgid(mail_user.pw_gid).gr_name,
            certificate=certificate.certificate,
            key=certificate.key,
            imap_port=imap_port,
            imaps_port=imaps_port,
            lmtp_port=lmtp_port,
        )
    )
    return DovecotServer(
        host=HOST,
        imap_port=imap_port,
        imaps_port=imaps_port,
        lmtp_port=lmtp_port,
        certificate=certificate,
        folder=folder,
    )


def _users() -> tuple[pwd.struct_passwd, pwd.struct_passwd, pwd.struct_passwd]:
    """Return the users for mail, log-in and the rest; Dovecot wants none as root."""
    if os.getuid():
        myself = pwd.getpwuid(os.getuid())
        return myself, myself, myself
    return pwd.getpwnam("nobody"), pwd.getpwnam("dovenull"), pwd.getpwnam("dovecot")


def _free_ports(count: int) -> list[int]:
    held = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [server.getsockname()[1] for server in held]
    for server in held:
        server.close()
    return ports


def _wait_until_ready(
    server: DovecotServer, process: "subprocess.Popen[bytes]"
) -> None:
    for port in (server.imap_port, server.imaps_port, server.lmtp_port):
        deadline = time.monotonic() + 15
        while True:
            try:
                socket.create_connection((HOST, port), timeout=1).close()
                break
            except OSError as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    log = (server.folder / "dovecot.log").read_text()
                    raise RuntimeError(f"Dovecot did not start:\n{log}") from error
                time.sleep(0.05)
