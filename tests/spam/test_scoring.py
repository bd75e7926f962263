"""The scorer learns, forgets nothing on the way through bytes, and never raises."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.spam.mails import HAM, SPAM, a_stream
from wagtail_ecp.exceptions import CorruptModelError
from wagtail_ecp.spam.features import extract
from wagtail_ecp.spam.scoring import Scorer, new_scorer


def taught(length=60, *, seed=1, prior=False):
    """A scorer that has learned a stream."""
    scorer = new_scorer(prior=prior)
    for raw, is_spam in a_stream(length, seed=seed):
        scorer.learn(raw, is_spam=is_spam)
    return scorer


HOSTILE = {
    "empty": b"",
    "only blank lines": b"\r\n" * 50_000,
    "50 MB": b"Subject: big\n\n" + b"x" * 50_000_000,
    "binary": bytes(range(256)) * 1_000,
    "NULs": b"Subject: a\0b\n\n" + b"\0" * 100_000,
    "100,000 headers": b"X-A: b\n" * 100_000 + b"\nbody",
    "nested 10,000 deep": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
        for n in range(10_000)
    ),
    "wrong charset": b"Content-Type: text/plain; charset=utf-16\n\n\xff\xfe\xff",
    "unknown charset": b"Content-Type: text/plain; charset=x-moon\n\n\xff\xfe\xff",
    "broken base64": b"Content-Transfer-Encoding: base64\n\nA=B=C=\xff\xff?",
    "only open tags": b"Content-Type: text/html\n\n" + b"<a <style <!--" * 10_000,
    "only blanks in a header": b"Subject:" + b" " * 100_000 + b"\n\nbody",
    "only parameters": b"Content-Type: text/plain" + b"; name=" * 20_000 + b"\n\nbody",
    "lone surrogate": "Subject: \ud800\n\n\ud800".encode("utf-8", "surrogatepass"),
    "bad date": b"Received: a; 99 Xxx 99999999999 99:99\nDate: 99999999999999999999\n\n",
}


def test_a_scorer_without_prior_and_marks_has_no_opinion():
    assert new_scorer(prior=False).score(SPAM) == 50.0


def test_marks_move_the_score_of_like_mail():
    scorer = taught()

    assert scorer.score(SPAM) > 70
    assert scorer.score(HAM) < 30


@pytest.mark.parametrize("is_spam", [True, False])
def test_one_mark_moves_the_score_of_its_mail_the_right_way(is_spam):
    scorer = new_scorer(prior=False)

    scorer.learn(SPAM, is_spam=is_spam)

    assert (scorer.score(SPAM) > 50) is is_spam


def test_scores_are_not_rounded():
    scorer = taught()

    scores = [scorer.score(raw) for raw, _ in a_stream(50, seed=9)]

    assert len({score for score in scores if score != round(score, 3)}) > 45
    assert all(0 <= score <= 100 for score in scores)


def test_a_weak_mark_moves_less_than_a_full_one():
    weak, full = new_scorer(prior=False), new_scorer(prior=False)

    weak.learn(SPAM, is_spam=True, weight=0.1)
    full.learn(SPAM, is_spam=True)

    assert 50 < weak.score(SPAM) < full.score(SPAM)


def test_a_mark_without_weight_moves_nothing():
    scorer = new_scorer(prior=False)

    scorer.learn(SPAM, is_spam=True, weight=0)

    assert scorer.score(SPAM) == 50.0


def test_marks_are_counted():
    assert taught(60).marks == 60


def test_features_do_as_well_as_the_mail_itself():
    by_mail, by_features = new_scorer(prior=False), new_scorer(prior=False)

    by_mail.learn(SPAM, is_spam=True)
    by_features.learn_features(extract(SPAM), is_spam=True)

    assert by_features.score_features(extract(HAM)) == by_mail.score(HAM)
    assert by_features.to_bytes() == by_mail.to_bytes()


@pytest.mark.parametrize("prior", [True, False])
def test_a_model_survives_the_way_through_bytes(prior):
    scorer = taught(prior=prior)

    again = Scorer.from_bytes(scorer.to_bytes())

    assert again.marks == scorer.marks
    assert again.score(SPAM) == pytest.approx(scorer.score(SPAM), abs=0.1)
    assert again.score(HAM) == pytest.approx(scorer.score(HAM), abs=0.1)
    assert again.to_bytes() == scorer.to_bytes()


def test_learning_goes_on_the_same_after_the_way_through_bytes():
    scorer = taught()
    again = Scorer.from_bytes(scorer.to_bytes())

    for raw, is_spam in a_stream(60, seed=5):
        scorer.learn(raw, is_spam=is_spam)
        again.learn(raw, is_spam=is_spam)

    assert again.score(SPAM) == pytest.approx(scorer.score(SPAM), abs=0.5)


def test_the_same_marks_give_the_same_bytes():
    assert taught(seed=3).to_bytes() == taught(seed=3).to_bytes()


def test_hashing_differs_between_no_two_processes():
    program = (
        "import zlib; from tests.spam.test_scoring import taught;"
        "print(zlib.crc32(taught(20).to_bytes()))"
    )
    outputs = {
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(outputs) == 1


def test_a_model_is_small():
    assert len(taught(300).to_bytes()) < 1_500_000


@pytest.mark.parametrize(
    "damage",
    [
        lambda blob: b"",
        lambda blob: b"something else",
        lambda blob: blob[:-1],
        lambda blob: blob[:5000] + bytes([blob[5000] ^ 1]) + blob[5001:],
        lambda blob: b"X" + blob[1:],
        lambda blob: blob + b"x",
    ],
)
def test_a_damaged_model_is_refused(damage):
    blob = taught(20).to_bytes()

    with pytest.raises(CorruptModelError):
        Scorer.from_bytes(damage(blob))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_is_scored_and_explained_in_a_bounded_time(name):
    scorer, raw = taught(20), HOSTILE[name]

    began = time.process_time()
    score = scorer.score(raw)
    scorer.learn(raw, is_spam=True)
    scored = time.process_time() - began
    clues = scorer.explain(raw)

    assert 0 <= score <= 100
    assert scored < 0.5  # Measured: under 0.05; machines that test are busy.
    assert sum(points for _, points in clues) == pytest.approx(
        scorer.score(raw) - 50, abs=0.01
    )


@given(raw=st.binary(max_size=3_000))
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_scored_and_explained(raw):
    scorer = new_scorer()

    score = scorer.score(raw)

    assert 0 <= score <= 100
    assert sum(points for _, points in scorer.explain(raw)) == pytest.approx(
        score - 50, abs=0.01
    )


@given(
    body=st.text(max_size=500),
    kind=st.sampled_from(["text/plain", "text/html", "multipart/mixed; boundary=b"]),
    encoding=st.sampled_from(["8bit", "base64", "quoted-printable", "x"]),
    subject=st.text(max_size=50),
)
@settings(max_examples=60, deadline=None)
def test_any_text_is_scored_and_explained(body, kind, encoding, subject):
    head = f"Subject: {subject}\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}"
    raw = f"{head}\n\n{body}".encode("utf-8", "surrogatepass")
    scorer = new_scorer()

    score = scorer.score(raw)

    assert sum(points for _, points in scorer.explain(raw)) == pytest.approx(
        score - 50, abs=0.01
    )
