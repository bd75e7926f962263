"""How much one mark may teach: nobody moves the filter for everybody else alone."""

from __future__ import annotations

from typing import Final

MAX_A_DAY: Final = 200
SURE: Final = 30  # Points from either end within which the model is sure.
WEAK: Final = 0.3
EASE: Final = 3


def weight(*, is_against: bool, nth: int, is_weak: bool) -> float:
    """Return the weight of a lesson, 0 if it is one too many.

    ``is_against``: the model was sure of the opposite; ``nth``: how many such marks
    the member has made before on that day; ``is_weak``: nobody said so, but somebody
    replied.  Whoever often contradicts a model that is sure may be right and is heard
    at first; 200 such marks count as much as five.
    """
    if nth >= MAX_A_DAY:
        return 0.0
    strength = WEAK if is_weak else 1.0
    return strength / (1 + nth / EASE) ** 2 if is_against else strength


def is_against(score: float, *, is_spam: bool) -> bool:
    """Return whether the model was sure of the opposite before it saw the mark."""
    return score < SURE if is_spam else score > 100 - SURE
