"""An opinion is fit to be shown and reckoned with, wherever it comes from."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_ecp.spam.backends.base import MAX_CLUE_LENGTH, MAX_CLUES, Opinion
from wagtail_ecp.spam.backends.scale import blend, on_our_scale

scores = st.floats(min_value=0, max_value=100)


@pytest.mark.parametrize(("given", "kept"), [(-3, 0.0), (62.125, 62.125), (1e9, 100.0)])
def test_a_score_is_kept_between_0_and_100_unrounded(given, kept):
    assert Opinion(score=given).score == kept


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf, None, "7", True])
def test_a_score_that_is_no_number_is_refused(score):
    with pytest.raises(ValueError, match="number"):
        Opinion(score=score)


def test_clues_are_sorted_by_strength_and_those_without_points_left_out():
    clues = (("weak", 0.5), ("none", -0.0), ("good", -4.0), ("bad", 3.0), (" ", 9.0))

    assert Opinion(score=50, clues=clues).clues == (
        ("good", -4.0),
        ("bad", 3.0),
        ("weak", 0.5),
    )


def test_no_more_than_the_ten_strongest_clues_are_kept():
    clues = tuple((f"rule {number}", float(number)) for number in range(1, 31))

    kept = Opinion(score=50, clues=clues).clues

    assert [points for _text, points in kept] == [float(n) for n in range(30, 20, -1)]


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("two\r\nlines\x00\x1b[31m", "two lines [31m"),
        ("right\u202eto left\u2066", "right to left"),
        ("a\ud800b", "a b"),
        ("x" * 10_000, "x" * (MAX_CLUE_LENGTH - 1) + "…"),
        ("\n" * 10_000 + "far away", None),
    ],
)
def test_what_a_clue_quotes_is_one_short_visible_line(hostile, shown):
    clues = Opinion(score=50, clues=((hostile, 1.0),)).clues

    assert clues == (((shown, 1.0),) if shown else ())


@given(st.lists(st.tuples(st.text(), st.floats(-1e6, 1e6)), max_size=30))
def test_any_clue_is_short_and_printable(clues):
    kept = Opinion(score=1, clues=tuple(clues)).clues

    assert len(kept) <= MAX_CLUES
    for text, _points in kept:
        assert text.isprintable()
        assert 0 < len(text) <= MAX_CLUE_LENGTH


@pytest.mark.parametrize("threshold", [0.1, 4.0, 5.0, 6.0, 7.7, 15.0, 1000.0])
def test_another_programs_threshold_is_our_default_threshold(threshold):
    assert on_our_scale(threshold, threshold=threshold) == 70.0


@pytest.mark.parametrize(
    ("points", "expected"),
    [(-1e300, 0.0), (-5, 0.6), (0, 10.4), (2.5, 34.2), (10, 97.9), (1003.3, 100.0)],
)
def test_points_of_spamassassin_spread_over_our_scale(points, expected):
    assert round(on_our_scale(points, threshold=5.0), 1) == expected


@given(st.floats(-1e300, 1e300), st.floats(1e-300, 1e300))
def test_any_points_lie_on_our_scale(points, threshold):
    assert 0 <= on_our_scale(points, threshold=threshold) <= 100


@given(st.floats(-20, 40), st.floats(0.001, 10))
def test_more_points_are_a_higher_score(points, more):
    lower = on_our_scale(points, threshold=6.0)

    assert on_our_scale(points + more, threshold=6.0) > lower


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [(50, 50, 50), (90, 10, 50), (70, 70, 70), (20, 98, 77.8), (0, 100, 50)],
)
def test_two_scores_are_blended_by_their_logits(own, other, expected):
    assert round(blend(own, other), 1) == expected


@given(scores, scores)
def test_a_blend_lies_between_its_parts_and_favours_none(own, other):
    blended = blend(own, other)

    assert min(own, other) - 0.001 <= blended <= max(own, other) + 0.001
    assert blended == blend(other, own)
