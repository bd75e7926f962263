"""``manage.py ecp_listen``: take mail by SMTP or LMTP."""

import signal
import ssl
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

from aiosmtpd.controller import Controller
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils.translation import gettext as _

from wagtail_ecp import conf
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import IncomingMail
from wagtail_ecp.inbox.receiving import receive, takes_mail_for
from wagtail_ecp.mail.listening import MailHandler, listener

P = ParamSpec("P")
R = TypeVar("R")


class Command(BaseCommand):
    """Listen until SIGINT or SIGTERM; mail is in the ledger before we say 250."""

    help = "Listens for mail that other servers bring by SMTP or LMTP."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say where to listen; loopback is the default, for a server in front of us."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=2525)
        parser.add_argument("--lmtp", action="store_true", help="Speak LMTP, not SMTP.")
        parser.add_argument(
            "--certificate",
            metavar="FILE",
            help="Offer STARTTLS with this certificate and its chain (PEM).",
        )
        parser.add_argument(
            "--key", metavar="FILE", help="Its key, if not in the same file (PEM)."
        )

    def handle(self, **options: Any) -> None:
        """Run the server."""
        server = server_for(
            host=options["host"],
            port=options["port"],
            is_lmtp=options["lmtp"],
            tls_context=_tls_context(options["certificate"], options["key"]),
        )
        try:
            server.start()
        except OSError as error:
            raise CommandError(f"Can't listen: {error}") from error
        self.stdout.write(f"Listening on {server.hostname}:{server.port}")
        self.stdout.flush()
        _wait_for_a_signal()
        server.stop()


def server_for(
    *, host: str, port: int, is_lmtp: bool, tls_context: ssl.SSLContext | None
) -> Controller:
    """Return a server, not started, that takes in mail for our mailboxes."""
    way = IncomingMail.Way.LMTP if is_lmtp else IncomingMail.Way.SMTP
    return listener(
        MailHandler(
            knows=_with_fresh_connection(takes_mail_for),
            store=_with_fresh_connection(partial(_store, way=way)),
            requires_tls=_with_fresh_connection(_requires_tls),
        ),
        host=host,
        port=port,
        max_bytes=conf.get("MAX_MESSAGE_BYTES"),
        protocol="lmtp" if is_lmtp else "smtp",
        tls_context=tls_context,
    )


def _tls_context(certificate: str | None, key: str | None) -> ssl.SSLContext | None:
    if not certificate:
        if key:
            raise CommandError(_("--key needs --certificate."))
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:  # Unreadable, or not the key of this certificate.
        raise CommandError(
            _("The certificate can't be used: %(error)s") % {"error": error}
        ) from error
    return context


def _requires_tls() -> bool:
    return Account.objects.current().requires_ssl


def _store(
    raw: bytes,
    *,
    envelope_from: str,
    recipients: tuple[str, ...],
    way: IncomingMail.Way,
) -> None:
    receive(raw, envelope_from=envelope_from, recipients=recipients, way=way)


def _with_fresh_connection(function: Callable[P, R]) -> Callable[P, R]:
    """Let ``function`` use the database from a thread that Django knows nothing of."""

    @wraps(function)
    def fresh(*args: P.args, **kwargs: P.kwargs) -> R:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return fresh


def _wait_for_a_signal() -> None:
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    stop.wait()
