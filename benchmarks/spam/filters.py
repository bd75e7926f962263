"""What every filter in the comparison can do, ours and the others' alike."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Verdict(NamedTuple):
    """A filter's score of one message, and what its own default makes of that."""

    score: float
    is_spam: bool
    is_unsure: bool = False
    """It would rather ask; who marks errors only answers that too."""


class Filter(Protocol):
    """A filter that has learned nothing yet."""

    def judge(self, raw: bytes) -> Verdict:
        """Return the score, higher for spam, unrounded where the filter allows it."""

    def learn(self, raw: bytes, *, is_spam: bool) -> None:
        """Take a person's mark into account from the next message on."""

    def cpu_seconds(self) -> float | None:
        """Return the processor time used so far; None if that can't be told."""

    def model_bytes(self) -> int | None:
        """Return how large what it has learned is; None if that can't be told."""


@dataclass(frozen=True)
class Contestant:
    """A filter that may be installed; ``start`` gives an empty one."""

    name: str
    version: Callable[[], str]
    """What is installed; empty if nothing is."""
    start: Callable[[], AbstractContextManager[Filter]]
