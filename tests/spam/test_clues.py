"""Reasons are words, and their points add up."""

from __future__ import annotations

import pytest

from tests.spam.mails import HAM, SPAM, a_stream
from wagtail_ecp.spam.clues import MAX_CLUES, TEMPLATES, Clue
from wagtail_ecp.spam.scoring import new_scorer


@pytest.fixture(scope="module")
def scorer():
    """A scorer that has learned to tell the two kinds apart."""
    scorer = new_scorer(prior=False)
    for raw, is_spam in a_stream(100):
        scorer.learn(raw, is_spam=is_spam)
    return scorer


@pytest.mark.parametrize("raw", [SPAM, HAM, b"", b"no head at all, just text"])
def test_points_add_up_to_the_distance_from_the_middle(scorer, raw):
    points = [points for _, points in scorer.explain(raw)]

    assert sum(points) == pytest.approx(scorer.score(raw) - 50, abs=0.01)


def test_the_strongest_clue_comes_first(scorer):
    strengths = [abs(points) for _, points in scorer.explain(SPAM)]

    assert strengths == sorted(strengths, reverse=True)
    assert len(strengths) <= MAX_CLUES + 3


def test_a_phrase_is_shown_as_it_reads(scorer):
    raw = b"From: a@x.example\nSubject: hi\n\nclaim your lottery prize million\n"
    for _ in range(5):
        scorer.learn(raw, is_spam=True)

    clues = dict(scorer.explain(raw))

    assert clues["the words “claim your lottery prize million”"] > 0


def test_a_link_to_a_number_is_told():
    scorer = new_scorer(prior=False)
    for number in range(20):
        host = f"10.{number}.2.3" if number % 2 else f"host{number}.example"
        raw = f"Subject: x\n\nhttp://{host}/".encode()
        scorer.learn(raw, is_spam=bool(number % 2))

    clues = dict(scorer.explain(b"Subject: x\n\nhttp://10.99.2.3/"))

    assert clues["a link to a bare number instead of a name"] > 0


def test_explaining_changes_nothing(scorer):
    before = scorer.to_bytes()

    assert scorer.explain(SPAM) == scorer.explain(SPAM)
    assert scorer.to_bytes() == before


def test_words_are_made_of_a_template():
    assert Clue("link", "x.example", 3.0).words == "a link to x.example"
    assert Clue("missing", "To", 3.0).words == "it has no header To"


def test_each_template_takes_a_value_with_any_letters():
    for kind in TEMPLATES:
        assert Clue(kind, "100 % (sure)", 1.0).words
