"""Let one filter see one stream from the first message to the last."""

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from benchmarks.spam.figures import one_minus_roca
from benchmarks.spam.filters import Contestant, Verdict
from benchmarks.spam.rows import WRONG_SHARE, Row
from benchmarks.spam.streams import Mail, Stream, flipped

STEP = 100


@dataclass(frozen=True)
class Pass:
    """What came out of it."""

    verdicts: list[Verdict]
    truth: list[bool]
    cpu_ms: float | None
    """Processor time for each message, scored and learned."""
    model_bytes: int | None

    @cached_property
    def scores(self) -> list[float]:
        """Return the scores in the stream's order."""
        return [verdict.score for verdict in self.verdicts]

    @cached_property
    def roca(self) -> float:
        """Return 1-ROCA%."""
        return one_minus_roca(self.scores, self.truth)


def passes(contestant: Contestant, row: Row, stream: Stream) -> list[Pass]:
    """Return a pass of an empty filter for each of the row's seeds."""
    return [_pass(contestant, row, stream, seed) for seed in row.seeds]


def _pass(contestant: Contestant, row: Row, stream: Stream, seed: int | None) -> Pass:
    truth = [mail.is_spam for mail in stream]
    marks = truth if seed is None else flipped(stream, share=WRONG_SHARE, seed=seed)
    began = time.monotonic()
    with contestant.start() as pupil:
        before = pupil.cpu_seconds()
        shown = _shown(stream, f"{row.key}, {contestant.name}")
        verdicts = row.teach(pupil, shown, marks)
        cpu_ms = _milliseconds(before, pupil.cpu_seconds(), len(stream))
        result = Pass(verdicts, truth, cpu_ms, pupil.model_bytes())
    figure = f": {result.roca:.3f} in {time.monotonic() - began:.0f} s"
    print(figure, file=sys.stderr, flush=True)
    return result


def _milliseconds(
    before: float | None, after: float | None, messages: int
) -> float | None:
    if before is None or after is None:
        return None
    return 1000 * (after - before) / messages


def _shown(stream: Stream, what: str) -> Iterator[Mail]:
    """Pass the stream on and show on stderr how far it is."""
    for number, mail in enumerate(stream, start=1):
        yield mail
        if number % STEP == 0 or number == len(stream):
            line = f"\r{what}: {number} of {len(stream)}"
            print(line, end="", file=sys.stderr, flush=True)
