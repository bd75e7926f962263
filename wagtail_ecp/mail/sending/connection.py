"""A connection to an SMTP server: guarded, encrypted as chosen, logged in."""

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from wagtail_ecp.exceptions import UnsafeAddressError
from wagtail_ecp.mail import encryption, reaching
from wagtail_ecp.mail.sending import errors
from wagtail_ecp.mail.sending.outcome import PERMANENT

Security = Literal["tls", "starttls", "none"]

SECONDS_FOR_QUIT = 5.0


@dataclass(frozen=True, kw_only=True)
class SmtpSettings:
    """Where mail is handed in, and as whom; ``timeout`` is in seconds, per answer.

    ``allowed_networks`` are the private networks (CIDR) that ``host`` may lead to;
    ``None`` allows all and is meant for hosts from the site's settings.
    ``ssl_context`` replaces the system's authorities by a private one. With the
    security "none" STARTTLS is used if the server offers it, whatever its certificate.
    """

    host: str
    port: int
    security: Security = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 60.0
    allowed_networks: Sequence[str] | None = ()
    ssl_context: ssl.SSLContext | None = field(default=None, repr=False, compare=False)
    local_hostname: str | None = None


@contextmanager
def connected(settings: SmtpSettings) -> Iterator["Connection"]:
    """Open a connection that is ready for MAIL, and take leave in any case.

    ``OSError`` within becomes ``TemporaryDeliveryError``. A server that can't be
    used as ``settings`` demand is a ``ServerRefusedError``: "starttls" never falls
    back to "none", and a certificate must be valid. A handshake that fails is an
    error even where TLS was only on offer.
    """
    with _explained(settings.host):
        connection = Connection(settings)
        try:
            connection.make_ready()
            yield connection
        finally:
            connection.leave()


class Connection(smtplib.SMTP):
    """smtplib's SMTP, except that its socket goes through the guard."""

    def __init__(self, settings: SmtpSettings) -> None:
        super().__init__(
            local_hostname=settings.local_hostname, timeout=settings.timeout
        )
        self.settings = settings
        self.context = settings.ssl_context or encryption.verifying_context()
        self._host = settings.host  # What smtplib verifies the certificate against.

    def make_ready(self) -> None:
        """Connect, encrypt and log in."""
        settings = self.settings
        code, greeting = self.connect(settings.host, settings.port)
        if code != 220:  # noqa: PLR2004 - RFC 5321 3.1
            raise smtplib.SMTPConnectError(code, greeting)
        self.ehlo_or_helo_if_needed()
        if settings.security == "starttls":
            self.starttls(context=self.context)
        elif settings.security == "none" and self.has_extn("starttls"):
            self.starttls(context=encryption.opportunistic_context())
        self.ehlo_or_helo_if_needed()
        if settings.username:
            self._log_in(settings.username, settings.password)

    def ask(self, command: str, arguments: str = "") -> tuple[int, str]:
        """Send a command and return the server's answer."""
        self.putcmd(command, arguments)
        return self.read_answer()

    def read_answer(self) -> tuple[int, str]:
        """Return the code and the words of the next answer."""
        code, words = self.getreply()
        return code, " ".join(words.decode(errors="replace").split())

    def leave(self) -> None:
        """Say QUIT if there still is a connection, whatever the server makes of it."""
        with suppress(OSError):
            if self.sock is not None:
                self.sock.settimeout(SECONDS_FOR_QUIT)
                self.quit()
        self.close()

    def _log_in(self, username: str, password: str) -> None:
        if username.isascii() and password.isascii():
            self.login(username, password)
            return
        # smtplib writes ASCII only; PLAIN is defined for UTF-8 (RFC 4616).
        token = base64.b64encode(f"\0{username}\0{password}".encode()).decode()
        code, text = self.docmd("AUTH", f"PLAIN {token}")
        if code != 235:  # noqa: PLR2004 - RFC 4954 6
            raise smtplib.SMTPAuthenticationError(code, text)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = reaching.connect(
            host,
            port,
            timeout=timeout,
            allowed_networks=self.settings.allowed_networks,
        )
        # The final dot follows the mail in a packet of its own: don't wait with it.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.settings.security != "tls":
            return connection
        return self.context.wrap_socket(connection, server_hostname=host)


@contextmanager
def _explained(host: str) -> Iterator[None]:
    try:
        yield
    except UnsafeAddressError as error:
        raise errors.ServerRefusedError(str(error)) from error
    except ssl.SSLCertVerificationError as error:
        raise errors.ServerRefusedError(
            f"The certificate of {host} can't be trusted: {error.verify_message}"
        ) from error
    except ssl.SSLError as error:
        raise errors.TemporaryDeliveryError(
            f"{host} and we can't agree on TLS: {error}"
        ) from error
    except smtplib.SMTPResponseException as error:
        raise _refused_by(host, error) from error
    except smtplib.SMTPServerDisconnected as error:
        raise errors.TemporaryDeliveryError(f"{host} hung up: {error}") from error
    except smtplib.SMTPException as error:  # What we demand is not on offer.
        raise errors.ServerRefusedError(f"{host} can't be used: {error}") from error
    except OSError as error:
        raise errors.TemporaryDeliveryError(
            f"{host} can't be reached: {error}"
        ) from error


def _refused_by(
    host: str, error: smtplib.SMTPResponseException
) -> errors.DeliveryError:
    code, words = error.smtp_code, error.smtp_error
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    kind: type[errors.DeliveryError] = errors.TemporaryDeliveryError
    if code >= PERMANENT:
        kind = errors.ServerRefusedError
    return kind(f"{host} refused us: {code} {text}", code=code)
