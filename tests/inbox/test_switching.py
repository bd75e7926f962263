"""Moving conversations to another mailbox."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.builders import (
    a_mailbox,
    a_received_conversation,
    an_email,
    done,
    receive_and_process,
)
from tests.counters import kept, recounted
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation, Draft, Mailbox

pytestmark = pytest.mark.django_db

SALES = "sales@example.com"


def test_it_keeps_number_tags_and_notes_and_its_assignee_who_may_answer_there(
    alice, bob
):
    a_mailbox(repliers=[alice, bob])
    sales = a_mailbox(SALES, repliers=[alice, bob])
    conversation = a_received_conversation()
    actions.assign(conversation, to=bob, by=alice)
    actions.tag(conversation, ["order"], by=alice)
    actions.add_note(conversation, "Theirs", by=alice)

    action = actions.switch(conversation, to=sales, by=alice)

    conversation.refresh_from_db()
    assert (conversation.mailbox, conversation.assignee) == (sales, bob)
    assert (conversation.tags.count(), conversation.notes.count()) == (1, 1)
    assert action.data["names"] == ["Support", "Sales"]
    assert kept() == recounted()


def test_an_assignee_who_may_not_answer_there_is_taken_off_and_comes_back(alice, bob):
    support = a_mailbox(repliers=[alice, bob])
    sales = a_mailbox(SALES, repliers=[alice], readers=[bob])
    conversation = a_received_conversation()
    actions.assign(conversation, to=bob, by=alice)

    action = done(actions.switch(conversation, to=sales, by=alice))
    conversation.refresh_from_db()
    assert (conversation.assignee, conversation.assignee_name) == (None, "")
    assert action.data["assignee"] == [str(bob.pk), "bob"]
    assert kept() == recounted()
    actions.undo(action, by=alice)

    conversation.refresh_from_db()
    assert (conversation.mailbox, conversation.assignee) == (support, bob)
    assert kept() == recounted()


def test_both_mailboxes_must_be_ones_that_one_may_answer(alice, bob):
    support = a_mailbox(repliers=[alice], readers=[bob])
    sales = a_mailbox(SALES, repliers=[bob], readers=[alice])
    conversation = a_received_conversation()

    for user in (alice, bob):
        with pytest.raises(PermissionDenied):
            actions.switch(conversation, to=sales, by=user)

    conversation.refresh_from_db()
    assert conversation.mailbox == support


def test_nothing_goes_to_an_inactive_mailbox(alice):
    a_mailbox(repliers=[alice])
    sales = a_mailbox(SALES, repliers=[alice])
    Mailbox.objects.filter(pk=sales.pk).update(is_active=False)
    sales.refresh_from_db()

    with pytest.raises(ValidationError):
        actions.switch(a_received_conversation(), to=sales, by=alice)


def test_its_former_readers_read_neither_it_nor_its_drafts(alice, bob):
    support = a_mailbox(repliers=[alice], readers=[bob])
    sales = a_mailbox(SALES, repliers=[alice])
    conversation = a_received_conversation()
    Draft.objects.create(mailbox=support, conversation=conversation, author=alice)

    actions.switch(conversation, to=sales, by=alice)

    assert not Conversation.objects.visible_to(bob).exists()
    assert not Draft.objects.visible_to(bob).exists()
    assert Draft.objects.get().mailbox == sales


def test_numbers_of_what_it_has_absorbed_lead_to_it_there_and_back(alice):
    support = a_mailbox(repliers=[alice])
    sales = a_mailbox(SALES, repliers=[alice])
    one, other = a_received_conversation("One"), a_received_conversation("Two")
    actions.merge(one, other, by=alice)

    action = done(actions.switch(one, to=sales, by=alice))
    other.refresh_from_db()
    assert other.mailbox == sales
    actions.undo(action, by=alice)

    other.refresh_from_db()
    assert other.mailbox == support
    assert kept() == recounted()


def test_replies_to_the_former_address_find_it(alice):
    a_mailbox(repliers=[alice])
    sales = a_mailbox(SALES, repliers=[alice])
    conversation = a_received_conversation(message_id="a@x")
    actions.switch(conversation, to=sales, by=alice)

    receive_and_process(an_email("Re: parcel", cites=["a@x"]))

    conversation.refresh_from_db()
    assert (conversation.message_count, conversation.mailbox) == (2, sales)
    assert kept() == recounted()


def test_a_second_move_is_not_undone_by_the_first_ones_undo(alice):
    support = a_mailbox(repliers=[alice])
    sales = a_mailbox(SALES, repliers=[alice])
    press = a_mailbox("press@example.com", repliers=[alice])
    conversation = a_received_conversation()
    first = done(actions.switch(conversation, to=sales, by=alice))
    conversation.refresh_from_db()
    actions.switch(conversation, to=press, by=alice)

    with pytest.raises(ValidationError):
        actions.undo(first, by=alice)

    conversation.refresh_from_db()
    assert conversation.mailbox == press != support
