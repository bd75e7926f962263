"""``manage.py ecp_run``: workers, clock and listener of a small site in one command."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.management import BaseCommand, call_command
from django.db import connections
from django.utils.translation import gettext as _

from wagtail_ecp.management.children import Child
from wagtail_ecp.management.supervisor import Supervisor
from wagtail_ecp.queue import QUEUES

#: Options that go on to the listener.
TLS = ("certificate", "key")


class Command(BaseCommand):
    """Keeps them running until SIGINT or SIGTERM, and leaves none behind.

    Redis and the web server are the site's own.
    """

    help = "Run the workers, the clock and the SMTP listener under one supervisor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to listen, or that there is nothing to listen for."""
        group = parser.add_mutually_exclusive_group()
        group.add_argument(
            "--smtp",
            type=host_and_port,
            metavar="HOST:PORT",
            help="where the listener takes mail (default: as ecp_listen says)",
        )
        group.add_argument(
            "--no-listener", action="store_true", help="mail comes in by other ways"
        )
        for name in TLS:
            parser.add_argument(
                f"--{name}", metavar="FILE", help="as ecp_listen takes it"
            )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Start all, restart what ends, stop all."""
        connections.close_all()  # What is open must not be shared by the forks.
        with Supervisor() as supervisor:
            tls = {name: options[name] for name in TLS if options[name]}
            wants_listener = not options["no_listener"]
            for child in children(options["smtp"], listener=wants_listener, tls=tls):
                supervisor.start(child)
            self.stdout.write(_("Running; Ctrl-C stops everything."))
            supervisor.watch()


def host_and_port(text: str) -> tuple[str, str]:
    """Split "HOST:PORT"; an IPv6 host may stand in brackets."""
    host, _colon, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise ArgumentTypeError(_("“%(text)s” is not HOST:PORT") % {"text": text})
    return host.removeprefix("[").removesuffix("]"), port


def children(
    smtp: tuple[str, str] | None,
    *,
    listener: bool,
    tls: Mapping[str, str] | None = None,
) -> list[Child]:
    """List what runs: a worker for each queue, the clock, and the listener if wanted."""
    found = [
        # One queue each: a worker of several loses a job if it is killed between
        # taking and starting it.
        _django(queue, "rqworker", queue, "--with-scheduler", "-v", "0")
        for queue in QUEUES
    ]
    clock = ("rqcron", "wagtail_ecp.jobs.cron", "--logging-level=WARNING")
    found.append(_django("cron", *clock))
    if listener:
        where = ("--host", smtp[0], "--port", smtp[1]) if smtp else ()
        files = (f"--{name}={file}" for name, file in (tls or {}).items())
        found.append(_django("listener", "ecp_listen", *where, *files))
    return found


def _django(name: str, *words: str) -> Child:
    return Child(name=name, call=partial(call_command, *words))
