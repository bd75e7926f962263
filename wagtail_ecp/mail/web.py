"""One small file from the web, through the guard: HTTPS, unless the caller knows better."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from urllib.parse import SplitResult, urljoin, urlsplit

from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.mail import reaching

MAX_BYTES = 64 * 1024
MAX_REDIRECTS = 3
SCHEMES = ("https", "http")
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class WebError(EmailCentreError):
    """A file could not be had from the web; it may be there another time."""


def get(
    url: str,
    *,
    timeout: float = 10.0,
    max_bytes: int = MAX_BYTES,
    allowed_networks: Sequence[str] | None = (),
    ssl_context: ssl.SSLContext | None = None,
    allows_http: bool = False,
) -> bytes:
    """Return what ``url`` holds, after at most three redirects.

    All of it takes at most ``timeout`` seconds once the names are resolved. Every
    address on the way must be HTTPS, with a valid certificate, and pass the guard with
    ``allowed_networks``; ``allows_http`` is for what may be read and forged on its way.
    No cookie and no referrer is sent. WebError says why there is nothing; ``UnsafeAddressError``
    that a name leads where it must not.
    """
    deadline = time.monotonic() + timeout
    context = ssl_context or ssl.create_default_context()
    for _turn in range(MAX_REDIRECTS + 1):
        parts = _checked(url, SCHEMES if allows_http else ("https",))
        asked = _asked(parts, deadline, allowed_networks, context)
        with _explained(parts), asked as answer:
            if answer.status not in REDIRECTS:
                body = _body(answer, max_bytes=max_bytes)
                break
            url = urljoin(url, answer.headers.get("Location", ""))
    else:
        raise WebError(f"{parts.hostname} redirects too often.")
    return body


def _checked(url: str, schemes: Sequence[str]) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_fit = parts.scheme in schemes and parts.hostname and parts.port != 0
    except ValueError as error:
        raise WebError(f"{url!r} is no address.") from error
    if not is_fit or not url.isascii() or parts.username is not None:
        wanted = " or ".join(schemes).upper()
        raise WebError(f"{url!r} is no address that may be asked: it must be {wanted}.")
    return parts


@contextmanager
def _asked(
    parts: SplitResult,
    deadline: float,
    allowed_networks: Sequence[str] | None,
    context: ssl.SSLContext,
) -> Iterator[http.client.HTTPResponse]:
    is_secure = parts.scheme == "https"
    host, port = str(parts.hostname), parts.port or (443 if is_secure else 80)
    raw = reaching.connect(
        host, port, timeout=_left(deadline), allowed_networks=allowed_networks
    )
    with (
        closing(raw),
        _secured(raw, host, context) if is_secure else raw as carrier,
        cut_off(carrier, deadline),
    ):
        carrier.settimeout(_left(deadline))
        if isinstance(carrier, ssl.SSLSocket):
            carrier.do_handshake()
        connection = http.client.HTTPConnection(host, port)
        connection.sock = carrier
        path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        connection.request("GET", path, headers={"Connection": "close"})
        yield connection.getresponse()


def _secured(raw: socket.socket, host: str, context: ssl.SSLContext) -> ssl.SSLSocket:
    return context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)


@contextmanager
def cut_off(connection: socket.socket, deadline: float) -> Iterator[None]:
    """End the connection at ``deadline``, however slowly the server still talks."""

    def end() -> None:
        with suppress(OSError):
            socket.socket.shutdown(connection, socket.SHUT_RDWR)

    timer = threading.Timer(_left(deadline), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    _left(deadline)  # What was cut off looks complete.


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left


def _body(answer: http.client.HTTPResponse, *, max_bytes: int) -> bytes:
    if answer.status != http.client.OK:
        raise WebError(f"The server answered {answer.status} {answer.reason}.")
    body = answer.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise WebError(f"There is more than {max_bytes} bytes.")
    return body


@contextmanager
def _explained(parts: SplitResult) -> Iterator[None]:
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        raise WebError(f"{parts.hostname} can't be asked: {error}") from error
