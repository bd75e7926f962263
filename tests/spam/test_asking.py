"""An outside scorer helps where it can, and never holds up mail."""

import datetime as dt
import logging
import threading
import time

import pytest

from tests.spam.bad_servers import HOST, serving, silent
from wagtail_ecp.exceptions import BackendDownError
from wagtail_ecp.spam.asking import MAX_BYTES, REST, Asker, Failure
from wagtail_ecp.spam.backends.base import Opinion
from wagtail_ecp.spam.backends.configuration import Configured
from wagtail_ecp.spam.backends.rspamd import Rspamd
from wagtail_ecp.spam.backends.scale import blend

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
RAW = b"Subject: x\r\n\r\nHello\r\n"


class Clock:
    def __init__(self):
        self.time = NOON

    def __call__(self):
        return self.time

    def forward(self, seconds):
        self.time += dt.timedelta(seconds=seconds)


class Scripted:
    """Answers one thing after the other, and raises what is an error."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = 0

    def score(self, raw):
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def clock():
    return Clock()


def an_asker(backend, *, mode="clue", **more):
    return Asker(Configured(backend=backend, mode=mode), **more)


def test_without_a_back_end_nobody_is_asked():
    asker = Asker.of_site()

    assert asker.ask(RAW) is None
    assert asker.failure is None
    assert not asker.is_instead
    assert asker.combine(42.5, None) == 42.5


def test_the_opinion_of_the_back_end_is_returned():
    opinion = Opinion(score=88.0, clues=(("RULE", 2.0),))
    asker = an_asker(Scripted(opinion))

    assert asker.ask(RAW) is opinion
    assert asker.failure is None


def test_an_opinion_counts_as_the_site_has_it():
    opinion = Opinion(score=98.0)

    instead = an_asker(Scripted(), mode="instead")
    clue = an_asker(Scripted(), mode="clue")

    assert (instead.is_instead, clue.is_instead) == (True, False)
    assert instead.combine(20.0, opinion) == 98.0
    assert clue.combine(20.0, opinion) == blend(20, 98)
    assert instead.combine(20.0, None) == 20.0


def test_mail_of_more_than_512_kilobytes_is_left_to_our_own_score():
    backend = Scripted(Opinion(score=1.0))
    asker = an_asker(backend)

    assert asker.ask(b"x" * (MAX_BYTES + 1)) is None
    assert asker.failure is None
    assert asker.ask(b"x" * MAX_BYTES) == Opinion(score=1.0)


def test_one_that_failed_is_left_alone_for_a_minute(clock):
    backend = Scripted(BackendDownError("gone"), Opinion(score=7.0))
    asker = an_asker(backend, now=clock)

    assert asker.ask(RAW) is None
    clock.forward(59.9)
    assert [asker.ask(RAW) for _mail in range(50)] == [None] * 50
    assert backend.asked == 1

    clock.forward(0.1)
    assert asker.ask(RAW) == Opinion(score=7.0)


def test_since_when_it_fails_is_known_until_it_answers(clock):
    backend = Scripted(
        BackendDownError("gone"), BackendDownError("still gone"), Opinion(score=7.0)
    )
    asker = an_asker(backend, now=clock)

    asker.ask(RAW)
    assert asker.failure == Failure(since=NOON, words="gone", until=NOON + REST)

    clock.forward(60)
    asker.ask(RAW)
    assert asker.failure == Failure(
        since=NOON, words="still gone", until=NOON + 2 * REST
    )

    clock.forward(60)
    asker.ask(RAW)
    assert asker.failure is None


def test_what_an_earlier_process_found_out_holds_in_the_next(clock):
    first = an_asker(Scripted(BackendDownError("gone")), now=clock)
    first.ask(RAW)
    backend = Scripted(BackendDownError("gone again"))
    second = an_asker(backend, now=clock, failure=first.failure)

    assert second.ask(RAW) is None
    assert backend.asked == 0

    clock.forward(60)
    second.ask(RAW)
    assert backend.asked == 1
    assert second.failure is not None
    assert second.failure.since == NOON


def test_a_back_end_that_is_taken_out_of_the_settings_fails_no_more():
    failure = Failure(since=NOON, words="gone", until=NOON + REST)

    assert Asker.of_site(failure=failure).failure is None


def test_foreign_code_that_never_returns_is_not_waited_for():
    over = threading.Event()

    class Hanging:
        def score(self, raw):
            over.wait()
            return Opinion(score=1.0)

    asker = an_asker(Hanging(), patience=0.2)
    begun = time.monotonic()
    found = [asker.ask(RAW) for _mail in range(50)]
    seconds = time.monotonic() - begun
    over.set()

    assert found == [None] * 50
    assert 0.2 <= seconds < 2
    assert asker.failure is not None
    assert asker.failure.words == "No answer within 0.2 seconds."


def test_a_server_that_never_answers_holds_up_fifty_mails_once():
    with serving(silent) as port:
        asker = an_asker(Rspamd(url=f"http://{HOST}:{port}", timeout=0.3))
        begun = time.monotonic()
        found = [asker.ask(RAW) for _mail in range(50)]
        seconds = time.monotonic() - begun

    assert found == [None] * 50
    assert 0.3 <= seconds < 2
    assert asker.failure is not None
    assert "rspamd at 127.0.0.1" in asker.failure.words


@pytest.mark.parametrize("answer", [None, 70.0, RuntimeError("password is s3cret")])
def test_foreign_code_that_gives_no_opinion_is_a_failure_without_its_words(answer):
    asker = an_asker(Scripted(answer))

    assert asker.ask(RAW) is None
    assert asker.failure is not None
    assert asker.failure.words == f"It gave no opinion but {type(answer).__name__}."


def test_settings_that_are_wrong_are_a_failure_and_no_error(settings):
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "SPAM_BACKEND": {"path": "no.B"}}

    asker = Asker.of_site()

    assert asker.ask(RAW) is None
    assert asker.combine(42.5, None) == 42.5
    assert asker.failure is not None
    assert asker.failure.words == "SPAM_BACKEND: No module named 'no'"


def test_a_failure_is_logged_once_until_it_is_over(clock, caplog):
    down = BackendDownError("gone")
    backend = Scripted(down, down, Opinion(score=1.0), down)
    asker = an_asker(backend, now=clock)

    with caplog.at_level(logging.WARNING, logger="wagtail_ecp.spam.asking"):
        for _minute in range(4):
            asker.ask(RAW)
            clock.forward(60)

    assert backend.asked == 4
    assert [record.getMessage() for record in caplog.records] == [
        "the spam back end fails, our own score is used: gone"
    ] * 2
