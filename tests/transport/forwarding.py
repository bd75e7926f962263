"""Another address for a server, for tests of what a certificate is worth."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def forwarding(host: str, port: int) -> Iterator[int]:
    """Pass one connection to ``host`` on to ``port`` of 127.0.0.1; yield its port."""

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)

    def serve() -> None:
        near, _ = listening.accept()
        far = socket.create_connection(("127.0.0.1", port))
        back = threading.Thread(target=pump, args=(far, near), daemon=True)
        back.start()
        with near, far:
            pump(near, far)

    with socket.create_server((host, 0)) as listening:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()
