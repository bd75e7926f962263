"""Tries a mail server out, step by step, in the order in which things can go wrong."""

import datetime as dt
import imaplib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from imapclient.exceptions import CapabilityError, IMAPClientError, LoginError

from wagtail_ecp.exceptions import EmailCentreError, UnsafeAddressError
from wagtail_ecp.mail import encryption, reaching
from wagtail_ecp.mail.sending.connection import Connection, SmtpSettings, connected
from wagtail_ecp.mail.sources.base import Settings
from wagtail_ecp.mail.sources.imap import ImapSource
from wagtail_ecp.mail.wire import wire_address

INBOX = "INBOX"
MONTH = dt.timedelta(days=30)
NO_STARTTLS = "STARTTLS"  # In smtplib's words, which has one error for all it misses.


class Step(StrEnum):
    """What is tried, one after the other."""

    CONNECT = "connect"
    ENCRYPT = "encrypt"
    LOG_IN = "log-in"
    FOLDERS = "folders"
    SENDER = "sender"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A step, whether it went well, and else the server's own words."""

    step: Step
    is_ok: bool = True
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Mark:
    """How far a folder was filled when it was tried, as UIDs of its epoch.

    ``newest`` is the newest mail, ``month`` the last that is older than 30 days. Who
    begins from here misses nothing that comes between the test and the first visit.
    """

    uidvalidity: int
    newest: int
    month: int


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The steps up to the first that failed, and what an IMAP server told.

    ``folders`` are the server's, by name; ``mark`` is of the folder that was wanted.
    """

    outcomes: tuple[Outcome, ...]
    folders: tuple[str, ...] = ()
    mark: Mark | None = None

    @property
    def is_ok(self) -> bool:
        """Whether every step went well."""
        return all(outcome.is_ok for outcome in self.outcomes)

    @property
    def failed(self) -> Step | None:
        """The step that did not go well."""
        failed = (outcome.step for outcome in self.outcomes if not outcome.is_ok)
        return next(failed, None)


class _FailedError(EmailCentreError):
    """A step did not go well."""

    def __init__(self, step: Step, words: str) -> None:
        super().__init__(words)
        self.step = step


class _Mailboxes(ImapSource):
    """An IMAP account of which the folders are wanted, not the mail."""

    def folders(self) -> tuple[str, ...]:
        """Return the names of the folders that can hold mail, INBOX first."""
        found = [
            name
            for flags, _delimiter, name in self._client.list_folders()
            if b"\\noselect" not in {flag.lower() for flag in flags}
        ]
        return tuple(sorted(found, key=lambda name: (name.upper() != INBOX, name)))

    def mark(self) -> Mark:
        """Return how far the opened folder is filled."""
        newest = self.newest_uid()
        since = dt.datetime.now(dt.UTC) - MONTH
        uids = self.uids_since(since.date())
        month = uids[0] - 1 if uids else newest
        return Mark(uidvalidity=self.uidvalidity, newest=newest, month=month)


def try_incoming(
    settings: Settings, *, ssl_context: ssl.SSLContext | None = None
) -> Trial:
    """Connect to an IMAP server, log in and list the folders; changes nothing there.

    Never raises for what a server or a network does. ``ssl_context`` replaces the
    system's authorities by a private one.
    """
    steps = _steps(settings.security, Step.LOG_IN, Step.FOLDERS)
    context = ssl_context or encryption.verifying_context()
    # Every account has an INBOX (RFC 3501 5.1); the folder that is wanted may be
    # misspelt, and then the names of all are needed.
    inbox = replace(settings, folder=INBOX)
    folders: tuple[str, ...] = ()
    try:
        _probe(settings, context)
        with _noting(settings.security):
            with _Mailboxes(inbox, ssl_context=context) as source:
                folders = source.folders()
                _look_for(settings.folder, folders)
            with _Mailboxes(settings, ssl_context=context) as source:
                mark = source.mark()
    except _FailedError as failure:
        return Trial(outcomes=_until(failure, steps), folders=folders)
    return Trial(outcomes=_all(steps), folders=folders, mark=mark)


def try_outgoing(settings: SmtpSettings, *, sender: str) -> Trial:
    """Connect to an SMTP server, log in and announce a mail from ``sender``.

    Nothing is sent. Never raises for what a server or a network does.
    """
    log_in = (Step.LOG_IN,) if settings.username else ()
    steps = _steps(settings.security, *log_in, Step.SENDER)
    try:
        _probe(settings, settings.ssl_context or encryption.verifying_context())
        with _noting(settings.security), connected(settings) as connection:
            _announce(connection, wire_address(sender))
    except _FailedError as failure:
        return Trial(outcomes=_until(failure, steps))
    return Trial(outcomes=_all(steps))


def _look_for(folder: str, folders: tuple[str, ...]) -> None:
    if folder.upper() != INBOX and folder not in folders:
        raise _FailedError(Step.FOLDERS, f"There is no folder {folder!r}.")


def _announce(connection: Connection, sender: str) -> None:
    code, text = connection.ask("MAIL", f"FROM:<{sender}>")
    if code >= 300:  # noqa: PLR2004 - RFC 5321 4.2.1
        raise _FailedError(Step.SENDER, f"{code} {text}")
    connection.ask("RSET")


def _steps(security: str, *others: Step) -> tuple[Step, ...]:
    encrypt = () if security == "none" else (Step.ENCRYPT,)
    return (Step.CONNECT, *encrypt, *others)


def _all(steps: tuple[Step, ...]) -> tuple[Outcome, ...]:
    return tuple(Outcome(step=step) for step in steps)


def _until(failure: _FailedError, steps: tuple[Step, ...]) -> tuple[Outcome, ...]:
    at = steps.index(failure.step) if failure.step in steps else len(steps) - 1
    return (
        *_all(steps[:at]),
        Outcome(step=steps[at], is_ok=False, words=str(failure)),
    )


def _probe(settings: Settings | SmtpSettings, context: ssl.SSLContext) -> None:
    """Find out whether the host answers at all, and whether it speaks TLS at once.

    What comes afterwards can't tell one from the other.
    """
    try:
        plain = reaching.connect(
            settings.host,
            settings.port,
            timeout=settings.timeout,
            allowed_networks=settings.allowed_networks,
        )
    except UnsafeAddressError as error:
        raise _FailedError(Step.CONNECT, str(error)) from error
    except OSError as error:
        raise _FailedError(Step.CONNECT, _words(error)) from error
    with plain:
        if settings.security != "tls":
            return
        try:
            context.wrap_socket(plain, server_hostname=settings.host).close()
        except ssl.SSLCertVerificationError as error:
            raise _FailedError(Step.ENCRYPT, error.verify_message) from error
        except OSError as error:
            raise _FailedError(Step.ENCRYPT, _words(error)) from error


def _words(error: OSError) -> str:
    return error.strerror or str(error)


@contextmanager
def _noting(security: str) -> Iterator[None]:
    """Turn what goes wrong after the connection into the step that did."""
    try:
        yield
    except _FailedError:
        raise
    except EmailCentreError as error:
        step = _step_of(error.__cause__, security)
        raise _FailedError(step, str(error)) from error
    except (IMAPClientError, OSError) as error:
        raise _FailedError(Step.FOLDERS, str(error)) from error


def _step_of(cause: BaseException | None, security: str) -> Step:
    match cause:
        case ssl.SSLError() | CapabilityError():
            return Step.ENCRYPT
        case LoginError() | smtplib.SMTPAuthenticationError():
            return Step.LOG_IN
        case smtplib.SMTPNotSupportedError() if NO_STARTTLS in str(cause):
            return Step.ENCRYPT
        case smtplib.SMTPConnectError() | smtplib.SMTPHeloError():
            return Step.CONNECT
        case IMAPClientError() if not isinstance(cause, imaplib.IMAP4.abort):
            return Step.FOLDERS
    # Somebody hung up: before the encryption was agreed on, or at the log-in.
    return Step.ENCRYPT if security == "starttls" else Step.LOG_IN
