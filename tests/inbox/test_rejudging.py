"""Going through the last month's mail again: what moves, what stays, and undoing it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.builders import a_mailbox, a_user, an_account, an_email, receive_and_process
from tests.scores import a_score
from wagtail_ecp.inbox import actions, forecast, rejudging
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    FolderCounter,
    Rejudged,
    Rejudging,
)
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam import tally
from wagtail_ecp.spam.models import Mark, Score, ScoreTally
from wagtail_ecp.spam.preview import Month

pytestmark = pytest.mark.django_db

Decision = Score.Decision
State = Rejudging.State


@pytest.fixture
def olga():
    return an_account().owner


@pytest.fixture
def mailbox(olga):
    """A month at the threshold of 70: mail that may move, and mail that may not."""
    box = a_mailbox(repliers=[olga])
    for value in (5.0, 62.0, 65.5, 72.0, 95.0):
        a_score(box, value)
    a_score(box, 66.0, decision=Decision.ANSWERED)
    a_score(box, 66.0, decision=Decision.WANTED)
    a_score(box, 20.0, decision=Decision.SPAM, is_spam=True)
    a_score(box, 66.0, standing="contact")
    a_score(box, 66.0, folder=Folder.ARCHIVE)
    a_score(box, 66.0, folder=Folder.TRASH)
    a_score(box, 66.0, days_ago=40)
    while tally.settle():
        pass
    return box


def world():
    """Return all that a run could change and its undoing must bring back."""
    scores = Score.objects.order_by("pk").values_list("pk", "is_spam", "decision")
    folders = Conversation.objects.order_by("pk").values_list("pk", "folder")
    counters = FolderCounter.objects.order_by("folder").exclude(conversations=0)
    columns = ("day", "bucket", "decision", "is_spam", "is_exempt", "number")
    tallies = ScoreTally.objects.exclude(number=0).order_by(*columns)
    return {
        "scores": list(scores),
        "folders": list(folders),
        "counters": list(counters.values_list("folder", "conversations")),
        "tallies": list(tallies.values_list(*columns)),
    }


def finish(run):
    while rejudging.work(run.pk):
        pass
    run.refresh_from_db()


def apply(threshold, *, by):
    run = rejudging.ask(threshold=threshold, by=by)
    finish(run)
    return run


@pytest.mark.parametrize("threshold", [0, 62, 66, 70, 80, 100])
def test_a_run_changes_what_was_foretold(mailbox, olga, threshold):
    foretold = forecast.moves(Month(), threshold)

    run = apply(threshold, by=olga)

    assert forecast.changed(run) == foretold
    assert not forecast.moves(Month(), threshold)


def test_the_preview_is_true_where_nobody_filed_anything_away(olga):
    box = a_mailbox()
    for value in (5.0, 62.0, 65.5, 72.0, 95.0):
        a_score(box, value)
    effect = Month().effect(64)

    apply(64, by=olga)

    after = Month().effect(64)
    assert Score.objects.filter(is_spam=True).count() == effect.in_spam == 3
    assert (after.in_spam_now, after.going, after.coming) == (3, 0, 0)


def test_folders_and_counters_follow_the_verdicts(mailbox, olga):
    apply(62, by=olga)

    in_spam = Conversation.objects.filter(folder=Folder.SPAM)
    counter = FolderCounter.objects.get(mailbox=mailbox, folder=Folder.SPAM)
    assert in_spam.count() == counter.conversations == 5
    assert not in_spam.filter(junked_at=None).exists()


def test_the_log_tells_what_the_machine_says_now_and_again(mailbox, olga):
    run = apply(60, by=olga)
    told = Action.objects.filter(kind=Action.Kind.JUDGED_AGAIN)
    assert dict(told.values_list("message_number", "data__is_spam")) == dict(
        run.changes.values_list("message", "is_spam")
    )

    rejudging.undo(run, by=olga)
    finish(run)

    latest = dict(told.order_by("pk").values_list("message_number", "data__is_spam"))
    before = run.changes.values_list("message", "is_spam")
    assert latest == {message: not is_spam for message, is_spam in before}


@pytest.mark.parametrize("threshold", [0, 100])
def test_what_people_decided_answered_or_filed_and_contacts_stay(
    mailbox, olga, threshold
):
    stays = Score.objects.filter(value__in=(66.0, 20.0)).order_by("pk")
    columns = ("pk", "is_spam", "message__conversation__folder")
    before = list(stays.values_list(*columns))

    apply(threshold, by=olga)

    assert list(stays.values_list(*columns)) == before


def test_undoing_restores_verdicts_folders_counters_and_tallies(mailbox, olga):
    before = world()
    run = apply(30, by=olga)
    moved = world()

    rejudging.undo(run, by=olga)
    finish(run)

    assert moved != before
    assert world() == before
    assert run.state == State.UNDONE


def test_a_run_that_is_killed_in_a_piece_goes_on_to_the_same_end(
    mailbox, olga, monkeypatch
):
    monkeypatch.setattr(rejudging, "PIECE", 2)
    run = rejudging.ask(threshold=30, by=olga)
    rejudging.work(run.pk)
    with monkeypatch.context() as broken:
        broken.setattr(rejudging, "_file", _die)
        with pytest.raises(KeyboardInterrupt):
            rejudging.work(run.pk)

    finish(run)

    pieces = world()
    assert forecast.changed(run) == forecast.Moves(2, 0)
    rejudging.undo(run, by=olga)
    finish(run)
    monkeypatch.undo()
    apply(30, by=olga)
    assert world() == pieces


def _die(_changes):
    raise KeyboardInterrupt


def test_a_job_that_comes_twice_changes_nothing_more(mailbox, olga):
    run = apply(30, by=olga)
    done = world()

    assert not rejudging.work(run.pk)

    assert world() == done


def test_a_mark_made_meanwhile_survives_the_run_and_its_undoing(mailbox, olga):
    run = rejudging.ask(threshold=62, by=olga)
    marked = Score.objects.get(value=62.0).message.conversation
    actions.mark(marked, Mark.Verdict.WANTED, by=olga)

    finish(run)
    after_run = Score.objects.get(value=62.0)
    other = Score.objects.get(value=65.5).message.conversation
    actions.mark(other, Mark.Verdict.SPAM, by=olga)
    rejudging.undo(run, by=olga)
    finish(run)

    assert (after_run.is_spam, after_run.decision) == (False, Decision.WANTED)
    kept = Score.objects.get(value=65.5)
    assert (kept.is_spam, kept.decision) == (True, Decision.SPAM)
    other.refresh_from_db()
    assert other.folder == Folder.SPAM


def test_what_was_filed_away_after_the_run_stays_when_it_is_undone(mailbox, olga):
    run = apply(62, by=olga)
    conversation = Score.objects.get(value=62.0).message.conversation
    Conversation.objects.filter(pk=conversation.pk).update(folder=Folder.TRASH)

    rejudging.undo(run, by=olga)
    finish(run)

    conversation.refresh_from_db()
    assert conversation.folder == Folder.TRASH


def test_two_runs_at_once_are_refused(mailbox, olga):
    rejudging.ask(threshold=30, by=olga)

    with pytest.raises(ValidationError, match="re-filed already"):
        rejudging.ask(threshold=40, by=olga)

    assert Rejudging.objects.count() == 1


def test_a_finished_run_makes_way_for_the_next(mailbox, olga):
    apply(30, by=olga)

    run = apply(62, by=olga)

    assert run.state == State.DONE


def test_nobody_but_the_owner_begins_or_undoes_a_run(mailbox, olga):
    run = apply(30, by=olga)
    root = a_user("root", is_superuser=True)

    with pytest.raises(PermissionDenied):
        rejudging.ask(threshold=30, by=root)
    with pytest.raises(PermissionDenied):
        rejudging.undo(run, by=root)

    attempts = Action.objects.filter(kind=Action.Kind.ATTEMPT_REFUSED)
    assert list(attempts.values_list("user_name", flat=True)) == ["root", "root"]
    assert Rejudging.objects.get().state == State.DONE


def test_only_the_last_run_can_be_undone(mailbox, olga):
    first = apply(30, by=olga)
    apply(62, by=olga)

    with pytest.raises(PermissionDenied):
        rejudging.undo(first, by=olga)


def test_the_journal_says_who_applied_which_threshold(mailbox, olga):
    run = apply(30, by=olga)
    rejudging.undo(run, by=olga)
    finish(run)

    actions_ = Action.objects.filter(kind=Action.Kind.THRESHOLD_APPLIED).order_by("pk")
    assert [(one.user_name, one.data) for one in actions_] == [
        ("olga", {"threshold": 30, "state": "done"}),
        ("olga", {"threshold": 30, "state": "undone"}),
    ]


def test_a_run_says_how_far_it_is(mailbox, olga, monkeypatch):
    monkeypatch.setattr(rejudging, "PIECE", 3)
    run = rejudging.ask(threshold=30, by=olga)

    rejudging.work(run.pk)

    run.refresh_from_db()
    assert (run.done, run.total, run.percent) == (3, 7, 42)


def test_scoring_again_moves_nothing_and_keeps_the_tallies_true(olga):
    a_mailbox()
    receive_and_process(an_email(), an_email("Another"))
    right = list(Score.objects.order_by("pk").values_list("value", flat=True))
    Score.objects.update(value=12.5)
    while tally.settle():
        pass
    before = list(Conversation.objects.values_list("pk", "folder"))

    run = rejudging.ask(threshold=None, by=olga, rescores=True)
    finish(run)

    assert list(Score.objects.order_by("pk").values_list("value", flat=True)) == right
    assert list(Conversation.objects.values_list("pk", "folder")) == before
    counted = ScoreTally.objects.exclude(number=0).values_list("bucket", "number")
    assert sorted(counted) == sorted(
        (bucket, sum(int(value) == bucket for value in right))
        for bucket in {int(value) for value in right}
    )
    assert not Rejudged.objects.exists()
