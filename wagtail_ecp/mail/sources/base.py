"""What every kind of mail source offers, so that fetching knows no kinds."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Protocol, Self

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where a source is and who logs in there; ``timeout`` is in seconds.

    ``allowed_networks`` are the private networks (CIDR) that ``host`` may lead to;
    ``None`` allows all and is meant for hosts that no person typed in. "tls" and
    "starttls" demand a certificate that holds; "none" uses STARTTLS where the server
    offers it, whatever its certificate, and fails if the handshake does.
    """

    host: str
    port: int
    security: Security = "tls"
    username: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    allowed_networks: Sequence[str] | None = ()
    timeout: float = 60.0


@dataclass(frozen=True, kw_only=True)
class FetchedMail:
    """One mail as it lies on the server, byte for byte.

    ``size`` is the size in bytes as the server states it. If ``is_truncated``, the
    mail is over the limit and ``raw`` is its header alone.
    """

    uid: int
    raw: bytes = field(repr=False)
    size: int
    is_truncated: bool = False


class Source(Protocol):
    """A folder of mail on a server, open for reading while the ``with`` lasts.

    Opening and every method raise ``SourceRefusedError`` where a person must act,
    ``SourceError`` where trying again may help, and ``UnsafeAddressError``.
    Reading changes nothing on the server.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    @property
    def uidvalidity(self) -> int:
        """The epoch of the UIDs: a UID means nothing beside another epoch."""

    def fetch(
        self, after_uid: int, *, limit: int, max_bytes: int
    ) -> Iterator[FetchedMail]:
        """Yield at most ``limit`` mails above ``after_uid``, lowest UID first."""

    def newest_uid(self) -> int:
        """Return the cursor from which only future mail is fetched."""

    def uids_since(self, date: dt.date) -> tuple[int, ...]:
        """Return, ascending, the UIDs of mail that arrived on ``date`` or later."""
