"""The built-in scorer: learns from marks which mail is unwanted here."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Final

import numpy as np

from wagtail_ecp.exceptions import CorruptModelError
from wagtail_ecp.spam.features import SIZE, VIEWS, Features, extract
from wagtail_ecp.spam.learner import Learner, sigmoid
from wagtail_ecp.spam.reading import LOOKED_AT

if TYPE_CHECKING:
    from wagtail_ecp.spam.clues import Clue

MAGIC: Final = b"ECPspam1"
SHARPNESS: Final = 1.0  # From the mean logit to the logit of the score.
_HEAD: Final = struct.Struct("<8sIIIB")


class Scorer:
    """Three views of a mail, each with a learner; the score is of their mean."""

    def __init__(self, *, has_prior: bool, learners: list[Learner] | None = None):
        self.has_prior = has_prior
        self.spam_marks = 0
        self.ham_marks = 0
        self._learners = learners or [Learner() for _ in VIEWS]
        self._last: tuple[bytes, Features] | None = None

    @property
    def marks(self) -> int:
        """How many marks have been learned."""
        return self.spam_marks + self.ham_marks

    def score(self, raw: bytes) -> float:
        """Return 0 (wanted) to 100 (spam) for a mail as it came; never raises."""
        return self.score_features(self._features(raw))

    def score_features(self, features: Features) -> float:
        """Return the score of a mail from what ``extract`` made of it."""
        return 100 * sigmoid(self.logit(features))

    def logit(self, features: Features) -> float:
        """Return what the score is made from: 0 is neutral, positive is spam."""
        views = zip(self._learners, features, strict=True)
        logits = [learner.logit(places) for learner, places in views]
        return SHARPNESS * sum(logits) / len(logits)

    def learn(self, raw: bytes, *, is_spam: bool, weight: float = 1.0) -> None:
        """Learn from one mark."""
        self.learn_features(self._features(raw), is_spam=is_spam, weight=weight)

    def learn_features(
        self, features: Features, *, is_spam: bool, weight: float = 1.0
    ) -> None:
        """Learn from one mark on a mail that may be gone by now."""
        for learner, places in zip(self._learners, features, strict=True):
            learner.learn(places, is_spam=is_spam, weight=weight)
        self.spam_marks += is_spam
        self.ham_marks += not is_spam

    def explain(self, raw: bytes) -> list[tuple[str, float]]:
        """Return the strongest clues in words, each with its points."""
        return [(clue.words, clue.points) for clue in self.clues(raw)]

    def clues(self, raw: bytes) -> list[Clue]:
        """Return the strongest clues, those towards spam with positive points."""
        return []

    def to_bytes(self) -> bytes:
        """Return the model for ``from_bytes``: the same model, the same bytes."""
        tables = [t for one in self._learners for t in (one.weights, one.roots)]
        plain = np.concatenate(tables).astype("<f2").tobytes()
        head = (self.spam_marks, self.ham_marks, self.has_prior)
        return _HEAD.pack(MAGIC, zlib.crc32(plain), *head) + zlib.compress(plain)

    @classmethod
    def from_bytes(cls, blob: bytes) -> Scorer:
        """Return the model that ``blob`` holds, or raise CorruptModelError."""
        try:
            magic, checksum, spam, ham, has_prior = _HEAD.unpack_from(blob)
            plain = zlib.decompress(blob[_HEAD.size :])
        except (struct.error, zlib.error) as error:
            raise CorruptModelError("This is no spam model.") from error
        if (magic, checksum) != (MAGIC, zlib.crc32(plain)):
            raise CorruptModelError("The spam model is damaged.")
        tables = np.frombuffer(plain, "<f2").astype(np.float32)
        views = tables.reshape(len(VIEWS), 2, SIZE)
        scorer = cls(
            has_prior=bool(has_prior),
            learners=[Learner(weights, roots) for weights, roots in views],
        )
        scorer.spam_marks, scorer.ham_marks = spam, ham
        return scorer

    def _features(self, raw: bytes) -> Features:
        # Most mail is scored and then learned: look at it once.
        start = bytes(raw[:LOOKED_AT])
        if self._last is None or self._last[0] != start:
            self._last = (start, extract(start))
        return self._last[1]


def new_scorer(prior: bool = True) -> Scorer:
    """Return a scorer that has learned nothing here, with or without the prior."""
    return Scorer(has_prior=prior)
