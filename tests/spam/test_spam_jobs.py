"""The spam filter's jobs: what they do, and that they may run twice."""

import pytest

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.jobs import spam as jobs
from wagtail_ecp.jobs.signal_handlers import connect
from wagtail_ecp.jobs.sweep import sweep
from wagtail_ecp.spam.models import Mark, Score, ScoreTally, SpamModel

Verdict = Mark.Verdict


@pytest.fixture(autouse=True)
def _at_once(settings):
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "JOB_QUEUE": "wagtail_ecp.queue.ImmediateQueue",
    }
    connect()


def test_a_mark_is_learned_by_a_job_of_its_own(
    db, alice, django_capture_on_commit_callbacks
):
    a_mailbox(repliers=[alice])
    receive_and_process(an_email())

    with django_capture_on_commit_callbacks(execute=True):
        actions.mark(Conversation.objects.get(), Verdict.SPAM, by=alice)

    assert SpamModel.objects.get().marks == 1


def test_a_mark_that_the_queue_forgot_is_learned_by_the_sweep(
    db, alice, django_capture_on_commit_callbacks
):
    a_mailbox(repliers=[alice])
    receive_and_process(an_email())
    actions.mark(Conversation.objects.get(), Verdict.SPAM, by=alice)

    with django_capture_on_commit_callbacks(execute=True):
        sweep()

    assert SpamModel.objects.get().marks == 1


def test_mail_from_before_the_filter_gets_its_score_and_stays_where_it_is(
    db, django_capture_on_commit_callbacks
):
    mailbox = a_mailbox()
    (row,) = receive_and_process(an_email())
    value = row.message.score.value
    Score.objects.all().delete()
    ScoreTally.objects.all().delete()
    mailbox.account.spam_threshold = 0
    mailbox.account.save()

    with django_capture_on_commit_callbacks(execute=True):
        sweep()

    score = Score.objects.get()
    assert score.value == value
    assert not score.is_spam
    assert Conversation.objects.get().folder == "inbox"


def test_scoring_a_message_again_gives_the_same_row(db):
    a_mailbox()
    (row,) = receive_and_process(an_email())
    before = Score.objects.values().get()

    jobs.score_message(row.message.pk)

    assert Score.objects.values().get() == before


def test_scoring_a_message_that_is_gone_is_no_error(db):
    a_mailbox()

    jobs.score_message(4711)

    assert not Score.objects.exists()


def test_the_sweep_counts_every_score_once(db):
    a_mailbox()
    receive_and_process(*(an_email(f"Order {number}") for number in range(4)))

    sweep()
    sweep()

    assert sum(ScoreTally.objects.values_list("number", flat=True)) == 4
    assert not Score.objects.filter(is_tallied=False).exists()
