"""Mail that servers bring to us by SMTP (RFC 5321) or LMTP (RFC 2033)."""

import asyncio
import datetime as dt
import logging
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from email.utils import format_datetime
from functools import partial
from typing import Any, Literal, Protocol

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from wagtail_ecp.exceptions import (
    MailboxUnknownError,
    MessageTooLargeError,
    TransportPausedError,
)
from wagtail_ecp.mail.own_host import is_own_host

logger = logging.getLogger(__name__)

START_MAIL_INPUT = "354"
MAX_RECIPIENTS = 100  # RFC 5321 4.5.3.1.8: the least that a server must take.
MAX_LINE_BYTES = 1024 * 1024  # RFC 5321 says 1,000; many programs don't care.
SECONDS = 300  # without a command; RFC 5321 4.5.3.2.7: the least that is allowed.
SECONDS_FOR_MAIL = 1800  # from DATA to our answer, for a large mail over a slow line

WELCOME = "250 2.1.0 OK"
KNOWN = "250 2.1.5 OK"
STORED = "250 2.0.0 The mail is stored"
UNKNOWN = "550 5.1.1 There is no such mailbox here"
MALFORMED = "553 5.1.3 This is not an e-mail address"
TOO_MANY = "452 4.5.3 Too many recipients"
TOO_LARGE = "552 5.3.4 The message is too large"
LATER = "451 4.3.0 Please try again later"
ENCRYPT = "530 5.7.0 Must issue a STARTTLS command first"  # RFC 3207 4
# What is missing here must not send mail back to people.
CANNOT_ENCRYPT = "451 4.7.0 Encryption is required, and not set up here yet"

NOT_IN_TRACE = re.compile(r"[^A-Za-z0-9.:_\[\]-]")


class Store(Protocol):
    """Keeps a mail for good before it returns."""

    def __call__(
        self, raw: bytes, *, envelope_from: str, recipients: tuple[str, ...]
    ) -> None: ...


