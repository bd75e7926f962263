"""New mail in a conversation goes to the member who last replied in it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import a_mailbox, a_user, an_email, grant, receive_and_process
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions, assignment
from wagtail_ecp.inbox.answers import Answer, reply_subject
from wagtail_ecp.inbox.models import Conversation, Folder, Outbox
from wagtail_ecp.inbox.recipients import reply_address
from wagtail_ecp.jobs.assignment import assign_messages
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address

VERA = "Vera Holm <vera@customer.example>"


@pytest.fixture
def mailbox(alice, bob):
    found = a_mailbox(repliers=[alice, bob])
    Account.objects.update(maintain_assignments=True, use_ssl=False)
    return found


def a_question(message_id="q@x"):
    (row,) = receive_and_process(an_email(message_id=message_id))
    return row.message.conversation


def an_answer(conversation, by, *, at=None, to=None, state=Outbox.State.SENT):
    question = conversation.messages.filter(direction="in").latest("pk")
    sent = actions.reply(
        conversation,
        Answer(
            to=[to or reply_address(question)],
            subject=reply_subject(question.subject),
            html="<p>We are looking.</p>",
        ),
        answers=question,
        by=by,
    )
    Outbox.objects.filter(message=sent).update(
        state=state, sent_at=at or timezone.now()
    )
    return sent


def more_mail(answer, **columns):
    receive_and_process(
        an_email("Re: parcel", "Thanks!", cites=[answer.message_id], **columns)
    )
    assign_messages()
    return Conversation.objects.get(pk=answer.conversation_id)


def test_it_goes_to_whoever_replied_last(mailbox, alice, bob):
    conversation = a_question()
    an_answer(conversation, alice, at=timezone.now() - timedelta(hours=1))
    answer = an_answer(conversation, bob)

    after = more_mail(answer)

    assert after.assignee == bob
    assert after.assignee_name == "bob"


def test_it_stays_unread_in_the_inbox_of_its_mailbox(mailbox, alice):
    conversation = a_question()
    answer = an_answer(conversation, alice)
    actions.move_to(Folder.ARCHIVE, conversation, by=alice)

    after = more_mail(answer)

    assert after.is_unread
    assert after.folder == "inbox"
    assert after.mailbox == mailbox


def test_the_last_to_reply_takes_it_from_another_assignee(mailbox, alice, bob):
    conversation = a_question()
    answer = an_answer(conversation, alice)
    actions.assign(conversation, to=bob, by=bob)

    assert more_mail(answer).assignee == alice


def test_a_person_can_assign_it_to_another_afterwards(mailbox, alice, bob):
    conversation = more_mail(an_answer(a_question(), alice))

    actions.assign(conversation, to=bob, by=alice)
    assign_messages()

    conversation.refresh_from_db()
    assert conversation.assignee == bob


def test_the_time_of_sending_decides_and_not_the_time_of_writing(mailbox, alice, bob):
    conversation = a_question()
    first = an_answer(conversation, alice)
    an_answer(conversation, bob, at=timezone.now() - timedelta(hours=2))

    assert more_mail(first).assignee == alice


def test_what_was_never_sent_does_not_count(mailbox, alice, bob):
    conversation = a_question()
    answer = an_answer(conversation, alice)
    an_answer(conversation, bob, state=Outbox.State.FAILED)

    assert more_mail(answer).assignee == alice


def test_what_went_to_others_alone_does_not_count(mailbox, alice, bob):
    conversation = a_question()
    answer = an_answer(conversation, alice)
    an_answer(conversation, bob, to=Address("", "courier@elsewhere.example"))

    assert more_mail(answer).assignee == alice


def test_with_the_option_off_the_assignee_stays(mailbox, alice, bob):
    Account.objects.update(maintain_assignments=False)
    conversation = a_question()
    answer = an_answer(conversation, alice)
    actions.assign(conversation, to=bob, by=bob)

    assert more_mail(answer).assignee == bob


def test_who_may_no_longer_answer_gets_nothing_and_the_history_says_why(
    mailbox, alice, bob
):
    conversation = a_question()
    answer = an_answer(conversation, alice)
    actions.assign(conversation, to=bob, by=bob)
    alice.groups.clear()

    after = more_mail(answer)

    kept = Action.objects.get(kind=Action.Kind.ASSIGNMENT_KEPT)
    assert after.assignee == bob
    assert kept.conversation_number == conversation.pk
    assert (kept.data["to"], kept.data["because"]) == ("alice", "may-not-answer")


def test_who_is_inactive_gets_nothing_and_the_history_says_why(mailbox, alice):
    answer = an_answer(a_question(), alice)
    alice.is_active = False
    alice.save()

    after = more_mail(answer)

    kept = Action.objects.get(kind=Action.Kind.ASSIGNMENT_KEPT)
    assert after.assignee is None
    assert kept.data["because"] == "inactive"


def test_the_history_says_that_the_machine_assigned_it_and_why(mailbox, alice):
    more_mail(an_answer(a_question(), alice))

    action = Action.objects.get(kind=Action.Kind.ASSIGNED)
    assert action.user is None
    assert (action.data["to"], action.data["why"]) == ("alice", "last-reply")


def test_spam_assigns_nothing(mailbox, alice, bob):
    conversation = a_question()
    answer = an_answer(conversation, alice)
    actions.assign(conversation, to=bob, by=bob)
    Account.objects.update(spam_threshold=0)

    assert more_mail(answer).assignee == bob


def test_a_first_message_is_nobodys(mailbox):
    conversation = a_question()

    assign_messages()

    conversation.refresh_from_db()
    assert conversation.assignee is None
    assert not conversation.is_to_be_assigned


def test_the_job_may_run_twice(mailbox, alice):
    more_mail(an_answer(a_question(), alice))

    assign_messages()

    assert Action.objects.filter(kind=Action.Kind.ASSIGNED).count() == 1


def test_what_the_queue_forgot_is_assigned_by_the_sweep(
    mailbox, alice, settings, django_capture_on_commit_callbacks
):
    from wagtail_ecp.jobs.sweep import sweep

    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "JOB_QUEUE": "wagtail_ecp.queue.ImmediateQueue",
    }
    answer = an_answer(a_question(), alice)
    receive_and_process(an_email("Re: parcel", cites=[answer.message_id]))

    with django_capture_on_commit_callbacks(execute=True):
        sweep()

    assert Conversation.objects.get().assignee == alice


@pytest.fixture
def strategy(settings):
    def use(name):
        path = f"wagtail_ecp.inbox.assignment.{name}"
        settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "ASSIGNMENT_STRATEGY": path}

    return use


def assignees(number):
    for mail in range(number):
        receive_and_process(an_email(f"Order {mail}", sender=f"c{mail}@x.example"))
        assign_messages()
    rows = Conversation.objects.order_by("pk")
    return list(rows.values_list("assignee_name", flat=True))


def test_round_robin_lets_members_take_turns(mailbox, strategy):
    strategy("round_robin")

    assert assignees(4) == ["alice", "bob", "alice", "bob"]


def test_round_robin_goes_on_when_a_member_joins(mailbox, strategy):
    strategy("round_robin")
    assignees(1)
    grant(a_user("dora"), mailbox, "reply")

    assert assignees(4)[1:] == ["bob", "dora", "alice", "bob"]


def test_the_least_busy_gets_the_next(mailbox, strategy, alice):
    strategy("least_busy")
    waiting = [a_question(f"q{n}@x") for n in range(2)]
    for conversation in waiting:
        actions.assign(conversation, to=alice, by=alice)

    assert assignees(3)[2:] == ["bob", "bob", "alice"]


def test_other_strategies_maintain_as_well(mailbox, strategy, alice):
    strategy("round_robin")
    answer = an_answer(a_question(), alice)

    assert more_mail(answer).assignee == alice


def test_a_strategy_that_gives_work_to_nobody_is_no_error(
    mailbox, strategy, alice, bob
):
    strategy("least_busy")
    for user in (alice, bob):
        user.groups.clear()

    assert assignees(1) == [""]


def test_of_equal_replies_the_later_one_counts():
    now = timezone.now()
    replies = [
        assignment.Reply(1, now - timedelta(hours=2), ["vera@x"]),
        assignment.Reply(2, now - timedelta(hours=1), ["vera@x"]),
        assignment.Reply(3, now + timedelta(hours=1), ["vera@x"]),
    ]

    found = assignment.latest_reply(replies, before=now, participants={"vera@x"})

    assert found.author == 2
