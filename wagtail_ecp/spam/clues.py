"""Why a mail has its score, in words that a person understands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from wagtail_ecp.spam.scoring import Scorer

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


def find_clues(scorer: Scorer, raw: bytes) -> list[Clue]:
    """Return the strongest clues."""
    return []
