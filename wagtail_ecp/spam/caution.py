"""Holds scores back while too few marks of both verdicts are known.

What all mail of an account has in common seems to speak for the verdict that was
marked first: after ten marks of spam alone every mail would look like it.  So what
was learned counts relative to what it says of mail of that verdict, until the other
verdict is known as well.

And what wanted mail scores just before it is marked is an honest sample of what
other wanted mail scores: the highest of these lately, and some more while they are
few, has to be below the default threshold.  That ends when enough are marked.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

# Marks of the other verdict after which half of the first one's lead is taken off.
# Of wanted mail's lead less is taken off, as scores would rise by that.
KNOWN: Final = {True: 70, False: 3}
SHARE: Final = {True: 1.0, False: 0.5}
PACE: Final = 0.1
EARLY: Final = 3

START: Final = (
    0.25  # Above what the left-out sets need: others' wanted mail scores higher.
)
LIMIT: Final = math.log(0.7 / 0.3)  # The default threshold.
FEW: Final = 50  # Marks of wanted mail after which half of the margin is left.
MELTING: Final = 0.98
ENOUGH: Final = (100, 200)  # Of them; with the first it begins to end.


class Seen(NamedTuple):
    """A mail just before its mark is learned."""

    is_spam: bool
    weight: float
    learned: float
    """What earlier marks say of it."""
    logit: float
    """What they and the prior say of it, with nothing held back."""


class Caution:
    """What is taken off the logit of each score."""

    def __init__(self) -> None:
        self.usual = {True: 0.0, False: 0.0}
        """What was learned says this of mail of a verdict, before it is marked."""
        self.held = START

    def shift(self, counts: dict[bool, int]) -> float:
        """Return what to take off after so many marks of each verdict."""
        begins, ends = ENOUGH
        left = (ends - counts[False]) / (ends - begins)
        return self._lead(counts) + self.held * max(0.0, min(1.0, left))

    def observe(self, before: Seen, after: float, counts: dict[bool, int]) -> None:
        """Take note of what a lesson, the last of ``counts``, has changed."""
        is_spam, weight = before.is_spam, before.weight
        number = counts[is_spam]
        self.held *= MELTING
        if not is_spam:
            margin = FEW / (FEW + number)
            needed = before.logit - self._lead(counts) - LIMIT + margin
            self.held += weight * max(0.0, needed - self.held)
        usual = before.learned + (after - before.learned) / (1 + number / EARLY)
        pace = max(PACE, 1 / number) * weight
        self.usual[is_spam] += pace * (usual - self.usual[is_spam])

    def _lead(self, counts: dict[bool, int]) -> float:
        leads = {True: max(0.0, self.usual[True]), False: min(0.0, self.usual[False])}
        return sum(
            SHARE[first] * lead * KNOWN[first] / (KNOWN[first] + counts[not first])
            for first, lead in leads.items()
        )

    def to_numbers(self) -> tuple[float, float, float]:
        """Return the state for ``from_numbers``."""
        return self.usual[True], self.usual[False], self.held

    @classmethod
    def from_numbers(cls, spam: float, ham: float, held: float) -> Caution:
        """Return what ``to_numbers`` was called on."""
        caution = cls()
        caution.usual, caution.held = {True: spam, False: ham}, held
        return caution
