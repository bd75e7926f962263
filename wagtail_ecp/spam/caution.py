"""Holds scores back while too few marks of both verdicts are known.

What all mail of an account has in common seems to speak for the verdict that was
marked first: after ten marks of spam alone every mail would look like it.  So what
was learned counts relative to what it says of mail of that verdict, until the other
verdict is known as well; and wanted mail that came out too high lowers all scores
for a while.  Both melt away as marks come.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

KNOWN: Final = 50  # Marks of the other verdict after which half of it is left.
PACE: Final = 0.1
START: Final = 0.05  # Fitted on sets that were left out of the prior's training.
LIMIT: Final = math.log(0.7 / 0.3) - 0.8  # Somewhat below the default threshold.
MELTING: Final = 0.995
PUSH: Final = 1.0
EARLY: Final = 5


class Seen(NamedTuple):
    """A mail just before its mark is learned."""

    is_spam: bool
    weight: float
    learned: float
    """What earlier marks say of it."""
    logit: float
    """What the score is made of."""


class Caution:
    """What is taken off the logit of each score."""

    def __init__(self) -> None:
        self.usual = {True: 0.0, False: 0.0}
        """What was learned says this of mail of a verdict, before it is marked."""
        self.held = START

    def shift(self, counts: dict[bool, int]) -> float:
        """Return what to take off after so many marks of each verdict."""
        ahead = sum(
            usual * KNOWN / (KNOWN + counts[not is_spam])
            for is_spam, usual in self.usual.items()
        )
        return ahead + self.held

    def observe(self, before: Seen, after: float, *, number: int) -> None:
        """Take note of what a lesson, the ``number``th of its verdict, has changed."""
        usual = before.learned + (after - before.learned) / (1 + number / EARLY)
        pace = max(PACE, 1 / number) * before.weight
        self.usual[before.is_spam] += pace * (usual - self.usual[before.is_spam])
        self.held *= MELTING
        if not before.is_spam:
            self.held += PUSH * before.weight * max(0.0, before.logit - LIMIT)

    def to_numbers(self) -> tuple[float, float, float]:
        """Return the state for ``from_numbers``."""
        return self.usual[True], self.usual[False], self.held

    @classmethod
    def from_numbers(cls, spam: float, ham: float, held: float) -> Caution:
        """Return what ``to_numbers`` was called on."""
        caution = cls()
        caution.usual, caution.held = {True: spam, False: ham}, held
        return caution
