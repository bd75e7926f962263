"""Questions to the domain name system, few of them and within a time limit."""

from __future__ import annotations

import re
import time
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol

import dns.exception
import dns.resolver

from wagtail_ecp.exceptions import EmailCentreError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_QUESTIONS: Final = 10
MAX_SECONDS: Final = 5.0
SECONDS_A_SERVER: Final = 2.0
MAX_RECORDS: Final = 20
MAX_NAME_LENGTH: Final = 253  # RFC 1035
UDP_SIZE: Final = 1232  # Fits any path unfragmented; more is fetched by TCP.

_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")


class LookupFailedError(EmailCentreError):
    """A name could not be looked up just now; trying again may help."""


class Resolver(Protocol):
    """Whatever can look up TXT records; tests use a dictionary."""

    def txt(self, name: str, *, seconds: float) -> list[bytes]:
        """Return the TXT records of ``name``, [] if there are none.

        Raises LookupFailedError where that can't be known within ``seconds``.
        """


class SystemResolver:
    """Asks the name servers that this machine is set up with, or those given."""

    def __init__(self, nameservers: Sequence[str] = (), *, port: int = 53) -> None:
        self._nameservers = list(nameservers)
        self._port = port

    @cached_property
    def _resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=not self._nameservers)
        if self._nameservers:
            resolver.nameservers = self._nameservers
            resolver.port = self._port
        resolver.timeout = SECONDS_A_SERVER
        resolver.use_edns(0, 0, UDP_SIZE)
        return resolver

    def txt(self, name: str, *, seconds: float = MAX_SECONDS) -> list[bytes]:
        """Return the TXT records of ``name``, each as one piece."""
        try:
            answer = self._resolver.resolve(
                name + ".", "TXT", lifetime=seconds, raise_on_no_answer=False
            )
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise LookupFailedError(
                f"{name} could not be looked up: {error}"
            ) from error
        records = list(answer.rrset or ())[:MAX_RECORDS]
        return [b"".join(record.strings) for record in records]


class Questions:
    """The look-ups for one mail: each name once, limited in number and in time."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        most: int = MAX_QUESTIONS,
        seconds: float = MAX_SECONDS,
    ) -> None:
        self._resolver = resolver
        self._left = most
        self._deadline = time.monotonic() + seconds
        self._answers: dict[str, list[bytes] | LookupFailedError] = {}

    def txt(self, name: str) -> list[bytes]:
        """Return the TXT records of ``name``; LookupFailedError if the limits are met."""
        if not is_name(name):
            return []
        if name not in self._answers:
            self._answers[name] = self._ask(name)
        answer = self._answers[name]
        if isinstance(answer, LookupFailedError):
            raise answer
        return answer

    def _ask(self, name: str) -> list[bytes] | LookupFailedError:
        seconds = self._deadline - time.monotonic()
        if self._left <= 0 or seconds <= 0:
            return LookupFailedError(f"too many questions to ask for {name}, too")
        self._left -= 1
        try:
            return self._resolver.txt(name, seconds=seconds)
        except LookupFailedError as error:
            return error


def is_name(name: str) -> bool:
    """Whether ``name`` is one that mail may use: lower case, internationals encoded."""
    return len(name) <= MAX_NAME_LENGTH and _NAME.fullmatch(name) is not None
