"""What the scorer knows on its first day, and how carefully it goes on."""

from __future__ import annotations

import random

import numpy as np
import pytest

from benchmarks import spam_prior
from tests.mail.mails import CORPORA, needs_corpora
from tests.spam.mails import a_mail
from wagtail_ecp.spam import prior
from wagtail_ecp.spam.caution import LIMIT, Caution, Seen
from wagtail_ecp.spam.features import SIZE, VIEWS, extract
from wagtail_ecp.spam.scoring import new_scorer

EARLY = 200
MOST = 0.01  # Of the wanted mail may be in Spam while marks are few.


def test_the_prior_is_small():
    assert prior.FILE.stat().st_size < 500_000


def test_the_prior_has_a_weight_for_each_place():
    weights = prior.weights()

    assert weights.shape == (len(VIEWS) * SIZE,)
    assert np.isfinite(weights).all()
    assert (weights > 0).any()
    assert (weights < 0).any()


def test_two_scorers_do_not_share_what_they_learn():
    chance = random.Random(1)  # noqa: S311
    one, other = new_scorer(), new_scorer()
    raw = a_mail(chance, is_spam=True)
    before = other.score(raw)

    one.learn(raw, is_spam=False)

    assert other.score(raw) == before


@pytest.mark.parametrize("marks", [1, 5, 10, 50, 100])
def test_marks_of_spam_alone_do_not_put_wanted_mail_into_spam(marks):
    chance = random.Random(4)  # noqa: S311
    scorer = new_scorer()
    for _ in range(marks):
        scorer.learn(a_mail(chance, is_spam=True), is_spam=True)

    scores = [scorer.score(a_mail(chance, is_spam=False)) for _ in range(100)]

    assert sum(score >= 70 for score in scores) <= MOST * len(scores)


WAYS = {
    "mixed": lambda number: number % 3 == 0,
    "spam first": lambda number: number < 50 or number % 3 == 0,
    "wanted first": lambda number: number >= 50 and number % 3 == 0,
    "little spam": lambda number: number % 10 == 9,
    "little wanted": lambda number: number % 10 != 9,
}


@pytest.mark.parametrize("way", WAYS)
def test_wanted_mail_stays_out_of_spam_in_whichever_order_marks_come(way):
    chance = random.Random(6)  # noqa: S311
    scorer = new_scorer()
    others = [extract(a_mail(chance, is_spam=False)) for _ in range(100)]
    lost = []

    for number in range(200):
        is_spam = WAYS[way](number)
        scorer.learn(a_mail(chance, is_spam=is_spam), is_spam=is_spam)
        if number % 10 == 9:
            lost.append(sum(scorer.score_features(other) >= 70 for other in others))

    assert max(lost) <= MOST * len(others)


def test_wanted_mail_that_came_out_high_lowers_scores_below_the_threshold():
    caution = Caution()

    caution.observe(Seen(False, 1.0, 0.0, 3.0), 0.0, {True: 0, False: 1})

    assert 3.0 - caution.shift({True: 0, False: 1}) < LIMIT


def test_a_weak_mark_lowers_scores_by_less():
    weak, full = Caution(), Caution()

    weak.observe(Seen(False, 0.1, 0.0, 3.0), 0.0, {True: 0, False: 1})
    full.observe(Seen(False, 1.0, 0.0, 3.0), 0.0, {True: 0, False: 1})

    counts = {True: 0, False: 1}
    assert Caution().shift(counts) < weak.shift(counts) < full.shift(counts)


def test_nothing_is_held_back_when_much_is_known_of_both_kinds():
    caution = Caution()

    caution.observe(Seen(False, 1.0, 0.0, 3.0), 0.0, {True: 200, False: 200})

    assert caution.shift({True: 200, False: 200}) == 0


def test_the_scorer_catches_spam_after_marks_of_both_kinds():
    chance = random.Random(5)  # noqa: S311
    scorer = new_scorer()
    for number in range(200):
        is_spam = number % 3 == 0
        scorer.learn(a_mail(chance, is_spam=is_spam), is_spam=is_spam)

    caught = [scorer.score(a_mail(chance, is_spam=True)) >= 70 for _ in range(50)]
    lost = [scorer.score(a_mail(chance, is_spam=False)) >= 70 for _ in range(50)]

    assert sum(caught) >= 45
    assert sum(lost) == 0


def means(weights, samples, orders):
    """What is in Spam after each number of marks, on average over their orders."""
    found = [spam_prior.judged(weights, samples, order) for order in orders]
    return {
        step: spam_prior.average(shares)
        for step, shares in zip(spam_prior.STEPS, zip(*found, strict=True), strict=True)
    }


@pytest.fixture(scope="module")
def sets():
    """The three sets that the prior is made of."""
    return {
        name: spam_prior.read_set(CORPORA / "spam", name) for name in spam_prior.SETS
    }


class TestOnSetsThatAreLeftOut:
    pytestmark = [*needs_corpora, pytest.mark.slow]

    @pytest.mark.parametrize("left_out", ["spamassassin-part", "list-ham"])
    def test_wanted_mail_is_not_in_spam_on_day_one(self, sets, left_out):
        others = spam_prior.others(sets, left_out)
        scorer = spam_prior.started(spam_prior.train(others))
        wanted = [s.features for s in sets[left_out] if not s.is_spam]

        lost = sum(scorer.score_features(features) >= 70 for features in wanted)

        assert lost <= MOST * len(wanted)

    @pytest.mark.parametrize("left_out", ["spamassassin-part", "list-ham"])
    def test_wanted_mail_is_not_in_spam_while_marks_are_few(self, sets, left_out):
        weights = spam_prior.train(spam_prior.others(sets, left_out))

        lost = {
            (way, step): share.wanted
            for way, orders in spam_prior.ways_to_mark(sets[left_out]).items()
            for step, share in means(weights, sets[left_out], orders).items()
        }

        early = {cell: share for cell, share in lost.items() if cell[1] <= EARLY}
        assert len(early) >= 2 * len(
            [step for step in spam_prior.STEPS if step <= EARLY]
        )
        assert [cell for cell, share in early.items() if not share <= 100 * MOST] == []

    def test_a_fair_part_of_spam_is_caught_after_200_marks(self, sets):
        samples = sets["spamassassin-part"]
        weights = spam_prior.train(spam_prior.others(sets, "spamassassin-part"))
        orders = spam_prior.ways_to_mark(samples)["shuffled"]

        caught = means(weights, samples, orders)[EARLY].spam

        assert caught >= 50
