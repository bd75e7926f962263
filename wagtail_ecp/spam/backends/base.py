"""What every outside spam scorer offers, so that scoring knows none of them."""

import math
from dataclasses import dataclass
from typing import Protocol

MAX_CLUES = 10
MAX_CLUE_LENGTH = 120

#: What a rule found, in the scorer's own words, and its points (positive: spam).
Clue = tuple[str, float]


@dataclass(frozen=True)
class Opinion:
    """How much a mail looks like spam, 0 to 100, and why, the strongest clue first.

    Clues may quote the mail: whatever a back end hands over, there are at most ten,
    each is one short line without control characters, and has points. ValueError for
    a score that is no number.
    """

    score: float
    clues: tuple[Clue, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "score", min(max(finite(self.score), 0.0), 100.0))
        object.__setattr__(self, "clues", _strongest(self.clues))


class SpamBackend(Protocol):
    """A spam scorer outside of ours, made from the options in the site's settings.

    It raises ``ConfigurationError`` in ``__init__`` for options that make no sense.
    ``score`` is called in a thread of its own, without the database.
    """

    def score(self, raw: bytes) -> Opinion:
        """Judge ``raw`` within five seconds, or raise ``BackendDownError``."""


def finite(value: object) -> float:
    """Return ``value`` as a float; ValueError unless it is a number with an end."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{type(value).__name__} is no number")  # noqa: TRY004
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueError("the number is too large") from error
    if not math.isfinite(number):
        raise ValueError(f"{number} is no number to reckon with")
    return number


def one_line(text: str, *, length: int = MAX_CLUE_LENGTH) -> str:
    """Return ``text``, which may be hostile, as one short printable line."""
    visible = (each if each.isprintable() else " " for each in text[: 4 * length])
    line = " ".join("".join(visible).split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _strongest(clues: tuple[Clue, ...]) -> tuple[Clue, ...]:
    found = [(one_line(text), finite(points)) for text, points in clues]
    told = [(text, points) for text, points in found if text and points]
    told.sort(key=lambda clue: (-abs(clue[1]), clue[0]))
    return tuple(told[:MAX_CLUES])
