"""newsboat, a feed reader that many use, with a cache of its own."""

import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import NamedTuple


class Item(NamedTuple):
    """What the reader keeps of an entry."""

    title: str
    author: str
    url: str
    content: str


class Newsboat:
    """Subscribed to one address."""

    def __init__(self, home: Path, url: str) -> None:
        self._home = home
        (home / "urls").write_text(f"{url}\n")
        (home / "config").touch()

    def poll(self) -> None:
        """Ask for news, once."""
        program = str(shutil.which("newsboat"))
        files = ("-u", "urls", "-C", "config", "-c", "cache")
        subprocess.run(  # noqa: S603
            [program, *files, "-x", "reload"],
            cwd=self._home,
            env={"HOME": str(self._home)},
            check=True,
            timeout=60,
            capture_output=True,
        )

    def items(self) -> list[Item]:
        """Return all that it has, the newest first."""
        with sqlite3.connect(self._home / "cache") as cache:
            found = cache.execute(
                "SELECT title, author, url, content FROM rss_item ORDER BY id DESC"
            )
            return [Item(*row) for row in found]
