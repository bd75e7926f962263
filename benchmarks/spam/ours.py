"""The filter of this project: no process, no network, no prior unless asked for."""

import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from benchmarks.spam.filters import Contestant, Verdict
from wagtail_ecp.spam.scoring import Scorer, new_scorer

THRESHOLD = 70


class Ours:
    """An empty scorer behind the default threshold."""

    def __init__(self) -> None:
        self._scorer: Scorer = new_scorer(prior=False)

    def judge(self, raw: bytes) -> Verdict:
        """Score the message."""
        score = self._scorer.score(raw)
        return Verdict(score, score >= THRESHOLD)

    def learn(self, raw: bytes, *, is_spam: bool) -> None:
        """Learn one mark."""
        self._scorer.learn(raw, is_spam=is_spam)

    def cpu_seconds(self) -> float:
        """Return what this process has used."""
        return time.process_time()

    def model_bytes(self) -> int:
        """Return the size of what is stored in the database."""
        return len(self._scorer.to_bytes())


@contextmanager
def _started() -> Iterator[Ours]:
    yield Ours()


def _version() -> str:
    return f"Python {platform.python_version()}, NumPy {np.__version__}"


OURS = Contestant("ours", _version, _started)
