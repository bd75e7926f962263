"""How much of the demo mail has been sent; kept in the home directory."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

FILE = "demo.json"


@dataclass(kw_only=True)
class Progress:
    """One load of the demo: as of which moment, how many of how many are sent."""

    moment: str
    sent: int = 0
    total: int = 0
    # Visitors have used the contact form, and the team has worked on some of it.
    is_decided: bool = False

    @property
    def now(self) -> datetime:
        """The moment to which the dates of the mails are relative."""
        return datetime.fromisoformat(self.moment)


def read(home: Path) -> Progress:
    """Return the progress of the load begun earlier, or of one that begins now."""
    try:
        return Progress(**json.loads((home / FILE).read_text()))
    except FileNotFoundError:
        now = datetime.now(UTC).replace(microsecond=0)
        return Progress(moment=now.isoformat())


def write(home: Path, progress: Progress) -> None:
    """Write ``progress`` down in one step, so that a crash leaves it whole."""
    unfinished = home / f"{FILE}.part"
    unfinished.write_text(json.dumps(asdict(progress)))
    unfinished.replace(home / FILE)


def is_complete(home: Path) -> bool:
    """Whether all demo mail was taken by the listener, and decided on by the team."""
    progress = read(home)
    return 0 < progress.total <= progress.sent and progress.is_decided
