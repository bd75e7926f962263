"""The processes of a running sandbox."""

import io
import sys
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers import basehttp

from sandbox import catcher, certificates
from sandbox.demo import load
from sandbox.place import Place
from sandbox.ports import HOST
from sandbox.redis_server import RedisServer
from wagtail_ecp.management.children import Child

QUEUES = ("ecp-in", "ecp-out", "ecp-bg")
MANAGE = str(Path(__file__).with_name("manage.py"))


def redis(server: RedisServer, place: Place, home: Path) -> Child:
    """Our own Redis-compatible server; its data depends on which program wrote it."""
    directory = home / server.binary.name
    directory.mkdir(exist_ok=True)
    command = server.command(redis_port(place), directory)
    return Child(name="redis", command=command, stops_last=True)


def redis_port(place: Place) -> int:
    """Return the port of our own server."""
    return urlsplit(place.redis_url).port or 0


def site(place: Place, home: Path) -> list[Child]:
    """List web server, listener, catcher, workers and clock, in order of their start.

    They are forks, so Django must be set up and have no open connection.
    """
    smtp = ("--host", HOST, "--port", str(place.smtp_port))
    own = certificates.provide(home)
    return [
        Child(name="web", call=partial(serve_web, place.port)),
        _django("listener", "ecp_listen", *smtp),
        Child(
            name="catcher",
            call=partial(
                catcher.run,
                place.catcher_port,
                directory=home / "caught",
                certificate=own.certificate,
                key=own.key,
            ),
        ),
        *(
            # One queue each: a worker of several loses a job if it is killed between
            # taking and starting it.
            _django(queue, "rqworker", queue, "--with-scheduler", "-v", "0")
            for queue in QUEUES
        ),
        _django("cron", "rqcron", "wagtail_ecp.jobs.cron", "--logging-level=WARNING"),
    ]


def demo(place: Place, home: Path) -> Child:
    """Send the demo mail to the listener; it goes on where it was stopped."""
    return Child(name="demo", call=partial(load.load, home, place.smtp_port), once=True)


def manage(*words: str) -> list[str]:
    """Return the command that runs one of Django's commands for the sandbox's site."""
    return [sys.executable, MANAGE, *words]


def serve_web(port: int) -> None:
    """Run Django's development server, static files included."""
    basehttp.run(HOST, port, StaticFilesHandler(WSGIHandler()), threading=True)


def _django(name: str, *words: str) -> Child:
    return Child(name=name, call=partial(_quietly, *words))


def _quietly(*words: str) -> None:
    """Run a command of Django's without its greeting; errors go to standard error."""
    call_command(*words, stdout=io.StringIO())
