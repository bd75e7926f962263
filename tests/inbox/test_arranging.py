"""What merging takes along, and splitting."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.builders import (
    a_mailbox,
    a_received_conversation,
    an_email,
    receive_and_process,
)
from tests.counters import kept, recounted
from wagtail_ecp.admin.conversation_history import words
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import (
    Conversation,
    Draft,
    Folder,
    KeptApart,
    Merge,
    Presence,
    Star,
)
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db


def tomorrow():
    return timezone.now() + timedelta(days=1)


def names(conversation):
    return {tag.name for tag in conversation.tags.all()}


def a_thread():
    """Return a conversation of three messages."""
    conversation = a_received_conversation(message_id="1@x")
    for number in (2, 3):
        receive_and_process(
            an_email("Re: parcel", message_id=f"{number}@x", cites=[f"{number - 1}@x"])
        )
    conversation.refresh_from_db()
    return conversation


@pytest.fixture
def pair(alice, bob):
    """Two conversations, the second with one of everything."""
    mailbox = a_mailbox(repliers=[alice, bob])
    one, other = a_received_conversation("One"), a_received_conversation("Two")
    actions.tag(one, ["both"], by=alice)
    actions.tag(other, ["both", "theirs"], by=alice)
    actions.add_note(other, "Call", by=bob)
    actions.star(other, by=bob)
    actions.star(one, by=alice)
    actions.star(other, by=alice)
    actions.follow(other, by=bob)
    actions.assign(other, to=bob, by=alice)
    Draft.objects.create(mailbox=mailbox, conversation=other, author=bob, body="Hi")
    Presence.objects.create(user=bob, conversation=other)
    one.refresh_from_db()
    other.refresh_from_db()
    return one, other


def test_everything_comes_along(alice, bob, pair):
    one, other = pair

    kept_one = actions.merge(other, one, by=alice)

    one.refresh_from_db()
    assert (kept_one, one.assignee) == (one, bob)
    assert names(one) == {"both", "theirs"}
    assert (one.notes.count(), one.drafts.count(), one.follows.count()) == (1, 1, 1)
    assert {star.user for star in one.stars.all()} == {alice, bob}
    assert not Presence.objects.exists()
    assert kept() == recounted()


def test_everything_goes_back(alice, bob, pair):
    one, other = pair
    actions.merge(one, other, by=alice)

    actions.unmerge(Merge.objects.get(), by=alice)

    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.assignee, other.assignee) == (None, bob)
    assert (names(one), names(other)) == ({"both"}, {"both", "theirs"})
    assert (one.notes.count(), other.notes.count()) == (0, 1)
    assert (one.drafts.count(), other.drafts.count()) == (0, 1)
    assert (one.follows.count(), other.follows.count()) == (0, 1)
    assert set(Star.objects.values_list("conversation", "user")) == {
        (one.pk, alice.pk),
        (other.pk, alice.pk),
        (other.pk, bob.pk),
    }
    assert kept() == recounted()


def test_the_folder_from_before_comes_back_if_nobody_moved_it(alice):
    a_mailbox(repliers=[alice])
    one, other = a_received_conversation("One"), a_received_conversation("Two")
    actions.move_to(Folder.ARCHIVE, one, by=alice)
    actions.merge(one, other, by=alice)
    one.refresh_from_db()
    assert one.folder == Folder.INBOX

    told = Action.objects.get(kind=Action.Kind.MERGED, conversation_number=one.pk)
    actions.undo(told, by=alice)

    one.refresh_from_db()
    assert one.folder == Folder.ARCHIVE
    assert kept() == recounted()


def test_what_happened_after_the_merge_outlasts_its_undo(alice, bob):
    a_mailbox(repliers=[alice, bob])
    one, other = a_received_conversation("One"), a_received_conversation("Two")
    actions.merge(one, other, by=alice)
    actions.assign(one, to=bob, by=alice)
    actions.move_to(Folder.TRASH, one, by=alice)

    actions.unmerge(Merge.objects.get(), by=alice)

    one.refresh_from_db()
    assert (one.folder, one.assignee) == (Folder.TRASH, bob)
    assert kept() == recounted()


@pytest.mark.parametrize("sleeper", ["one", "other", "both"])
def test_of_two_that_become_one_whoever_is_awake_wakes_the_other(alice, sleeper):
    a_mailbox(repliers=[alice])
    one, other = a_received_conversation("One"), a_received_conversation("Two")
    for conversation, name in ((one, "one"), (other, "other")):
        if sleeper in (name, "both"):
            actions.snooze(conversation, until=tomorrow(), by=alice)

    actions.merge(one, other, by=alice)

    one.refresh_from_db()
    assert (one.snoozed_until is not None) == (sleeper == "both")
    assert kept() == recounted()


def test_one_conversation_is_not_merged_with_itself(alice, pair):
    one, other = pair
    actions.merge(one, other, by=alice)

    for second in (one, other):
        with pytest.raises(ValidationError):
            actions.merge(one, second, by=alice)


def test_of_two_mailboxes_one_must_be_able_to_answer_both(alice, bob):
    support = a_mailbox(repliers=[alice, bob])
    a_mailbox("sales@example.com", repliers=[alice])
    one = a_received_conversation("One")
    other = a_received_conversation("Two", to="sales@example.com")

    with pytest.raises(PermissionDenied):
        actions.merge(one, other, by=bob)
    actions.merge(one, other, by=alice)

    one.refresh_from_db()
    assert (one.mailbox, one.message_count) == (support, 2)
    assert kept() == recounted()


def test_an_assignee_who_may_not_answer_in_the_mailbox_that_stays_stays_behind(
    alice, bob
):
    a_mailbox(repliers=[alice])
    a_mailbox("sales@example.com", repliers=[alice, bob])
    one = a_received_conversation("One")
    other = a_received_conversation("Two", to="sales@example.com")
    actions.assign(other, to=bob, by=alice)

    actions.merge(one, other, by=alice)

    one.refresh_from_db()
    assert one.assignee is None
    assert kept() == recounted()


def test_a_person_may_join_what_was_kept_apart(alice, pair):
    one, other = pair
    actions.merge(one, other, by=alice)
    actions.unmerge(Merge.objects.get(), by=alice)
    assert KeptApart.objects.exists()

    actions.merge(one, other, by=alice)

    assert not KeptApart.objects.exists()


@pytest.mark.parametrize(("with_later", "numbers"), [(True, (1, 2)), (False, (2, 1))])
def test_a_message_begins_a_conversation_of_its_own(alice, with_later, numbers):
    a_mailbox(repliers=[alice])
    thread = a_thread()
    second = thread.messages.in_order()[1]

    part, _action = actions.split(second, by=alice, with_later=with_later)

    thread.refresh_from_db()
    part.refresh_from_db()
    assert (thread.message_count, part.message_count) == numbers
    assert part.folder == Folder.INBOX
    assert KeptApart.objects.filter(lower=thread, higher=part).exists()
    assert Action.objects.filter(kind=Action.Kind.SPLIT).count() == 2
    assert kept() == recounted()


def test_what_was_split_no_mail_joins_again(alice):
    a_mailbox(repliers=[alice])
    thread = a_thread()
    part, _action = actions.split(thread.messages.in_order()[2], by=alice)

    receive_and_process(an_email("Re: parcel", cites=["1@x", "3@x"]))

    assert Conversation.objects.whole().count() == 2
    part.refresh_from_db()
    thread.refresh_from_db()
    assert part.message_count + thread.message_count == 4


def test_a_split_is_undone(alice):
    a_mailbox(repliers=[alice])
    thread = a_thread()
    part, action = actions.split(thread.messages.in_order()[1], by=alice)

    actions.undo(action, by=alice)

    thread.refresh_from_db()
    part.refresh_from_db()
    assert (thread.message_count, part.merged_into) == (3, thread)
    assert kept() == recounted()


def test_a_split_that_leaves_nothing_is_refused(alice):
    a_mailbox(repliers=[alice])
    thread = a_thread()

    with pytest.raises(ValidationError):
        actions.split(thread.messages.in_order()[0], by=alice)

    assert Conversation.objects.count() == 1


def test_what_was_moved_to_another_mailbox_is_split_there(alice, bob):
    a_mailbox(repliers=[alice], readers=[bob])
    sales = a_mailbox("sales@example.com", repliers=[alice])
    thread = a_thread()
    actions.switch(thread, to=sales, by=alice)

    part, _action = actions.split(
        thread.messages.in_order().select_related("conversation__mailbox")[1], by=alice
    )

    assert part.mailbox == sales
    assert not Conversation.objects.visible_to(bob).exists()


def test_who_only_reads_splits_nothing(bob):
    a_mailbox(readers=[bob])
    thread = a_thread()

    with pytest.raises(PermissionDenied):
        actions.split(thread.messages.in_order()[1], by=bob)


def test_both_sides_of_a_merge_tell_of_it_and_the_part_has_no_undo_of_its_own(alice):
    a_mailbox(repliers=[alice])
    one, other = a_received_conversation("One"), a_received_conversation("Two")
    actions.merge(one, other, by=alice)
    told = Action.objects.get(kind=Action.Kind.MERGED, conversation_number=other.pk)
    assert words(told) == f"merged it into #{one.pk}"

    actions.unmerge(Merge.objects.get(), by=alice)

    apart = Action.objects.get(kind=Action.Kind.UNMERGED, conversation_number=other.pk)
    assert words(apart) == f"separated it from #{one.pk} again"
    with pytest.raises(ValidationError, match="undone already"):
        actions.undo(told, by=alice)
