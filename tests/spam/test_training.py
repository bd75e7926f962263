"""Members' marks teach the model: in order, once, and so that they can be taken back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import actions, blobs
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.jobs.spam import train
from wagtail_ecp.spam import current, training
from wagtail_ecp.spam.actions import note_answer
from wagtail_ecp.spam.models import Mark, SpamModel

Verdict = Mark.Verdict

SPAM = "Cheap watches! Buy now at http://watches.example/ and save 90 %."
HAM = "My parcel did not arrive. Could you please look where order %d is?"


@pytest.fixture(autouse=True)
def _fresh_memory():
    current.forget()
    yield
    current.forget()


@pytest.fixture
def team(alice, bob):
    return a_mailbox(repliers=[alice, bob])


def a_message(text=SPAM, subject="Offer"):
    (row,) = receive_and_process(an_email(subject, text))
    return row.message


def mark(message, verdict, by):
    actions.mark(message.conversation, verdict, by=by, only=message)


def score_of(message):
    return current.current().scorer.score(blobs.read(message.blob_id))


def test_a_mark_moves_the_score_of_the_next_mail_alike(team, alice):
    first, second = a_message(), a_message(subject="Offer again")
    before = score_of(second)

    mark(first, Verdict.SPAM, alice)
    train()

    assert score_of(second) > before
    assert current.current().version == 1


def test_marks_are_learned_in_their_order_and_once(team, alice):
    messages = [a_message(HAM % number, f"Order {number}") for number in range(3)]
    for message in messages:
        mark(message, Verdict.WANTED, alice)

    train()
    blob = SpamModel.objects.values_list("blob", flat=True).get()
    train()

    model = SpamModel.objects.get()
    assert model.blob == blob
    assert (model.version, model.marks) == (1, 3)
    applied = Mark.objects.order_by("applied_at").values_list("pk", flat=True)
    assert list(applied) == sorted(applied)


def test_a_training_that_was_killed_does_the_same_when_it_runs_again(
    team, alice, monkeypatch
):
    for number in range(3):
        mark(a_message(f"{SPAM} {number}"), Verdict.SPAM, alice)
    keep, made = training._keep, []

    def killed(model, scorer):
        made.append(scorer.to_bytes())
        raise SystemExit

    monkeypatch.setattr(training, "_keep", killed)
    with pytest.raises(SystemExit):
        train()
    monkeypatch.setattr(training, "_keep", keep)

    assert Mark.objects.waiting().count() == 3
    train()

    assert SpamModel.objects.values_list("blob", flat=True).get() == made[0]
    assert not Mark.objects.waiting().exists()


def test_taking_a_mark_back_leaves_the_model_as_if_it_had_never_been(team, alice):
    kept, regretted = a_message(HAM % 1), a_message()
    mark(kept, Verdict.WANTED, alice)
    train()
    before = score_of(regretted)
    mark(regretted, Verdict.SPAM, alice)
    train()
    assert score_of(regretted) > before

    actions.take_back_mark(regretted, by=alice)
    train()

    assert score_of(regretted) == before
    assert SpamModel.objects.get().marks == 1


def test_the_last_mark_of_a_message_wins(team, alice, bob):
    message = a_message()
    mark(message, Verdict.SPAM, alice)
    train()
    as_spam = score_of(message)

    mark(message, Verdict.WANTED, bob)
    train()

    assert score_of(message) < as_spam
    assert [bool(mark.weight) for mark in Mark.objects.order_by("pk")] == [False, True]


def test_saying_the_same_again_teaches_nothing_more(team, alice, bob):
    message = a_message()
    mark(message, Verdict.SPAM, alice)
    train()
    once = score_of(message)

    mark(message, Verdict.SPAM, bob)
    train()

    assert score_of(message) == once
    assert SpamModel.objects.get().marks == 1


def test_a_lesson_can_be_unlearned_when_the_mail_of_others_is_gone(team, alice):
    gone, regretted = a_message(HAM % 7), a_message()
    mark(gone, Verdict.WANTED, alice)
    mark(regretted, Verdict.SPAM, alice)
    train()
    Message.objects.filter(pk=gone.pk).delete()

    actions.take_back_mark(regretted, by=alice)
    train()

    assert SpamModel.objects.get().marks == 1
    assert Mark.objects.filter(message=None).get().weight


def test_a_mark_whose_mail_is_gone_before_the_training_teaches_nothing(team, alice):
    message = a_message()
    mark(message, Verdict.SPAM, alice)
    Message.objects.filter(pk=message.pk).delete()

    train()

    (row,) = Mark.objects.all()
    assert row.weight == 0
    assert row.features is None
    assert SpamModel.objects.get().marks == 0


def test_a_members_marks_count_at_most_so_often_a_day(team, alice, bob, monkeypatch):
    monkeypatch.setattr(training, "A_DAY", 2)
    messages = [a_message(f"{SPAM} {number}") for number in range(5)]
    for message in messages[:3]:
        mark(message, Verdict.SPAM, alice)
    mark(messages[3], Verdict.SPAM, bob)
    Mark.objects.filter(message=messages[0]).update(
        at=timezone.now() - timedelta(days=1)
    )
    mark(messages[4], Verdict.SPAM, alice)

    train()

    counted = Mark.objects.filter(weight__gt=0).order_by("pk")
    assert [row.message_id for row in counted] == [m.pk for m in messages[:4]]


def test_old_lessons_become_the_base_and_the_model_stays_the_same(
    team, alice, monkeypatch
):
    messages = [a_message(HAM % number, f"Order {number}") for number in range(6)]
    for message in messages:
        mark(message, Verdict.WANTED, alice)
    monkeypatch.setattr(training, "KEPT", 4)
    monkeypatch.setattr(training, "FOLDED", 3)

    train()
    spam = a_message()
    mark(spam, Verdict.SPAM, alice)
    train()
    before = [score_of(message) for message in messages]
    actions.take_back_mark(spam, by=alice)
    train()

    assert Mark.objects.lessons().count() == 3
    assert SpamModel.objects.get().marks == 6
    assert max(before) < 50
    assert max(score_of(message) for message in messages) < 50


def test_a_damaged_model_is_noted_and_the_one_before_it_is_used(team, alice):
    first, second = a_message(), a_message(HAM % 1)
    mark(first, Verdict.SPAM, alice)
    train()
    learned = score_of(first)
    mark(second, Verdict.WANTED, alice)
    train()
    SpamModel.objects.update(blob=b"nonsense")
    current.forget()

    scores = score_of(first)

    assert scores == learned
    assert SpamModel.objects.get().damaged_at is not None


def test_a_damaged_model_is_learned_anew_from_all_marks(team, alice):
    first, second = a_message(), a_message(HAM % 1)
    mark(first, Verdict.SPAM, alice)
    train()
    SpamModel.objects.update(blob=b"nonsense", previous_blob=b"as well")
    mark(second, Verdict.WANTED, alice)

    train()

    model = SpamModel.objects.get()
    assert model.marks == 2
    assert model.damaged_at is None
    assert score_of(first) > score_of(second)


def test_an_answer_is_a_weak_not_spam(team, alice):
    message = a_message(HAM % 3)
    row = message.score

    note_answer([row], by=alice)
    train()

    (noted,) = Mark.objects.all()
    assert noted.is_weak
    assert 0 < (noted.weight or 0) < 1
    assert score_of(message) < 50


def test_two_trainings_at_once_learn_every_mark_once(transactional_db, alice, bob):
    a_mailbox(repliers=[alice, bob])
    for number in range(4):
        mark(a_message(f"{SPAM} {number}"), Verdict.SPAM, alice)

    def work():
        try:
            train()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(work), pool.submit(work)]:
            done.result()

    assert SpamModel.objects.get().marks == 4
    assert not Mark.objects.waiting().exists()
