"""Pictures of numbers as SVG: lines, bars, and a grid of weekdays and hours.

Where things lie is computed here; templates write it down, and a style sheet colours it.
Each picture comes with its numbers, which stand below it as a table.
"""

from collections.abc import Sequence
from math import floor, log10
from typing import Final, NamedTuple

WIDTH: Final = 360
HEIGHT: Final = 110
#: Left of the picture stand the values, below it the first and the last moment.
LEFT: Final = 44
BOTTOM: Final = 18
TOP: Final = 8
BAR: Final = 22
CELL: Final = 13
MOST_BARS: Final = 12

Number = int | float | None


class Write:
    """How values are written, and up to which round one a picture reaches."""

    def __call__(self, value: float) -> str:
        """Return the value as people read it."""
        raise NotImplementedError

    def round_up(self, value: float) -> float:
        """Return a round value that is not less."""
        if value <= 0:
            return 0
        power = 10.0 ** floor(log10(value))
        return next(
            power * factor for factor in (1, 2, 4, 6, 8, 10) if power * factor >= value
        )


class Tick(NamedTuple):
    """A value at the side, and how high it stands."""

    y: str
    words: str


class Curve(NamedTuple):
    """A line's parts: where there is nothing, it is interrupted."""

    name: str
    parts: Sequence[str]
    dots: Sequence[tuple[str, str]]


class Lines(NamedTuple):
    """Values over time."""

    curves: Sequence[Curve]
    ticks: Sequence[Tick]
    first: str
    last: str
    template: str = "wagtail_ecp/admin/dashboard/charts/lines.html"


class Bar(NamedTuple):
    """A named value, and how far its bar reaches."""

    name: str
    words: str
    y: int
    width: str


class Bars(NamedTuple):
    """Values beside each other, the largest reaching all the way."""

    bars: Sequence[Bar]
    height: int
    template: str = "wagtail_ecp/admin/dashboard/charts/bars.html"


class Cell(NamedTuple):
    """A value of the grid: how dark, from nothing to 1."""

    x: int
    y: int
    dark: str
    words: str


class Grid(NamedTuple):
    """Rows of cells, darker where there is more."""

    rows: Sequence[tuple[int, str]]
    columns: Sequence[tuple[int, str]]
    cells: Sequence[Cell]
    width: int
    height: int
    template: str = "wagtail_ecp/admin/dashboard/charts/grid.html"


def lines(
    named: Sequence[tuple[str, Sequence[Number]]],
    *,
    first: str,
    last: str,
    write: Write,
) -> Lines:
    """Return lines from the left to the right, the largest value at a round number."""
    most = max(
        (value for _name, values in named for value in values if value is not None),
        default=0,
    )
    top = write.round_up(most)
    ticks = [
        Tick(_y(value, top), write(value))
        for value in (0, top / 2, top)
        if top or not value
    ]
    curves = [_curve(name, values, top) for name, values in named]
    return Lines(curves, ticks, first, last)


def _curve(name: str, values: Sequence[Number], top: float) -> Curve:
    step = (WIDTH - LEFT - 4) / max(len(values) - 1, 1)
    parts: list[list[str]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            parts.append([])
        else:
            parts[-1].append(f"{LEFT + place * step:.1f},{_y(value, top)}")
    lone = [part[0].split(",") for part in parts if len(part) == 1]
    return Curve(
        name,
        [" ".join(part) for part in parts if len(part) > 1],
        [(x, y) for x, y in lone],
    )


def _y(value: float, top: float) -> str:
    room = HEIGHT - TOP - BOTTOM
    return f"{TOP + room * (1 - (value / top if top else 0)):.1f}"


def bars(named: Sequence[tuple[str, Number]], *, write: Write) -> Bars:
    """Return bars for the first twelve of these."""
    shown = [(name, value or 0) for name, value in named[:MOST_BARS]]
    most = max((value for _name, value in shown), default=0)
    found = [
        Bar(
            name,
            write(value),
            place * BAR,
            f"{WIDTH * value / most if most else 0:.1f}",
        )
        for place, (name, value) in enumerate(shown)
    ]
    return Bars(found, len(found) * BAR)


def grid(
    rows: Sequence[tuple[str, Sequence[Number]]],
    columns: Sequence[str],
    *,
    write: Write,
) -> Grid:
    """Return a cell for each value; every third column has its name above."""
    most = max((value or 0 for _name, values in rows for value in values), default=0)
    cells = [
        Cell(
            LEFT + x * CELL,
            BOTTOM + y * CELL,
            f"{(value or 0) / most if most else 0:.2f}",
            f"{name} {columns[x]}: {write(value or 0)}",
        )
        for y, (name, values) in enumerate(rows)
        for x, value in enumerate(values)
    ]
    return Grid(
        rows=[(BOTTOM + y * CELL, name) for y, (name, _values) in enumerate(rows)],
        columns=[
            (LEFT + x * CELL, name) for x, name in enumerate(columns) if not x % 3
        ],
        cells=cells,
        width=LEFT + len(columns) * CELL,
        height=BOTTOM + len(rows) * CELL,
    )
