"""How much one mark may teach: nobody moves the filter for everybody else alone."""

from __future__ import annotations

from typing import Final

MAX_A_DAY: Final = 200


def weight(*, is_against: bool, nth: int, is_weak: bool) -> float:
    """Return the weight of a lesson, 0 if the member has marked too much that day.

    ``is_against``: the model was sure of the opposite; ``nth``: how many such marks
    the member has made that day so far; ``is_weak``: nobody said so, but somebody
    replied.
    """
    if nth >= MAX_A_DAY:
        return 0.0
    return (0.3 if is_weak else 1.0) / (1 + nth / 10 if is_against else 1)


def is_against(score: float, *, is_spam: bool) -> bool:
    """Whether the model was sure of the opposite of a mark when it was made."""
    return score < 30 if is_spam else score > 70
