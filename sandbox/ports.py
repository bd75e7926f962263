"""Free ports on the loopback interface."""

import socket
from collections.abc import Container

HOST = "127.0.0.1"
LAST = 65535


class NoPortError(Exception):
    """No port is free."""


def is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` now."""
    with socket.socket() as probe:
        # As servers do, so that connections just closed don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return not answers(port)


def answers(port: int) -> bool:
    """Whether something accepts connections on ``port``, on any local address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def next_free(port: int, *, taken: Container[int] = ()) -> int:
    """Return ``port`` or the first free one above it; NoPortError if there is none."""
    for candidate in range(port, LAST + 1):
        if candidate not in taken and is_free(candidate):
            return candidate
    raise NoPortError(f"No port from {port} upwards is free.")


def any_free() -> int:
    """Return a port that nobody uses, chosen by the system."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
