"""Who may do what, what it changes, and what the journal says of it."""

import pytest
from django.core.exceptions import PermissionDenied

from tests.builders import (
    a_mailbox,
    a_user,
    an_email,
    receive_and_process,
)
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    FolderCounter,
    IncomingMail,
    KeptApart,
    Merge,
    Message,
)
from wagtail_ecp.journal.models import Action


def a_conversation(subject="Parcel", **more):
    (row,) = receive_and_process(an_email(subject, **more))
    return row.message.conversation


def test_a_member_assigns_and_the_journal_knows(alice, bob):
    a_mailbox(repliers=[alice, bob])
    conversation = a_conversation()

    actions.assign(conversation, to=bob, by=alice)

    conversation.refresh_from_db()
    action = Action.objects.get(kind=Action.Kind.ASSIGNED)
    assert (conversation.assignee, conversation.assignee_name) == (bob, "bob")
    assert (action.user, action.data) == (
        alice,
        {"to": "bob", "key": str(bob.pk), "before": "", "former": ""},
    )


def test_assigning_to_nobody_returns_it_to_the_team(alice):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()
    actions.assign(conversation, to=alice, by=alice)

    actions.assign(conversation, to=None, by=alice)

    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.assignee_name) == (None, "")


def test_nobody_is_assigned_who_may_not_answer(alice, bob):
    a_mailbox(repliers=[alice], readers=[bob])

    with pytest.raises(PermissionDenied):
        actions.assign(a_conversation(), to=bob, by=alice)


@pytest.mark.parametrize(
    "act",
    [
        lambda c, user: actions.assign(c, to=None, by=user),
        lambda c, user: actions.move_to(Folder.TRASH, c, by=user),
        lambda c, user: actions.merge(c, c, by=user),
    ],
)
@pytest.mark.parametrize("who", ["reader", "outsider", "superuser"])
def test_who_may_not_answer_changes_nothing(alice, bob, act, who):
    root = a_user("root", is_superuser=True)
    a_mailbox(readers=[alice])
    conversation = a_conversation()
    user = {"reader": alice, "outsider": bob, "superuser": root}[who]

    with pytest.raises(PermissionDenied):
        act(conversation, user)


def test_an_inactive_user_may_nothing(alice):
    a_mailbox(repliers=[alice])
    conversation = a_conversation()
    alice.is_active = False
    alice.save()

    with pytest.raises(PermissionDenied):
        actions.move_to(Folder.TRASH, conversation, by=alice)


def test_what_may_not_be_read_is_in_no_list(alice, bob):
    a_mailbox(readers=[alice])
    a_mailbox("secret@example.com", readers=[bob])
    a_conversation()

    assert Conversation.objects.visible_to(alice).count() == 1
    assert Message.objects.visible_to(alice).count() == 1
    assert not Conversation.objects.visible_to(bob).exists()
    assert not Message.objects.visible_to(a_user("root", is_superuser=True)).exists()


def test_merging_keeps_the_lower_number_and_the_other_leads_there(alice):
    a_mailbox(repliers=[alice])
    one, other = a_conversation("One"), a_conversation("Two")

    kept = actions.merge(other, one, by=alice)

    other.refresh_from_db()
    assert kept == one
    assert other.merged_into == one
    assert kept.message_count == 2
    assert list(other.messages.all()) == []
    assert FolderCounter.objects.get(folder="inbox").conversations == 1


def test_undoing_a_merge_brings_both_back(alice):
    a_mailbox(repliers=[alice])
    one, other = a_conversation("One"), a_conversation("Two", message_id="two@x")
    actions.merge(one, other, by=alice)

    actions.unmerge(Merge.objects.get(), by=alice)

    for conversation in (one, other):
        conversation.refresh_from_db()
        assert conversation.message_count == 1
        assert conversation.merged_into is None
    assert FolderCounter.objects.get(folder="inbox").conversations == 2
    assert {a.kind for a in Action.objects.filter(user=alice)} == {"merged", "unmerged"}


