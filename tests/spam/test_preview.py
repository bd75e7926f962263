"""What a threshold would do, before it is saved: numbers and lists."""

import pytest
from django.db import connection

from tests.builders import a_mailbox
from tests.scores import a_score
from wagtail_ecp.spam import preview, tally
from wagtail_ecp.spam.models import Score
from wagtail_ecp.spam.preview import Month

pytestmark = pytest.mark.django_db

Decision = Score.Decision


@pytest.fixture(params=["waiting", "tallied"])
def month(request):
    """A month of mail at the threshold of 70: its scores counted already, or not."""
    mailbox = a_mailbox()
    a_score(mailbox, 5.5)
    a_score(mailbox, 62.0)
    a_score(mailbox, 65.9, decision=Decision.ANSWERED)
    a_score(mailbox, 69.999)
    a_score(mailbox, 70.0)
    a_score(mailbox, 88.8)
    a_score(mailbox, 90.0, decision=Decision.WANTED)
    a_score(mailbox, 10.0, decision=Decision.SPAM, is_spam=True)
    a_score(mailbox, 99.9, standing="contact")
    a_score(mailbox, 99.9, days_ago=40)
    if request.param == "tallied":
        tally.settle()
    return Month()


def numbers(effect):
    return (effect.in_spam, effect.more, effect.answered, effect.going, effect.coming)


@pytest.mark.parametrize(
    ("threshold", "expected"),
    [
        (0, (7, 4, 1, 4, 0)),
        (62, (6, 3, 1, 3, 0)),
        (63, (5, 2, 1, 2, 0)),
        (69, (4, 1, 0, 1, 0)),
        (70, (3, 0, 0, 0, 0)),
        (71, (2, -1, 0, 0, 1)),
        (99, (1, -2, 0, 0, 2)),
        (100, (1, -2, 0, 0, 2)),
    ],
)
def test_each_position_of_the_slider_has_its_numbers(month, threshold, expected):
    assert numbers(month.effect(threshold)) == expected


def test_all_messages_of_the_month_are_counted_and_older_ones_are_not(month):
    assert month.effect(70).total == 9


@pytest.mark.parametrize("threshold", [0, 50, 62, 66, 70, 71, 89, 99, 100])
def test_the_lists_are_as_long_as_the_numbers_say(month, threshold):
    effect = month.effect(threshold)

    lists = (
        preview.going(threshold),
        preview.coming(threshold, least=effect.coming_from),
    )

    assert tuple(map(len, lists)) == (effect.going, effect.coming)
    assert len(preview.answered(threshold)) == effect.answered


def test_the_strongest_case_for_spam_is_listed_first(month):
    values = [score.value for score in preview.going(0)]

    assert values == [69.999, 65.9, 62.0, 5.5]


def test_the_weakest_case_for_spam_comes_back_first(month):
    assert [score.value for score in preview.coming(100)] == [70.0, 88.8]


def test_the_histogram_holds_what_may_be_judged_by_its_decision(month):
    found = {
        decision: {n: bar for n, bar in enumerate(month.histogram(decision)) if bar}
        for decision in Decision.values
    }

    assert found == {
        Decision.NONE: {5: 1, 62: 1, 69: 1, 70: 1, 88: 1},
        Decision.ANSWERED: {65: 1},
        Decision.SPAM: {10: 1},
        Decision.WANTED: {90: 1},
    }


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="reads the query plan of SQLite"
)
@pytest.mark.parametrize("name", ["going", "coming", "answered"])
def test_the_lists_are_read_in_the_order_of_an_index(month, name):
    rows = getattr(preview, name)(69)[:20]

    plan = rows.explain()

    assert "ecp_score_verdict" in plan
    assert "ORDER BY" not in plan  # No sorting of a month's scores.


def test_two_queries_answer_for_every_threshold(month, django_assert_num_queries):
    with django_assert_num_queries(2):
        for threshold in range(101):
            month.effect(threshold)


def test_without_mail_nothing_would_be_in_spam(db):
    assert numbers(Month().effect(0)) == (0, 0, 0, 0, 0)
