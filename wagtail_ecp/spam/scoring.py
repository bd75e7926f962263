"""The built-in scorer: learns from marks which mail is unwanted here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from wagtail_ecp.spam import blob
from wagtail_ecp.spam import prior as _prior
from wagtail_ecp.spam.caution import Caution, Seen
from wagtail_ecp.spam.clues import find_clues
from wagtail_ecp.spam.features import Features, extract
from wagtail_ecp.spam.learner import Learner, Places, find_places, sigmoid
from wagtail_ecp.spam.memory import Lesson, Memory
from wagtail_ecp.spam.reading import LOOKED_AT

if TYPE_CHECKING:
    from wagtail_ecp.spam.clues import Clue

SHARPNESS: Final = 2.0  # From the mean of the views' logits to that of the score.
# Where nearly all marks are of one verdict, what all mail has in common would seem
# to speak for it: then each teaches less.
FREE_MARKS: Final = 10
MAX_RATIO: Final = 3


class Scorer:
    """Three views of a mail, each with a learner; the score is of their mean."""

    sharpness = SHARPNESS

    def __init__(
        self, learner: Learner | None = None, *, has_prior: bool = False
    ) -> None:
        self.has_prior = has_prior
        self.counts = {True: 0, False: 0}
        self.memory = Memory()
        self.caution = Caution()
        self.learner = learner or Learner()
        self._last: tuple[bytes, Features] | None = None
        self._found: tuple[Features, Places] | None = None

    @property
    def marks(self) -> int:
        """How many marks have been learned."""
        return sum(self.counts.values())

    def score(self, raw: bytes) -> float:
        """Return 0 (wanted) to 100 (spam) for a mail as it came; never raises."""
        return self.score_features(self._features(raw))

    def score_features(self, features: Features) -> float:
        """Return the score of a mail from what ``extract`` made of it."""
        return 100 * sigmoid(self.logit(features))

    def logit(self, features: Features) -> float:
        """Return what the score is made from: 0 is neutral, positive is spam."""
        logits = self.learner.logits(self._places(features))
        return SHARPNESS * sum(logits) - self.shift

    @property
    def shift(self) -> float:
        """How far scores are held back while marks are few."""
        return self.caution.shift(self.counts) if self.has_prior else 0.0

    def learn(self, raw: bytes, *, is_spam: bool, weight: float = 1.0) -> None:
        """Learn from one mark."""
        self.learn_features(self._features(raw), is_spam=is_spam, weight=weight)

    def learn_features(
        self, features: Features, *, is_spam: bool, weight: float = 1.0
    ) -> None:
        """Learn from one mark on a mail that may be gone by now."""
        is_spam = bool(is_spam)
        lesson = Lesson(features, is_spam, weight, self._places(features))
        if self.has_prior:
            self._teach_with_caution(lesson)
        else:
            self.counts[is_spam] += 1
            self._teach(lesson)
        for earlier in self.memory.recall(self.marks, is_spam=is_spam):
            self._teach(earlier)
        if weight >= 1:  # What is believed in part is not repeated.
            self.memory.keep(self.marks, lesson)

    def _teach_with_caution(self, lesson: Lesson) -> None:
        learned, known = self.learner.logits(lesson.places)
        self.counts[lesson.is_spam] += 1
        self._teach(lesson)
        after, _ = self.learner.logits(lesson.places)
        logit = SHARPNESS * (learned + known)
        seen = Seen(lesson.is_spam, lesson.weight, SHARPNESS * learned, logit)
        self.caution.observe(seen, SHARPNESS * after, self.counts)

    def _teach(self, lesson: Lesson) -> None:
        weight = lesson.weight * self._balance(is_spam=lesson.is_spam)
        self.learner.learn(lesson.places, is_spam=lesson.is_spam, weight=weight)

    def _balance(self, *, is_spam: bool) -> float:
        own, other = self.counts[is_spam], self.counts[not is_spam]
        return min(1.0, MAX_RATIO * (other + FREE_MARKS) / (own + FREE_MARKS))

    def explain(self, raw: bytes) -> list[tuple[str, float]]:
        """Return the strongest clues in words, each with its points."""
        return [(clue.words, clue.points) for clue in self.clues(raw)]

    def clues(self, raw: bytes) -> list[Clue]:
        """Return the strongest clues; positive points speak for spam.

        Points sum to the score minus 50; what can't be said in words is one of them.
        """
        return find_clues(self, bytes(raw[:LOOKED_AT]))

    def to_bytes(self) -> bytes:
        """Return the model for ``from_bytes``: the same model, the same bytes."""
        tables = np.concatenate((self.learner.weights, self.learner.roots))
        weights = tables.astype("<f2").tobytes()
        counts = (self.counts[True], self.counts[False], self.has_prior)
        head = (*counts, *self.caution.to_numbers())
        return blob.pack(head, weights, self.memory.to_bytes())

    @classmethod
    def from_bytes(cls, data: bytes) -> Scorer:
        """Return the model that ``data`` holds, or raise CorruptModelError."""
        (spam, ham, has_prior, *caution), weights, memory = blob.unpack(data)
        tables = np.frombuffer(weights, "<f2").astype(np.float32)
        known = _prior.weights() if has_prior else None
        learned, roots = np.split(tables, 2)
        scorer = cls(Learner(learned, roots, known), has_prior=has_prior)
        scorer.counts = {True: spam, False: ham}
        scorer.caution = Caution.from_numbers(*caution)
        scorer.memory = Memory.from_bytes(memory)
        return scorer

    def _places(self, features: Features) -> Places:
        # As most mail is scored and then learned.
        if self._found is None or self._found[0] is not features:
            self._found = (features, find_places(features))
        return self._found[1]

    def _features(self, raw: bytes) -> Features:
        # Most mail is scored and then learned: look at it once.
        start = bytes(raw[:LOOKED_AT])
        if self._last is None or self._last[0] != start:
            self._last = (start, extract(start))
        return self._last[1]


def new_scorer(prior: bool = True) -> Scorer:
    """Return a scorer that has learned nothing here, with or without the prior."""
    known = _prior.weights() if prior else None
    return Scorer(Learner(prior=known), has_prior=prior)
