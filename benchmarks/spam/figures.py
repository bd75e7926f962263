"""What a filter's scores are worth, as pure functions of scores and true labels."""

import random
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from statistics import mean
from typing import NamedTuple


class Band(NamedTuple):
    """The messages whose score is at least ``low`` and below ``high``."""

    low: float
    high: float
    messages: int
    spam: int


def one_minus_roca(scores: Sequence[float], truth: Sequence[bool]) -> float:
    """Return 100 x (1 - area under the ROC curve): 0 is perfect, 50 is guessing.

    That is the share of pairs of one spam and one wanted message in which the wanted
    one has the higher score, in percent; a pair with equal scores counts half.
    """
    spam = sum(truth)
    ham = len(truth) - spam
    if not spam or not ham:
        raise ValueError("Ranking needs spam and wanted mail.")
    wrong = 0.0
    spam_below = 0
    ranked = sorted(zip(scores, truth, strict=True))
    for _score, tied in groupby(ranked, key=lambda pair: pair[0]):
        labels = [is_spam for _, is_spam in tied]
        tied_spam = sum(labels)
        wrong += (len(labels) - tied_spam) * (spam_below + tied_spam / 2)
        spam_below += tied_spam
    return 100 * wrong / (spam * ham)


def ham_error(verdicts: Sequence[bool], truth: Sequence[bool]) -> float:
    """Return how much of the wanted mail was taken for spam, in percent."""
    return _share(
        [v for v, is_spam in zip(verdicts, truth, strict=True) if not is_spam]
    )


def spam_miss(verdicts: Sequence[bool], truth: Sequence[bool]) -> float:
    """Return how much of the spam was taken for wanted mail, in percent."""
    pairs = zip(verdicts, truth, strict=True)
    return _share([not verdict for verdict, is_spam in pairs if is_spam])


def calibration(
    scores: Sequence[float], truth: Sequence[bool], *, edges: Sequence[float]
) -> list[Band]:
    """Return what was in each band between two edges; the last one includes its end."""
    bands = []
    for low, high in pairwise(edges):
        inside = [
            is_spam
            for score, is_spam in zip(scores, truth, strict=True)
            if low <= score < high or score == high == edges[-1]
        ]
        bands.append(Band(low, high, len(inside), sum(inside)))
    return bands


def share_holding(
    is_met: Callable[[float, float], bool],
    ours: Sequence[Sequence[float]],
    theirs: Sequence[Sequence[float]],
    truth: Sequence[bool],
    *,
    times: int,
) -> float:
    """Return in which share of random draws of the messages the bound holds.

    Both sides see the same draws; of several passes, the mean counts.
    """
    dice = random.Random(1)
    held = 0
    for _ in range(times):
        drawn = dice.choices(range(len(truth)), k=len(truth))
        labels = [truth[number] for number in drawn]
        held += is_met(_drawn(ours, drawn, labels), _drawn(theirs, drawn, labels))
    return held / times


def _drawn(
    passes: Sequence[Sequence[float]], drawn: Sequence[int], labels: Sequence[bool]
) -> float:
    return mean(
        one_minus_roca([scores[number] for number in drawn], labels)
        for scores in passes
    )


def _share(flags: Sequence[bool]) -> float:
    return 100 * sum(flags) / len(flags) if flags else 0.0
