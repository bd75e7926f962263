"""The sandbox's home directory: what lies where, and who uses it now."""

import fcntl
import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
MARK = "sandbox.json"  # Shows that a directory is a sandbox's home.
LOCK = "running.lock"


class HomeError(Exception):
    """The home directory can't be used; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """What every process of one sandbox must know; kept in the home directory."""

    port: int = 8000
    smtp_port: int = 2525
    catcher_port: int = 2526
    redis_url: str = "redis://127.0.0.1:6379/0"
    empty: bool = False

    @property
    def site(self) -> str:
        """The address of the web site, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"


def read(home: Path) -> Place | None:
    """Return what the last start in ``home`` wrote down, None before the first."""
    try:
        return Place(**json.loads((home / MARK).read_text()))
    except FileNotFoundError:
        return None
    except (TypeError, ValueError) as error:
        raise HomeError(
            f"{home / MARK} can't be read ({error}); try --reset."
        ) from error


def write(home: Path, place: Place) -> None:
    """Write down ``place`` for the other processes and for the next start."""
    (home / MARK).write_text(json.dumps(asdict(place), indent=1))


def begin(home: Path) -> Place:
    """Make ``home`` with a place of defaults, as for commands before the first start."""
    home.mkdir(parents=True, exist_ok=True)
    place = Place()
    write(home, place)
    return place


def take(home: Path) -> IO[str]:
    """Make ``home`` if need be and hold it until the returned file is closed.

    HomeError if another sandbox runs there, or if it holds something else.
    """
    home.mkdir(parents=True, exist_ok=True)
    if not (home / MARK).exists() and any(p.name != LOCK for p in home.iterdir()):
        raise HomeError(f"{home} isn't a sandbox's home and isn't empty.")
    lock = (home / LOCK).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise HomeError(f"Another sandbox is running in {home}.") from None
    return lock


def reset(home: Path) -> None:
    """Delete all that a sandbox left in ``home``, which the caller has taken."""
    for path in home.iterdir():
        if path.name == LOCK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
