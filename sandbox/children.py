"""The processes of a running sandbox."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.place import Place
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
    """List web server, listener, catcher, workers and clock, in order of their start."""
    port, smtp_port = str(place.port), str(place.smtp_port)
    web = ("runserver", "--noreload", "--skip-checks", f"127.0.0.1:{port}")
    listener = ("ecp_listen", "--host", "127.0.0.1", "--port", smtp_port)
    catcher = ("--port", str(place.catcher_port), "--directory", str(home / "caught"))
    return [
        _manage("web", home, *web),
        _manage("listener", home, *listener),
        Child(name="catcher", command=_module("sandbox.catcher", *catcher)),
        *(
            # One queue each: a worker of several loses a job if it is killed between
            # taking and starting it.
            _manage(queue, home, "rqworker", queue, "--with-scheduler", "-v", "0")
            for queue in QUEUES
        ),
        _manage(
            "cron", home, "rqcron", "wagtail_ecp.jobs.cron", "--logging-level=WARNING"
        ),
    ]


def demo(place: Place, home: Path) -> Child:
    """Send the demo mail to the listener; it goes on where it was stopped."""
    options = ("--home", str(home), "--smtp-port", str(place.smtp_port))
    return Child(name="demo", command=_module("sandbox.demo.load", *options), once=True)


def manage(*words: str) -> list[str]:
    """Return the command that runs one of Django's commands for the sandbox's site."""
    return [sys.executable, MANAGE, *words]


def _manage(name: str, home: Path, *words: str) -> Child:
    environment = {"SANDBOX_HOME": str(home), "DJANGO_RUNSERVER_HIDE_WARNING": "true"}
    return Child(name=name, command=manage(*words), environment=environment)


def _module(name: str, *words: str) -> list[str]:
    return [sys.executable, "-m", name, *words]
