"""SMTP servers for tests of sending: one that keeps mail, one that plays a script."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

HOST = "127.0.0.1"


@dataclass
class Keeper:
    """Keeps what arrives; ``answers`` are given to recipients in place of 250."""

    answers: dict[str, str] = field(default_factory=dict)
    answer_to_data: str = "250 kept"
    mails: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    by_starttls: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server, session, envelope, address, rcpt_options
    ):
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.mails.append(envelope.original_content)
        self.senders.append(envelope.mail_from)
        self.recipients += envelope.rcpt_tos
        self.options += envelope.mail_options
        self.by_starttls.append(session.ssl is not None)
        return self.answer_to_data


class _Controller(Controller):
    """aiosmtpd's, except that it finds a free port by itself."""

    _socket: socket.socket

    def start(self) -> None:
        self._socket = socket.create_server((HOST, 0))
        self.port = self._socket.getsockname()[1]
        super().start()

    def _create_server(self):
        return self.loop.create_server(
            self._factory_invoker, sock=self._socket, ssl=self.ssl_context
        )


@contextmanager
def running(keeper: Keeper, **options) -> Iterator[int]:
    """Run a server with aiosmtpd's ``options`` and yield its port."""
    controller = _Controller(keeper, hostname=HOST, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def accepting(username: str, password: str):
    """Return an authenticator that lets in nobody else."""

    def authenticate(server, session, envelope, mechanism, auth_data):
        wanted = LoginPassword(username.encode(), password.encode())
        return AuthResult(success=auth_data == wanted, handled=False)

    return authenticate


@contextmanager
def scripted(*answers: bytes) -> Iterator[int]:
    """Greet one client, answer each line with the next of ``answers``, hang up.

    Within DATA only the final dot counts as a line, and ``b""`` answers nothing.
    """

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb", buffering=0) as stream:
            stream.write(b"220 ready\r\n")
            is_data = False
            for answer in answers:
                line = stream.readline()
                while is_data and line not in (b".\r\n", b""):
                    line = stream.readline()
                stream.write(answer)
                is_data = answer.startswith(b"354")

    with socket.create_server((HOST, 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()
