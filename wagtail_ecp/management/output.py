"""What several processes write, line by line under their names."""

import contextlib
import os
import selectors
import sys
from collections.abc import Callable


class Output:
    """Reads from many pipes without threads, so that the process may be forked."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._selector = selectors.DefaultSelector()
        self._rest: dict[int, bytes] = {}

    def add(self, name: str, descriptor: int) -> None:
        """Read from ``descriptor`` from now on, until its writers have closed it."""
        os.set_blocking(descriptor, False)
        self._rest[descriptor] = b""
        self._selector.register(descriptor, selectors.EVENT_READ, name)

    def pass_on(self, seconds: float = 0.0) -> None:
        """Say the lines that are there; wait up to ``seconds`` for some."""
        for key, _events in self._selector.select(seconds):
            self._read(key.fd, key.data)

    def descriptors(self) -> list[int]:
        """List the files that are read."""
        return list(self._rest)

    def close(self) -> None:
        """Say what is left, and read no more."""
        self.pass_on()
        for descriptor in self.descriptors():
            self._forget(descriptor)
        self._selector.close()

    def _read(self, descriptor: int, name: str) -> None:
        data = os.read(descriptor, 65536)
        *lines, rest = (self._rest[descriptor] + data).split(b"\n")
        self._rest[descriptor] = rest
        if not data and rest:
            lines.append(rest)
        for line in lines:
            self._say(f"{name:>8} | {line.decode(errors='replace').rstrip()}")
        if not data:
            self._forget(descriptor)

    def _forget(self, descriptor: int) -> None:
        self._selector.unregister(descriptor)
        del self._rest[descriptor]
        os.close(descriptor)


def say(line: str) -> None:
    """Write a line to standard output at once; nothing if nobody reads any more."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
