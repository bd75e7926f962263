"""Draws how a month's scores are spread, and what people decided."""

from collections.abc import Sequence
from math import sqrt
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy, pgettext_lazy

from wagtail_ecp.admin.numbers import grouped
from wagtail_ecp.spam.models import Score
from wagtail_ecp.spam.preview import BUCKETS, Month

#: The picture is 100 wide, as the slider, and so high.
HEIGHT = 40.0
SMALLEST = 0.8  # What is there at all is seen.
#: From the bottom of a bar to its top.
LAYERS = (
    (Score.Decision.NONE, "none", gettext_lazy("nobody decided")),
    (Score.Decision.ANSWERED, "answered", gettext_lazy("answered by the team")),
    (Score.Decision.WANTED, "wanted", gettext_lazy("marked as not spam")),
    (Score.Decision.SPAM, "spam", gettext_lazy("marked as spam")),
)
TENS = range(0, 100, 10)


class Piece(NamedTuple):
    """A part of a bar; its numbers are written as SVG wants them."""

    kind: str
    x: str
    y: str
    height: str


class Line(NamedTuple):
    """A line of the table that says the same in numbers."""

    scores: str
    numbers: Sequence[str]


class Histogram(NamedTuple):
    """The picture, its legend and its table."""

    pieces: Sequence[Piece]
    legend: Sequence[tuple[str, Any, str]]  # Kind, words and how many.
    lines: Sequence[Line]
    exempt: int
    total: int  # Without the exempt.

    @property
    def exempt_in_words(self) -> str:
        """How many are left out."""
        return grouped(self.exempt)


def histogram(month: Month) -> Histogram:
    """Return the picture of these scores."""
    layers = [month.histogram(decision) for decision, _kind, _words in LAYERS]
    sums = [sum(layer) for layer in layers]
    return Histogram(
        pieces=_pieces([_as_wide(layer) for layer in layers]),
        legend=[
            (kind, words, grouped(number))
            for (_decision, kind, words), number in zip(LAYERS, sums, strict=True)
        ],
        lines=[_line(layers, ten) for ten in TENS],
        exempt=month.total - sum(sums),
        total=sum(sums),
    )


def _as_wide(layer: Sequence[int]) -> list[int]:
    """Let the few scores of exactly 100 stand with those of 99, as the slider ends."""
    return [*layer[: BUCKETS - 2], layer[BUCKETS - 2] + layer[BUCKETS - 1]]


def _pieces(layers: Sequence[Sequence[int]]) -> list[Piece]:
    """Return the bars; their height goes by the square root, so small ones are seen."""
    columns = list(zip(*layers, strict=True))
    highest = max(map(sum, columns), default=0)
    pieces = []
    for x, column in enumerate(columns):
        total = sum(column)
        if not total:
            continue
        height = max(HEIGHT * sqrt(total / highest), SMALLEST)
        top = HEIGHT
        for (_decision, kind, _words), number in zip(LAYERS, column, strict=True):
            part = height * number / total
            top -= part
            if number:
                pieces.append(Piece(kind, str(x), f"{top:.2f}", f"{part:.2f}"))
    return pieces


def _line(layers: Sequence[Sequence[int]], ten: int) -> Line:
    end = ten + 10 if ten < TENS[-1] else BUCKETS
    return Line(
        scores=str(RANGE % {"first": ten, "last": min(end - 1, 100)}),
        numbers=[grouped(sum(layer[ten:end])) for layer in layers],
    )


RANGE = pgettext_lazy("scores", "%(first)s to %(last)s")
