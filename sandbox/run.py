"""Start the sandbox and keep it running; ``python3 -m sandbox`` leads here."""

import dataclasses
import hashlib
import os
import signal
import sys
from argparse import Namespace
from pathlib import Path

import django

from sandbox import children, options, ports, readiness, redis_server, words
from sandbox import place as places
from sandbox.bootstrap import ROOT, STAMP
from sandbox.demo import progress
from sandbox.place import HomeError, Place
from sandbox.redis_server import ServerMissingError
from sandbox.steps import StepFailedError, run_step
from wagtail_ecp.management.supervisor import Supervisor

SET_UP = "set-up"  # What the database was last set up for.
TROUBLE = (HomeError, ServerMissingError, StepFailedError, ports.NoPortError)


def main() -> None:
    """Run until SIGINT or SIGTERM; exit with a message if that is impossible."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    chosen = options.parse(sys.argv[1:])
    try:
        run(chosen)
    except TROUBLE as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def run(chosen: Namespace) -> None:
    """Prepare the home directory, start everything, and stop it at the end."""
    home = chosen.home.resolve()
    with places.take(home):
        if chosen.reset:
            places.reset(home)
        place = settle(home, chosen)
        os.environ["SANDBOX_HOME"] = str(home)
        os.environ["DJANGO_SETTINGS_MODULE"] = "sandbox.settings"
        set_up(home, place)
        print("Starting web server, listener, catcher, workers and clock …", flush=True)
        django.setup()  # Once for all: the children are forks.
        with Supervisor() as supervisor:
            start(supervisor, home, place)
            print("\nStopping …", flush=True)
    print("Everything has stopped.", flush=True)


def settle(home: Path, chosen: Namespace) -> Place:
    """Choose ports and the Redis server's address, and write them down."""
    earlier = places.read(home) if (home / SET_UP).exists() else None
    if earlier and chosen.empty and not earlier.empty:
        raise HomeError(f"{home} holds the demo; use --reset for an empty start.")
    if earlier and earlier.empty and not chosen.empty:
        print(f"{home} was started with --empty; --reset brings the demo.")
    taken: dict[str, int] = {}
    for name in ("port", "smtp_port", "catcher_port"):
        wanted = getattr(chosen, name)
        taken[name] = ports.next_free(wanted, taken=taken.values())
        if taken[name] != wanted:
            print(f"Port {wanted} is taken; {taken[name]} is used instead.")
    own_redis = f"redis://{ports.HOST}:{ports.any_free()}/0"
    place = Place(
        **taken,
        redis_url=os.environ.get("REDIS_URL") or own_redis,
        empty=earlier.empty if earlier else chosen.empty,
    )
    places.write(home, place)
    return place


def set_up(home: Path, place: Place) -> None:
    """Migrate and make users and pages, unless that was done for just this code."""
    key = _state_of_the_code(place)
    stamp = home / SET_UP
    if stamp.exists() and stamp.read_text() == key:
        return
    empty = ["--empty"] if place.empty else []
    command = children.manage("sandbox_setup", *empty)
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    run_step("Setting up the database", command, environment=environment)
    stamp.write_text(key)


def start(supervisor: Supervisor, home: Path, place: Place) -> None:
    """Start all processes, say so when they are ready, and look after them."""
    if not os.environ.get("REDIS_URL"):
        server = redis_server.find_server()
        supervisor.start(children.redis(server, place, home))
        port = children.redis_port(place)
        if not supervisor.watch(lambda: redis_server.responds(port)):
            return
    for child in children.site(place, home):
        supervisor.start(child)
    if not supervisor.watch(readiness.Readiness(place, supervisor.pids)):
        return
    print(words.welcome(place, home, supervisor.pids()), flush=True)
    if not place.empty and not progress.is_complete(home):
        supervisor.start(children.demo(place, home))
    supervisor.watch()


def _state_of_the_code(place: Place) -> str:
    """Return what changes when the database may need something new."""
    migrations = sorted(ROOT.glob("wagtail_ecp/migrations/*.py"))
    own = sorted((ROOT / "sandbox" / "home").rglob("*.py"))
    digest = hashlib.sha256(repr(dataclasses.replace(place, redis_url="")).encode())
    for file in [*migrations, *own, STAMP]:
        if file.exists():
            digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
