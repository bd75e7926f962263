"""A connection to a scorer of the site's choice, over in time whatever it does."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from wagtail_ecp.exceptions import BackendDownError
from wagtail_ecp.mail import reaching
from wagtail_ecp.mail.web import cut_off
from wagtail_ecp.spam.backends.base import one_line

#: Seconds. Below the five after which nobody waits for a back end any more.
TIMEOUT = 4.5

_CHUNK = 16 * 1024
_MAX_WORDS = 200

Open = Callable[[float], socket.socket]  # Takes the seconds that it may need.


@contextmanager
def connection(
    opened: Open, *, place: str, timeout: float, wrong: tuple[type[Exception], ...]
) -> Iterator[socket.socket]:
    """Lend what ``opened`` returns, for ``timeout`` seconds in all.

    What goes wrong meanwhile in the network, or as one of ``wrong`` in reading the
    answer, is a ``BackendDownError`` that names ``place``.
    """
    deadline = time.monotonic() + timeout
    expected: tuple[type[Exception], ...] = (OSError, *wrong)
    try:
        with closing(opened(timeout)) as connected, cut_off(connected, deadline):
            if isinstance(connected, ssl.SSLSocket):
                connected.do_handshake()
            yield connected
    except expected as error:
        raise BackendDownError(
            f"{place} gave no answer within {timeout:g} seconds."
            if time.monotonic() >= deadline
            else f"{place}: {one_line(_words(error), length=_MAX_WORDS)}"
        ) from error


def tcp(host: str, port: int, *, context: ssl.SSLContext | None = None) -> Open:
    """Return what connects to ``host``; the site named it, so any address will do."""

    def opened(timeout: float) -> socket.socket:
        raw = reaching.connect(host, port, timeout=timeout, allowed_networks=None)
        if context is None:
            return raw
        return context.wrap_socket(
            raw, server_hostname=host, do_handshake_on_connect=False
        )

    return opened


def unix(path: str) -> Open:
    """Return what connects to the Unix socket at ``path``."""

    def opened(timeout: float) -> socket.socket:
        connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connected.settimeout(timeout)
            connected.connect(path)
        except OSError:
            connected.close()
            raise
        return connected

    return opened


def read_all(connected: socket.socket, *, max_bytes: int) -> bytes:
    """Return what comes until the other side ends; OSError for more than that."""
    answer = bytearray()
    while chunk := connected.recv(_CHUNK):
        answer += chunk
        if len(answer) > max_bytes:
            raise OSError(f"the answer has more than {max_bytes} bytes")
    return bytes(answer)


def _words(error: Exception) -> str:
    if isinstance(error, LookupError | AttributeError | TypeError | RecursionError):
        return "the answer makes no sense"
    return str(error) or "the answer makes no sense"