def test_undoing_twice_changes_nothing_more(alice):
    a_mailbox(repliers=[alice])
    one, other = a_conversation("One"), a_conversation("Two")
    actions.merge(one, other, by=alice)
    row = Merge.objects.get()
    actions.unmerge(row, by=alice)

    actions.unmerge(row, by=alice)

    told = Action.objects.filter(kind=Action.Kind.UNMERGED)
    assert {action.conversation_number for action in told} == {one.pk, other.pk}
    assert told.count() == 2


def test_a_mail_that_connects_two_conversations_merges_them_and_can_be_undone(alice):
    a_mailbox(repliers=[alice])
    one = a_conversation("Parcel", message_id="a@x")
    other = a_conversation("Order", message_id="b@x")

    receive_and_process(an_email("Re: both", cites=["a@x", "b@x"]))

    other.refresh_from_db()
    assert other.merged_into == one
    actions.unmerge(Merge.objects.get(by=None), by=alice)
    other.refresh_from_db()
    assert other.merged_into is None
    assert other.message_count == 1


def test_what_a_person_separated_no_machine_joins_again(alice):
    a_mailbox(repliers=[alice])
    one = a_conversation("Parcel", message_id="a@x")
    other = a_conversation("Order", message_id="b@x")
    receive_and_process(an_email("Re: both", cites=["a@x", "b@x"]))
    actions.unmerge(Merge.objects.get(), by=alice)

    receive_and_process(an_email("Re: both again", cites=["a@x", "b@x"]))

    assert KeptApart.objects.count() == 1
    other.refresh_from_db()
    one.refresh_from_db()
    assert (one.merged_into, other.merged_into) == (None, None)
    assert one.message_count + other.message_count == 4


def test_a_merge_by_hand_outlasts_mail_that_would_split_it(alice):
    a_mailbox(repliers=[alice])
    one = a_conversation(
        "Hi", message_id="m1@x", cites=["late@x"], sender="m@a.example"
    )
    other = a_conversation("Hello", sender="n@b.example", message_id="n@x")
    kept = actions.merge(one, other, by=alice)

    receive_and_process(an_email("Late", message_id="late@x", sender="q@c.example"))

    kept.refresh_from_db()
    assert kept.message_count == 2


def test_a_quarantined_mail_gets_another_chance(alice):
    a_mailbox(repliers=[alice])
    a_conversation()
    IncomingMail.objects.update(state=IncomingMail.State.QUARANTINED, attempts=5)

    actions.process_again(IncomingMail.objects.get(), by=alice)

    row = IncomingMail.objects.get()
    assert (row.state, row.attempts) == (IncomingMail.State.RECEIVED, 0)


def test_who_only_reads_may_not_have_a_mail_processed_again(alice):
    a_mailbox(readers=[alice])
    a_conversation()
    IncomingMail.objects.update(state=IncomingMail.State.QUARANTINED)

    with pytest.raises(PermissionDenied):
        actions.process_again(IncomingMail.objects.get(), by=alice)


def test_an_administrator_may_have_a_mail_processed_again(db):
    root = a_user("root", is_superuser=True)
    a_mailbox()
    a_conversation()
    IncomingMail.objects.update(state=IncomingMail.State.QUARANTINED, attempts=5)

    actions.process_again(IncomingMail.objects.get(), by=root)

    assert IncomingMail.objects.get().state == IncomingMail.State.RECEIVED


def test_history_stays_when_people_go(alice, bob):
    a_mailbox(repliers=[alice, bob])
    conversation = a_conversation()
    actions.assign(conversation, to=bob, by=bob)

    bob.delete()

    conversation.refresh_from_db()
    action = Action.objects.get(kind=Action.Kind.ASSIGNED)
    assert (conversation.assignee, conversation.assignee_name) == (None, "bob")
    assert (action.user, action.user_name) == (None, "bob")
