"""What the scorer knows on its first day, and how carefully it goes on."""

from __future__ import annotations

import random

import numpy as np
import pytest

from benchmarks import spam_prior
from tests.mail.mails import CORPORA, needs_corpora
from tests.spam.mails import a_mail
from wagtail_ecp.spam import prior
from wagtail_ecp.spam.features import SIZE, VIEWS
from wagtail_ecp.spam.scoring import new_scorer

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
        others = [s for name, some in sets.items() if name != left_out for s in some]
        scorer = spam_prior.started(spam_prior.train(others))
        wanted = [s.features for s in sets[left_out] if not s.is_spam]

        lost = sum(scorer.score_features(features) >= 70 for features in wanted)

        assert lost <= MOST * len(wanted)
