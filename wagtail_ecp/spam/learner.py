"""The weights of all views, and how they learn: logistic regression with AdaGrad.

Each view learns by itself, as if there were no other; they lie in one table, because
most of the time would go into calls of NumPy.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from wagtail_ecp.spam.features import SIZE, VIEWS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wagtail_ecp.spam.features import Features

    Table = NDArray[np.float32]

RATE: Final = 0.5
EPSILON: Final = 0.05
BELIEF: Final = 0.9  # In a mark: people err, and what is spam to one isn't to all.
CLOSE: Final = 0.3  # To the target, in each view: then there is nothing to learn.
_BOUNDS: Final = np.arange(len(VIEWS) + 1) * SIZE
_TARGET: Final = math.log(BELIEF / (1 - BELIEF))


class Places(NamedTuple):
    """Where the weights of a mail's features lie in the table of all views."""

    flat: NDArray[np.intp]
    starts: NDArray[np.intp]
    """Where each view begins in ``flat``; a view without features is left out."""
    lengths: NDArray[np.intp]
    sizes: Table
    """What each feature of a view counts, so that long mails don't count more."""


def find_places(features: Features) -> Places:
    """Return the places of a mail's features."""
    views = [view.astype(np.intp) + SIZE * n for n, view in enumerate(features)]
    return group_places(np.concatenate(views))


def group_places(flat: NDArray[np.intp]) -> Places:
    """Return sorted places with the bounds of their views."""
    bounds = np.searchsorted(flat, _BOUNDS)
    lengths = bounds[1:] - bounds[:-1]
    is_there = lengths > 0
    lengths = lengths[is_there]
    sizes = (1 / np.sqrt(lengths)).astype(np.float32)
    return Places(flat, bounds[:-1][is_there], lengths, sizes)


class Learner:
    """A table of weights, with the root of each one's sum of squared gradients.

    It learns what ``prior``, a table of the same form, doesn't know yet.
    """

    def __init__(
        self,
        weights: Table | None = None,
        roots: Table | None = None,
        prior: Table | None = None,
    ) -> None:
        self.prior = prior
        size = len(VIEWS) * SIZE
        self.weights = np.zeros(size, np.float32) if weights is None else weights
        self.roots = np.zeros(size, np.float32) if roots is None else roots

    def logits(self, places: Places) -> tuple[float, float]:
        """Return what was learned, and known before, on average: positive is spam."""
        if not len(places.flat):
            return 0.0, 0.0
        learned = float(_logits(self.weights[places.flat], places).sum())
        return learned / len(VIEWS), float(self._known(places).sum()) / len(VIEWS)

    def weigh(self, places: NDArray[np.intp]) -> Table:
        """Return what each place counts, learned and known before together."""
        weights: Table = self.weights[places]
        return weights if self.prior is None else weights + self.prior[places]

    def _known(self, places: Places) -> Table:
        if self.prior is None:
            return np.zeros(len(places.sizes), np.float32)
        return _logits(self.prior[places.flat], places)

    def learn(self, places: Places, *, is_spam: bool, weight: float) -> None:
        """Move the weights towards the right answer, never beyond it."""
        if not len(places.flat) or weight <= 0:
            return
        weights = self.weights[places.flat]
        logits = _logits(weights, places) + self._known(places)
        gaps = np.abs((_TARGET if is_spam else -_TARGET) - logits)
        if gaps.max() < CLOSE:  # Known well enough; most repeated lessons are.
            return
        errors = 1 / (1 + np.exp(-logits)) - (BELIEF if is_spam else 1 - BELIEF)
        gradients = (weight * errors * places.sizes).astype(np.float32)
        steps = np.repeat(gradients, places.lengths)
        roots = self.roots[places.flat]
        roots = np.sqrt(roots * roots + steps * steps)
        steps /= roots + np.float32(EPSILON)
        # A single step of AdaGrad's may be ten times what is needed.
        changes = RATE * np.abs(_logits(steps, places))
        shares = RATE * np.minimum(1, weight * gaps / np.maximum(changes, 1e-9))
        steps *= np.repeat(shares.astype(np.float32), places.lengths)
        self.roots[places.flat] = roots
        self.weights[places.flat] = weights - steps


def _logits(values: Table, places: Places) -> Table:
    sums: Table = np.add.reduceat(values, places.starts)
    return sums * places.sizes


def sigmoid(logit: float) -> float:
    """Return the probability that ``logit`` stands for."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))
