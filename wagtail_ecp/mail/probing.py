"""Asks a server whether it speaks TLS as chosen, without logging in."""

import re
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Literal

from wagtail_ecp.exceptions import UnsafeAddressError
from wagtail_ecp.mail import encryption, reaching

SECONDS = 5.0  # for all of it: somebody waits for a page
MOST_BYTES = 64 * 1024

Protocol = Literal["imap", "smtp"]
Say = Callable[[bytes, re.Pattern[bytes]], bytes]

# RFC 5321 4.2: the last line of an answer has a space after its code.
SMTP_ANSWER = re.compile(rb"(?m)^\d{3}(?: .*)?\r?\n")
IMAP_GREETING = re.compile(rb"\A\* .*\n")
IMAP_ANSWER = re.compile(rb"(?m)^ecp (OK|NO|BAD)\b.*\n")
OFFERS_STARTTLS = re.compile(rb"(?i)\bSTARTTLS\b")


class NoTlsError(Exception):
    """The server has answered, and not with TLS; the message is for people."""


def tls_problem(
    host: str,
    port: int,
    security: Literal["tls", "starttls"],
    *,
    protocol: Protocol,
    allowed_networks: Sequence[str] | None = (),
    ssl_context: ssl.SSLContext | None = None,
) -> str:
    """Say in the server's words why it can't be used by verified TLS; empty if it can.

    Empty also if it can't be found out: the host can't be reached or does not answer
    in time. Takes ``SECONDS`` at most, but for the look-up of the name.
    """
    deadline = time.monotonic() + SECONDS
    try:
        connection = reaching.connect(
            host, port, timeout=SECONDS, allowed_networks=allowed_networks
        )
    except UnsafeAddressError as error:
        return str(error)
    except OSError:  # It may be up tomorrow.
        return ""
    with connection:
        try:
            if security == "starttls":
                OFFERS[protocol](_speaker(connection, deadline))
            _set_timeout(connection, deadline)
            context = ssl_context or encryption.verifying_context()
            context.wrap_socket(connection, server_hostname=host).close()
        except TimeoutError:  # Some servers let strangers wait before they greet.
            return ""
        except ssl.SSLCertVerificationError as error:
            return f"The certificate of {host} can't be trusted: {error.verify_message}"
        except (OSError, NoTlsError) as error:
            return f"{host} can't be used by TLS at port {port}: {error}"
    return ""


def _smtp_starttls(say: Say) -> None:
    """Get to the point where the handshake begins (RFC 3207)."""
    _expect(b"220", say(b"", SMTP_ANSWER))
    offer = say(b"EHLO " + socket.getfqdn().encode() + b"\r\n", SMTP_ANSWER)
    if not OFFERS_STARTTLS.search(offer):
        raise NoTlsError(f"STARTTLS is not among what it offers: {_words(offer)}")
    _expect(b"220", say(b"STARTTLS\r\n", SMTP_ANSWER))


def _imap_starttls(say: Say) -> None:
    """Get to the point where the handshake begins (RFC 9051 6.2.1)."""
    _expect(b"* OK", say(b"", IMAP_GREETING))
    offer = say(b"ecp CAPABILITY\r\n", IMAP_ANSWER)
    if not OFFERS_STARTTLS.search(offer):
        raise NoTlsError(f"STARTTLS is not among what it offers: {_words(offer)}")
    _expect(b"ecp OK", say(b"ecp STARTTLS\r\n", IMAP_ANSWER))


OFFERS: dict[Protocol, Callable[[Say], None]] = {
    "imap": _imap_starttls,
    "smtp": _smtp_starttls,
}


def _expect(beginning: bytes, answer: bytes) -> None:
    if not answer.upper().startswith(beginning.upper()):
        raise NoTlsError(_words(answer))


def _words(answer: bytes) -> str:
    return " ".join(answer.decode(errors="replace").split())[:500]


def _speaker(connection: socket.socket, deadline: float) -> Say:
    """Return a function that sends a line and returns the answer up to ``end``."""

    def say(line: bytes, end: re.Pattern[bytes]) -> bytes:
        _set_timeout(connection, deadline)
        connection.sendall(line)
        answer = b""
        while not end.search(answer):
            _set_timeout(connection, deadline)
            more = connection.recv(4096)
            answer += more
            if not more or len(answer) > MOST_BYTES:
                raise NoTlsError(_words(answer) or "it hung up")
        return answer

    return say


def _set_timeout(connection: socket.socket, deadline: float) -> None:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    connection.settimeout(left)
