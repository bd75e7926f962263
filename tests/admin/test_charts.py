"""Where the parts of a picture lie."""

import pytest

from wagtail_ecp.admin.dashboard.charts import LEFT, WIDTH, bars, grid, lines
from wagtail_ecp.admin.dashboard.metrics.writing import Writing, change, written
from wagtail_ecp.metrics.results import Unit

NUMBERS = Writing(Unit.NUMBER)


def drawn(*values):
    return lines([("A", values)], first="a", last="b", write=NUMBERS)


def test_a_line_goes_from_the_left_to_the_right():
    (curve,) = drawn(0, 5, 10).curves

    xs = [float(point.split(",")[0]) for point in curve.parts[0].split()]
    ys = [float(point.split(",")[1]) for point in curve.parts[0].split()]
    assert (xs[0], xs[-1]) == (LEFT, WIDTH - 4)
    assert ys[0] > ys[1] > ys[2]


def test_where_there_is_nothing_a_line_is_interrupted():
    (curve,) = drawn(1, 2, None, 3, None, 4, 5).curves

    assert [len(part.split()) for part in curve.parts] == [2, 2]
    assert len(curve.dots) == 1  # What stands alone is a dot.


@pytest.mark.parametrize("values", [(), (None, None), (0, 0), (7,)])
def test_little_is_drawn_as_well(values):
    assert drawn(*values).ticks


@pytest.mark.parametrize(
    ("most", "top"), [(1, "1"), (3, "4"), (7, "8"), (99, "100"), (1234, "2,000")]
)
def test_values_at_the_side_are_round(most, top):
    assert drawn(0, most).ticks[-1].words == top


def test_durations_at_the_side_are_round_durations():
    write = Writing(Unit.SECONDS)

    chart = lines([("A", [5000])], first="", last="", write=write)

    assert [tick.words for tick in chart.ticks] == ["0 s", "1 h", "2 h"]


def test_the_largest_bar_reaches_all_the_way_and_twelve_are_shown():
    chart = bars([(str(n), n) for n in range(20, 0, -1)], write=NUMBERS)

    assert len(chart.bars) == 12
    assert float(chart.bars[0].width) == WIDTH
    assert float(chart.bars[1].width) == WIDTH * 19 / 20


def test_nothing_has_no_bar():
    assert bars([("A", 0), ("B", None)], write=NUMBERS).bars[0].width == "0.0"


def test_a_cell_is_darker_where_there_is_more():
    chart = grid([("Mon", [0, 2, 4])], ["0", "1", "2"], write=NUMBERS)

    assert [cell.dark for cell in chart.cells] == ["0.00", "0.50", "1.00"]
    assert chart.cells[2].words == "Mon 2: 4"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (7_800, "2 h 10 min"),
        (36_000, "10 h"),
        (37_000, "10 h"),
        (86_400, "1 d"),
        (108_000, "1 d 6 h"),
        (864_000, "10 d"),
        (None, "—"),
    ],
)
def test_durations_are_told_in_their_two_largest_units(seconds, words):
    assert written(seconds, Unit.SECONDS) == words


def test_shares_are_told_in_per_cent_and_numbers_with_their_thousands():
    assert written(0.125, Unit.SHARE) == "12.5 %"
    assert written(12345, Unit.NUMBER) == "12,345"


@pytest.mark.parametrize(
    ("value", "before", "words"),
    [
        (82, 100, "−18 %"),
        (120, 100, "+20 %"),
        (100, 100, "±0 %"),
        (5, 0, ""),
        (5, None, ""),
        (None, 5, ""),
    ],
)
def test_a_change_is_told_in_per_cent_of_what_was(value, before, words):
    assert change(value, before) == words
