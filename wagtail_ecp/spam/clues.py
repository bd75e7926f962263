"""Why a mail has its score, in words that a person understands."""

from __future__ import annotations

from typing import Final, NamedTuple

TEMPLATES: Final[dict[str, str]] = {}


class Clue(NamedTuple):
    """One reason for a score; positive points speak for spam."""

    kind: str
    value: str
    points: float

    @property
    def words(self) -> str:
        """The reason in English."""
        return TEMPLATES[self.kind] % {"value": self.value}
