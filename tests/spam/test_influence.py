"""One member who is wrong about 200 messages must not spoil the others' mail."""

from __future__ import annotations

import random

import pytest

from benchmarks import spam_prior
from tests.mail.mails import CORPORA, needs_corpora
from tests.spam.mails import a_stream
from wagtail_ecp.spam.features import extract
from wagtail_ecp.spam.influence import MAX_A_DAY, is_against, weight
from wagtail_ecp.spam.scoring import new_scorer


def test_a_mark_that_the_model_expects_counts_in_full():
    assert weight(is_against=False, nth=100, is_weak=False) == 1.0


def test_the_first_contradiction_counts_in_full_and_later_ones_less():
    weights = [weight(is_against=True, nth=nth, is_weak=False) for nth in range(200)]

    assert weights[0] == 1.0
    assert weights == sorted(weights, reverse=True)
    assert sum(weights) < 5


def test_a_reply_counts_less_than_a_mark():
    assert 0 < weight(is_against=False, nth=0, is_weak=True) < 1


def test_marks_beyond_the_limit_of_a_day_do_not_count():
    assert weight(is_against=False, nth=MAX_A_DAY, is_weak=False) == 0
    assert weight(is_against=True, nth=MAX_A_DAY, is_weak=True) == 0


@pytest.mark.parametrize(
    ("score", "is_spam", "expected"),
    [(10, True, True), (50, True, False), (90, False, True), (50, False, False)],
)
def test_a_mark_is_against_a_model_that_was_sure_of_the_opposite(
    score, is_spam, expected
):
    assert is_against(score, is_spam=is_spam) is expected


def mark_wrongly(scorer, samples):
    """Let one member say the opposite of the truth, all on one day."""
    nth = 0
    for features, is_spam in samples:
        against = is_against(scorer.score_features(features), is_spam=not is_spam)
        lesson = weight(is_against=against, nth=nth, is_weak=False)
        nth += against
        scorer.learn_features(features, is_spam=not is_spam, weight=lesson)


def ham_error(scorer, samples):
    """The share of wanted mail that would be in Spam, in percent."""
    scores = [scorer.score_features(f) for f, is_spam in samples if not is_spam]
    return 100 * sum(score >= 70 for score in scores) / len(scores)


def damage(samples, *, honest, only_wanted):
    """By how many points 200 wrong marks raise the others' ham error."""
    scorer = new_scorer(prior=False)
    for features, is_spam in samples[:honest]:
        scorer.learn_features(features, is_spam=is_spam)
    rest = samples[honest:]
    victims = [s for s in rest if not (only_wanted and s[1])][:200]
    taken = {id(victim) for victim in victims}
    others = [s for s in rest if id(s) not in taken]
    before = ham_error(scorer, others)
    mark_wrongly(scorer, victims)
    return ham_error(scorer, others) - before


@pytest.mark.parametrize("only_wanted", [True, False])
def test_a_member_who_marks_200_wrongly_moves_the_ham_error_by_less_than_a_point(
    only_wanted,
):
    samples = [(extract(raw), is_spam) for raw, is_spam in a_stream(900)]

    assert damage(samples, honest=300, only_wanted=only_wanted) < 1


class TestOnMailOfOthers:
    pytestmark = [*needs_corpora, pytest.mark.slow]

    @pytest.mark.parametrize("honest", [300, 1_000])
    @pytest.mark.parametrize("only_wanted", [True, False])
    def test_the_bound_holds(self, honest, only_wanted):
        samples = spam_prior.read_set(CORPORA / "spam", "spamassassin-part")
        random.Random(7).shuffle(samples)  # noqa: S311

        assert damage(samples, honest=honest, only_wanted=only_wanted) < 1
