"""Mail from an IMAP folder, read without leaving a trace there (RFC 3501)."""

import ast
import datetime as dt
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

import imapclient
from imapclient.exceptions import (
    CapabilityError,
    IMAPClientAbortError,
    IMAPClientError,
)

from wagtail_ecp.exceptions import SourceError, SourceRefusedError
from wagtail_ecp.mail import encryption, reaching
from wagtail_ecp.mail.sources.base import FetchedMail, Settings

# RFC 5530 (and Yahoo's THROTTLED): a refusal with one of these passes by itself.
PASSES = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|THROTTLED)\b", re.IGNORECASE)

# imaplib gives up on a response line of 1,000,000 bytes, which a search over a
# whole large folder exceeds; so UIDs are looked for in windows.
WINDOW = 10_000
UIDS_IN_A_COMMAND = 500  # RFC 2683: lines of up to 8,000 octets are safe.
MAX_HEADER_BYTES = 256 * 1024


class ImapSource:
    """One IMAP folder, opened read-only: see ``Source`` for what it promises.

    ``ssl_context`` replaces the system's authorities by a private one.
    """

    def __init__(
        self, settings: Settings, *, ssl_context: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._ssl_context = ssl_context or encryption.verifying_context()
        self._client: Any = None
        self._selected: dict[bytes, Any] = {}

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def open(self) -> None:
        """Connect, log in and select the folder."""
        with _explained(self._settings):
            self._client = _Client(self._settings, self._ssl_context)
        try:
            with _explained(self._settings, is_final=True):
                self._log_in()
                self._selected = self._client.select_folder(
                    self._settings.folder, readonly=True
                )
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Log out; a connection that is already broken is no error."""
        client, self._client = self._client, None
        if client is not None:
            client.__exit__(None, None, None)

    @property
    def uidvalidity(self) -> int:
        """The epoch of the folder's UIDs."""
        try:
            return int(self._selected[b"UIDVALIDITY"])
        except KeyError:
            raise SourceRefusedError(
                f"{self._settings.host} gives no UIDVALIDITY for "
                f"{self._settings.folder}: its mail can't be told apart."
            ) from None

    def fetch(
        self, after_uid: int, *, limit: int, max_bytes: int
    ) -> Iterator[FetchedMail]:
        """Yield at most ``limit`` mails above ``after_uid``, lowest UID first.

        Mail of more than ``max_bytes`` comes as its header. A mail that vanishes
        meanwhile is left out.
        """
        for uid, size in self._sizes(self._uids_after(after_uid, limit=limit)):
            mail = self._mail(uid, size=size, max_bytes=max_bytes)
            if mail is not None:
                yield mail

    def newest_uid(self) -> int:
        """Return the cursor from which only future mail is fetched."""
        return max(int(self._selected.get(b"UIDNEXT", 1)) - 1, self._highest_uid())

    def uids_since(self, date: dt.date) -> tuple[int, ...]:
        """Return, ascending, the UIDs of mail that arrived on ``date`` or later.

        The server compares dates in its own time zone.
        """
        return tuple(self._search("SINCE", date))

    def _log_in(self) -> None:
        settings = self._settings
        if settings.security == "starttls":
            self._client.starttls(self._ssl_context)
        elif settings.security == "none" and self._client.has_capability("STARTTLS"):
            self._client.starttls(encryption.opportunistic_context())
        # The LOGIN command has no way to write other characters.
        if settings.username.isascii() and settings.password.isascii():
            self._client.login(settings.username, settings.password)
        else:
            self._client.plain_login(settings.username, settings.password)

    def _uids_after(self, after_uid: int, *, limit: int) -> list[int]:
        highest = self._highest_uid()
        found: list[int] = []
        start, width = after_uid + 1, WINDOW
        while start <= highest and len(found) < limit:
            # Never "start:*", which always matches the last mail.
            end = min(start + width - 1, highest)
            uids = self._search("UID", f"{start}:{end}")
            found += uids
            start = end + 1
            width = width if uids else width * 2  # UIDs may have huge gaps.
        return found[:limit]

    def _highest_uid(self) -> int:
        with _explained(self._settings):
            self._client.noop()  # Only now the server tells of mail since the opening.
        return max(self._search("UID", "*"), default=0)

    def _search(self, *criteria: Any) -> list[int]:
        with _explained(self._settings):
            return sorted(int(uid) for uid in self._client.search(list(criteria)))

    def _sizes(self, uids: Sequence[int]) -> Iterator[tuple[int, int]]:
        for start in range(0, len(uids), UIDS_IN_A_COMMAND):
            found = self._fetch(uids[start : start + UIDS_IN_A_COMMAND], "RFC822.SIZE")
            for uid, answer in sorted(found.items()):
                if b"RFC822.SIZE" in answer:
                    yield uid, int(answer[b"RFC822.SIZE"])

    def _mail(self, uid: int, *, size: int, max_bytes: int) -> FetchedMail | None:
        if size <= max_bytes:
            raw = self._bytes(uid, "BODY.PEEK[]", answer=b"BODY[]")
            if raw is None:
                return None
            if len(raw) <= max_bytes:
                return FetchedMail(uid=uid, raw=raw, size=size)
            size = len(raw)  # Exchange only estimates the sizes.
        header = self._bytes(
            uid,
            f"BODY.PEEK[HEADER]<0.{MAX_HEADER_BYTES}>",
            answer=b"BODY[HEADER]<0>",
        )
        if header is None:
            return None
        return FetchedMail(uid=uid, raw=header, size=size, is_truncated=True)

    def _bytes(self, uid: int, item: str, *, answer: bytes) -> bytes | None:
        raw = self._fetch([uid], item).get(uid, {}).get(answer)
        return raw if isinstance(raw, bytes) else None

    def _fetch(self, uids: Sequence[int], item: str) -> dict[int, dict[bytes, Any]]:
        with _explained(self._settings):
            found: dict[int, dict[bytes, Any]] = self._client.fetch(uids, [item])
            return found


class _Client(imapclient.IMAPClient):  # type: ignore[misc]
    """IMAPClient, except that its socket goes through the guard."""

    def __init__(self, settings: Settings, ssl_context: ssl.SSLContext) -> None:
        self._settings = settings
        super().__init__(
            settings.host,
            settings.port,
            ssl=settings.security == "tls",
            ssl_context=ssl_context,
            timeout=settings.timeout,
        )

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 - the name is IMAPClient's
        return _Connection(self._settings, self.ssl_context)


class _Connection(imaplib.IMAP4):
    def __init__(self, settings: Settings, ssl_context: ssl.SSLContext) -> None:
        self._settings = settings
        self._ssl_context = ssl_context
        super().__init__(settings.host, settings.port, timeout=settings.timeout)

    def _create_socket(self, _timeout: float | None = None) -> socket.socket:
        settings = self._settings
        connection = reaching.connect(
            settings.host,
            settings.port,
            timeout=settings.timeout,
            allowed_networks=settings.allowed_networks,
        )
        if settings.security != "tls":
            return connection
        return self._ssl_context.wrap_socket(connection, server_hostname=settings.host)


@contextmanager
def _explained(settings: Settings, *, is_final: bool = False) -> Iterator[None]:
    """Turn errors into ours; ``is_final``: a refusal here is for a person to fix."""
    host = settings.host
    try:
        yield
    except CapabilityError as error:
        raise SourceRefusedError(
            f"{host} does not offer encryption: {error}"
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise SourceError(
            f"The certificate of {host} can't be trusted: {error.verify_message}"
        ) from error
    except ssl.SSLError as error:
        raise SourceError(f"{host} and we can't agree on TLS: {error}") from error
    except (IMAPClientAbortError, OSError) as error:
        raise SourceError(f"{host} can't be reached: {_words(error)}") from error
    except IMAPClientError as error:
        words = _words(error)
        if is_final and not PASSES.search(words):
            raise SourceRefusedError(f"{host} refused us: {words}") from error
        raise SourceError(f"{host} could not answer: {words}") from error


def _words(error: Exception) -> str:
    """Return the server's own words, which imaplib hides in the repr of bytes."""
    text = str(error)
    if re.fullmatch(r"b(['\"]).*\1", text, re.DOTALL):
        return bytes(ast.literal_eval(text)).decode(errors="replace")
    return text
