"""One view's weights, and how they learn: logistic regression with AdaGrad."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from wagtail_ecp.spam.features import SIZE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from wagtail_ecp.spam.features import Numbers

RATE: Final = 0.5
EPSILON: Final = 0.05
SMOOTHING: Final = 0.1  # A mark is believed to 90 %: people err, and words change.


class Learner:
    """A table of weights, with the root of each one's sum of squared gradients."""

    def __init__(
        self,
        weights: NDArray[np.float32] | None = None,
        roots: NDArray[np.float32] | None = None,
    ) -> None:
        self.weights = np.zeros(SIZE, np.float32) if weights is None else weights
        self.roots = np.zeros(SIZE, np.float32) if roots is None else roots

    def logit(self, places: Numbers) -> float:
        """Return how much speaks for spam (positive) or against it."""
        return float(self.weights[places].sum()) / math.sqrt(len(places) or 1)

    def learn(self, places: Numbers, *, is_spam: bool, weight: float) -> None:
        """Move the weights towards the right answer."""
        target = 1 - SMOOTHING if is_spam else SMOOTHING
        size = 1 / math.sqrt(len(places) or 1)
        step = weight * (sigmoid(self.logit(places)) - target) * size
        roots = np.sqrt(np.square(self.roots[places]) + step * step)
        self.roots[places] = roots
        self.weights[places] -= RATE * step / (roots + EPSILON)


def sigmoid(logit: float) -> float:
    """Return the probability that ``logit`` stands for."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))
