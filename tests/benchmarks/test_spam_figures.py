"""What the figures of the comparison mean, on scores that one can check by hand."""

import pytest

from benchmarks.spam.figures import (
    Band,
    calibration,
    ham_error,
    one_minus_roca,
    share_holding,
    spam_miss,
)


def test_a_perfect_ranking_is_0_and_the_reverse_100():
    truth = [False, False, True]

    assert one_minus_roca([1, 2, 3], truth) == 0
    assert one_minus_roca([3, 2, 1], truth) == 100


def test_equal_scores_count_half():
    assert one_minus_roca([5, 5, 5, 5], [True, False, True, False]) == 50
    assert one_minus_roca([1, 5, 5, 9], [False, False, True, True]) == 12.5


def test_ranking_looks_at_the_unrounded_score():
    assert one_minus_roca([0.1, 0.2], [False, True]) == 0


@pytest.mark.parametrize("label", [True, False])
def test_one_kind_of_mail_alone_cannot_be_ranked(label):
    with pytest.raises(ValueError, match="wanted mail"):
        one_minus_roca([1, 2], [label, label])


def test_errors_are_shares_of_their_own_kind():
    verdicts = [True, False, False, False, True]
    truth = [False, False, False, False, True]

    assert ham_error(verdicts, truth) == 25
    assert spam_miss(verdicts, truth) == 0
    assert spam_miss([False, False, False, False, False], truth) == 100


def test_a_band_has_its_lower_edge_and_the_last_one_both():
    bands = calibration(
        [0, 49.9, 50, 99, 100], [False, True, True, False, True], edges=(0, 50, 100)
    )

    assert bands == [Band(0, 50, 2, 1), Band(50, 100, 3, 2)]


def test_a_bound_that_always_holds_holds_in_every_draw():
    truth = [False, True] * 20
    perfect = [[float(label) for label in truth]]
    guess = [[0.0] * len(truth)]

    def is_lower(ours, theirs):
        return ours < theirs

    assert share_holding(is_lower, perfect, guess, truth, times=20) == 1
    assert share_holding(is_lower, guess, perfect, truth, times=20) == 0
