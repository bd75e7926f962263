"""An outside scorer counts as the site wants it, and never holds up mail."""

import pytest
from django.utils import timezone

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.exceptions import BackendDownError
from wagtail_ecp.spam.backends.base import Opinion
from wagtail_ecp.spam.models import SpamModel


class Sure:
    """Takes every mail for spam."""

    def score(self, raw):
        return Opinion(score=99.5, clues=(("TOO_GOOD", 4.0),))


class Down:
    """Is never there; counts how often it was asked."""

    asked = 0

    def score(self, raw):
        Down.asked += 1
        raise BackendDownError("It is not there.")


@pytest.fixture
def backend(settings):
    def use(of, mode):
        path = f"{of.__module__}.{of.__qualname__}"
        backend = {"path": path, "mode": mode}
        settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "SPAM_BACKEND": backend}

    return use


def the_score(**columns):
    (row,) = receive_and_process(an_email(**columns))
    return row.message.score


def test_instead_of_ours_its_score_and_reasons_hold(db, backend):
    a_mailbox()
    backend(Sure, "instead")

    score = the_score()

    assert score.value == 99.5
    assert score.is_spam
    assert score.clues == [["outside", "TOO_GOOD", 4.0]]


def test_as_one_more_clue_it_moves_our_score(db, backend):
    a_mailbox()
    own = the_score(subject="One").value
    backend(Sure, "clue")

    score = the_score(subject="One", message_id="another@x")

    assert own < score.value < 99.5
    assert next(clue for clue in score.clues if clue[0] == "outside")[1] == "TOO_GOOD"


def test_one_that_is_down_is_noted_and_our_score_holds(db, backend):
    a_mailbox()
    own = the_score(subject="One").value
    backend(Down, "instead")

    score = the_score(subject="One", message_id="another@x")

    model = SpamModel.objects.get()
    assert score.value == pytest.approx(own, abs=5)
    assert model.backend_error == "It is not there."
    now = timezone.now()
    assert model.backend_down_since is not None
    assert model.backend_rests_until is not None
    assert model.backend_down_since <= now < model.backend_rests_until


def test_one_that_is_down_is_left_alone_by_later_batches_too(db, backend):
    a_mailbox()
    backend(Down, "instead")
    before = Down.asked

    for number in range(3):
        the_score(subject=f"Mail {number}")

    assert Down.asked == before + 1


def test_one_that_is_back_is_used_and_no_more_told_of(db, backend):
    a_mailbox()
    backend(Down, "instead")
    the_score(subject="One")
    SpamModel.objects.update(backend_rests_until=timezone.now())
    backend(Sure, "instead")

    score = the_score(subject="Two")

    assert score.value == 99.5
    assert SpamModel.objects.get().backend_down_since is None
