"""Servers that do wrong in every way but the polite ones."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

HOST = "127.0.0.1"

#: What is sent to them, so that they know when a request is over.
MAIL = b"Subject: x\r\n\r\nHello\r\n"

Behaviour = Callable[[socket.socket, threading.Event], None]


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[int]:
    """Let ``behaviour`` have each connection; yields the port."""
    over = threading.Event()
    threads: list[threading.Thread] = []

    def have(connected: socket.socket) -> None:
        with connected, suppress(OSError):
            behaviour(connected, over)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connected, _address = server.accept()
                thread = threading.Thread(target=have, args=(connected,))
                threads.append(thread)
                thread.start()

    with socket.create_server((HOST, 0)) as server:
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield server.getsockname()[1]
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)
            for thread in [acceptor, *threads]:
                thread.join(timeout=5)
                assert not thread.is_alive()


def saying(answer: bytes, *, heard: list[bytes] | None = None) -> Behaviour:
    """Hear a request out, note it in ``heard``, and answer with ``answer``."""

    def behave(connected: socket.socket, over: threading.Event) -> None:
        request = _hear(connected)
        if heard is not None:
            heard.append(request)
        connected.sendall(answer)
        _leave(connected)

    return behave


def silent(connected: socket.socket, over: threading.Event) -> None:
    """Take the connection, and nothing more."""
    over.wait()


def dripping(beginning: bytes) -> Behaviour:
    """Begin well, and go on byte by byte, without an end."""

    def behave(connected: socket.socket, over: threading.Event) -> None:
        _hear(connected)
        connected.sendall(beginning)
        while not over.wait(0.05):
            connected.sendall(b"x")

    return behave


def endless(beginning: bytes) -> Behaviour:
    """Begin well, and go on as fast as it gets, without an end."""

    def behave(connected: socket.socket, over: threading.Event) -> None:
        _hear(connected)
        connected.sendall(beginning)
        while not over.is_set():
            connected.sendall(b"x" * 65536)

    return behave


def slamming(connected: socket.socket, over: threading.Event) -> None:
    """Close at once."""


def _hear(connected: socket.socket) -> bytes:
    heard = b""
    while not heard.endswith(MAIL) and (chunk := connected.recv(65536)):
        heard += chunk
    return heard


def _leave(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_WR)
        while connected.recv(65536):
            pass