class MailHandler:
    """Answers for mail as ``knows`` and ``store`` decide; both run in threads.

    An unknown mailbox is refused at RCPT (550), never accepted and dropped. Mail is
    accepted (250) once ``store`` has returned; whatever it raises, the sender's
    server keeps the mail (451), except that ``MailboxUnknownError`` and
    ``MessageTooLargeError`` are final. ``raw`` begins with the Return-Path and
    Received fields of this delivery (RFC 5321 4.4).

    While ``requires_tls`` says so, which is asked for each mail, hosts for which
    ``is_own_host(peer, local address)`` is false may not bring mail in the clear.
    """

    def __init__(
        self,
        *,
        knows: Callable[[str], bool],
        store: Store,
        requires_tls: Callable[[], bool] = lambda: False,
        is_own_host: Callable[[str, str], bool] = is_own_host,
    ) -> None:
        self._knows = knows
        self._store = store
        self._requires_tls = requires_tls
        self._is_own_host = is_own_host

    async def handle_EHLO(  # noqa: N802 - the interface is aiosmtpd's
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Offer pipelining, which LMTP demands (RFC 2033 5), and no log-in."""
        session.host_name = hostname
        # aiosmtpd offers AUTH to everybody who has encrypted; nobody can log in here.
        offers = [line for line in responses[:-1] if not line.startswith("250-AUTH")]
        return [*offers, "250-PIPELINING", responses[-1]]

    async def handle_MAIL(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Begin a mail, from whoever may bring it as they are connected."""
        refusal = await self._refusal(server, session)
        if refusal:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return WELCOME

    async def handle_RCPT(  # noqa: N802
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take a recipient that has a mailbox here."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return TOO_MANY
        if not address.isprintable():  # Lone surrogates stand for bytes out of UTF-8.
            return MALFORMED
        answer = await _answer(KNOWN, self._look_up, address)
        if answer == KNOWN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Have the mail stored."""
        sender = _sender(envelope)
        raw = envelope.original_content or b""
        store = partial(
            self._store,
            _trace(server, session, envelope) + raw,
            envelope_from=sender,
            recipients=tuple(envelope.rcpt_tos),
        )
        return await _answer(STORED, store)

    async def handle_exception(self, error: Exception) -> str:
        """Ask for another try, where aiosmtpd would refuse for good and say why."""
        logger.error("The listener failed", exc_info=error)
        return LATER

    async def _refusal(self, server: SMTP, session: Session) -> str:
        """Return why ``session`` may bring no mail, or nothing."""
        if session.ssl is not None:
            return ""
        peer, local = _ends(server)
        if self._is_own_host(peer, local):
            return ""
        try:
            is_required = await asyncio.to_thread(self._requires_tls)
        except Exception:
            logger.exception("Nobody knows whether mail has to be encrypted")
            return LATER
        if not is_required:
            return ""
        if server.tls_context is not None:
            return ENCRYPT
        logger.warning("%s must encrypt, and ecp_listen has no --certificate", peer)
        return CANNOT_ENCRYPT

    def _look_up(self, address: str) -> None:
        if not self._knows(address):
            raise MailboxUnknownError(address)


def listener(  # noqa: PLR0913
    handler: MailHandler,
    *,
    host: str,
    port: int,
    max_bytes: int,
    protocol: Literal["smtp", "lmtp"] = "smtp",
    server_name: str | None = None,
    tls_context: ssl.SSLContext | None = None,
) -> Controller:
    """Return a server that ``start()`` and ``stop()`` run in a thread of its own.

    Mail over ``max_bytes`` is refused (552), before it is sent if its size is
    announced (RFC 1870). With ``port`` 0 the server finds a free one, which ``port``
    says after ``start()``; a port that is taken raises ``OSError`` there. ``host`` is
    an address of this machine, or its name. With a ``tls_context`` STARTTLS is on
    offer (RFC 3207); what came before the handshake is forgotten.
    """
    return _Controller(
        handler,
        hostname=host,
        port=port,
        protocol=_Lmtp if protocol == "lmtp" else _Smtp,
        data_size_limit=max_bytes,
        enable_SMTPUTF8=True,
        decode_data=False,
        timeout=SECONDS,
        ident="wagtail-ecp",
        server_hostname=server_name or socket.getfqdn(),
        tls_context=tls_context,
    )


class _Smtp(SMTP):
    line_length_limit = MAX_LINE_BYTES

    async def push(self, status: Any) -> None:
        if status.startswith(START_MAIL_INPUT):
            self._reset_timeout(SECONDS_FOR_MAIL)
        await super().push(status)


class _Lmtp(LMTP, _Smtp):
    """aiosmtpd's LMTP, but with an answer for each recipient after the mail."""

    _answers_owed = 0

    async def push(self, status: Any) -> None:
        if status.startswith(START_MAIL_INPUT):
            # From here on each recipient taken waits for an answer, even if we fail
            # (RFC 2033 4.2); they all share one, as the mail is stored for all or none.
            self._answers_owed = len(self.envelope.rcpt_tos) if self.envelope else 0
            await super().push(status)
            return
        times, self._answers_owed = max(1, self._answers_owed), 0
        for _ in range(times):
            await super().push(status)


class _Controller(Controller):
    """aiosmtpd's, except that it binds before it starts a thread.

    A taken port is known at once, not after a timeout, and ``port`` 0 can be used.
    """

    _socket: socket.socket

    def __init__(
        self, handler: MailHandler, *, protocol: type[SMTP], **options: Any
    ) -> None:
        super().__init__(handler, **options)
        self._protocol = protocol

    def start(self) -> None:
        family = socket.AF_INET6 if ":" in self.hostname else socket.AF_INET
        self._socket = socket.create_server((self.hostname, self.port), family=family)
        self.port = self._socket.getsockname()[1]
        super().start()

    def factory(self) -> SMTP:
        return self._protocol(self.handler, **self.SMTP_kwargs)

    def _create_server(self) -> Awaitable[asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._socket)


async def _answer(yes: str, action: Callable[..., None], *arguments: object) -> str:
    """Run ``action`` in a thread and return ``yes``, or what its error means."""
    try:
        await asyncio.to_thread(action, *arguments)
    except MailboxUnknownError:
        return UNKNOWN
    except MessageTooLargeError:
        return TOO_LARGE
    except TransportPausedError:
        return LATER
    except Exception:
        # The sender's server keeps the mail, whatever is broken here.
        logger.exception("Mail could not be taken")
        return LATER
    return yes


def _sender(envelope: Envelope) -> str:
    sender = envelope.mail_from or ""
    if sender == "<>":  # So aiosmtpd names the sender of a bounce.
        return ""
    return sender.encode(errors="surrogateescape").decode(errors="replace")


def _trace(server: SMTP, session: Session, envelope: Envelope) -> bytes:
    """Return the fields that the last server puts before a mail (RFC 5321 4.4)."""
    peer, _local = _ends(server)
    literal = f"[IPv6:{peer}]" if ":" in peer else f"[{peer}]"
    name = NOT_IN_TRACE.sub("?", session.host_name or "unknown")[:255]
    now = format_datetime(dt.datetime.now(dt.UTC))
    lines = (
        f"Return-Path: <{_sender(envelope)}>",
        f"Received: from {name} ({literal})",
        f"\tby {server.hostname} with {_protocol_name(server, session, envelope)};",
        f"\t{now}",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()


def _protocol_name(server: SMTP, session: Session, envelope: Envelope) -> str:
    """Return the protocol as registered with IANA (RFC 3848, RFC 6531)."""
    if not session.extended_smtp:
        return "SMTP"  # There is no name for it with TLS.
    name = "LMTP" if isinstance(server, LMTP) else "SMTP"
    prefix = "UTF8" if envelope.smtp_utf8 else "" if name == "LMTP" else "E"
    return f"{prefix}{name}{'S' if session.ssl is not None else ''}"


def _ends(server: SMTP) -> tuple[str, str]:
    """Return the addresses of the other side and of ours."""
    transport: Any = server.transport
    peer, local = (transport.get_extra_info(n) for n in ("peername", "sockname"))
    return peer[0], local[0]
