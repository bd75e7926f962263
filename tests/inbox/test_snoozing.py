"""Stars, follows, and what sleeps until a time or a reply."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.builders import (
    a_mailbox,
    a_received_conversation,
    an_email,
    done,
    inbox_of,
    receive_and_process,
)
from tests.counters import kept, recounted
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import (
    UNTIL_REPLY,
    Conversation,
    Folder,
    Follow,
    Star,
)
from wagtail_ecp.jobs.waking import wake_sleepers
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db


def tomorrow():
    return timezone.now() + timedelta(days=1)


def fall_due():
    Conversation.objects.exclude(snoozed_until=None).update(
        snoozed_until=timezone.now() - timedelta(seconds=1)
    )


def test_what_sleeps_is_counted_and_shown_by_itself(alice):
    mailbox = a_mailbox(repliers=[alice])
    conversation = a_received_conversation()

    actions.snooze(conversation, until=tomorrow(), by=alice)

    conversation.refresh_from_db()
    assert conversation.status == Conversation.Status.SNOOZED
    assert inbox_of(mailbox) == []
    assert kept() == recounted() == {(mailbox.pk, "snoozed"): (1, 1, 0)}


@pytest.mark.parametrize("folder", [Folder.ARCHIVE, Folder.TRASH])
def test_what_is_filed_away_sleeps_in_the_inbox_and_undo_files_it_again(alice, folder):
    a_mailbox(repliers=[alice])
    conversation = a_received_conversation()
    actions.move_to(folder, conversation, by=alice)

    action = done(actions.snooze(conversation, until=tomorrow(), by=alice))
    conversation.refresh_from_db()
    assert conversation.folder == Folder.INBOX
    assert kept() == recounted()
    actions.undo(action, by=alice)

    conversation.refresh_from_db()
    assert (conversation.folder, conversation.snoozed_until) == (folder, None)
    assert kept() == recounted()


@pytest.mark.parametrize(
    "until", [timezone.now() - timedelta(minutes=1), UNTIL_REPLY + timedelta(days=9)]
)
def test_a_time_that_never_comes_is_refused(alice, until):
    a_mailbox(repliers=[alice])

    with pytest.raises(ValidationError):
        actions.snooze(a_received_conversation(), until=until, by=alice)


def test_spam_is_not_snoozed(alice):
    a_mailbox(repliers=[alice])
    conversation = a_received_conversation()
    actions.move_to(Folder.SPAM, conversation, by=alice)

    with pytest.raises(ValidationError):
        actions.snooze(conversation, until=tomorrow(), by=alice)


def test_the_sweep_wakes_it_unread_when_its_time_has_come(alice, bob):
    mailbox = a_mailbox(repliers=[alice, bob])
    conversation, other = a_received_conversation(), a_received_conversation("Another")
    actions.assign(conversation, to=bob, by=alice)
    actions.mark_read(conversation, by=alice)
    actions.snooze(conversation, until=tomorrow(), by=alice)
    fall_due()
    actions.snooze(other, until=tomorrow(), by=alice)

    wake_sleepers()
    wake_sleepers()

    conversation.refresh_from_db()
    assert (conversation.snoozed_until, conversation.is_unread) == (None, True)
    assert Action.objects.filter(kind=Action.Kind.WOKEN, user=None).count() == 1
    assert inbox_of(mailbox) == [conversation]
    assert kept() == recounted()


def test_until_the_next_reply_no_time_wakes_it_and_a_reply_does(alice):
    a_mailbox(repliers=[alice])
    conversation = a_received_conversation(message_id="a@x")
    actions.snooze(conversation, until=UNTIL_REPLY, by=alice)
    wake_sleepers()
    conversation.refresh_from_db()
    assert conversation.snoozed_until == UNTIL_REPLY

    receive_and_process(an_email("Re: parcel", cites=["a@x"]))

    conversation.refresh_from_db()
    assert conversation.snoozed_until is None
    assert kept() == recounted()


def test_it_is_woken_by_hand_and_that_is_undone(alice):
    a_mailbox(repliers=[alice])
    conversation, until = a_received_conversation(), tomorrow()
    actions.snooze(conversation, until=until, by=alice)

    action = done(actions.wake(conversation, by=alice))
    assert kept() == recounted()
    actions.undo(action, by=alice)

    conversation.refresh_from_db()
    assert conversation.snoozed_until == until
    assert kept() == recounted()


def test_a_snooze_that_somebody_changed_is_not_undone(alice, bob):
    a_mailbox(repliers=[alice, bob])
    conversation = a_received_conversation()
    action = done(actions.snooze(conversation, until=tomorrow(), by=alice))
    actions.snooze(conversation, until=UNTIL_REPLY, by=bob)

    with pytest.raises(ValidationError):
        actions.undo(action, by=alice)

    conversation.refresh_from_db()
    assert conversation.snoozed_until == UNTIL_REPLY


def test_who_only_reads_lets_nothing_sleep_and_wakes_nothing(bob):
    a_mailbox(readers=[bob])
    conversation = a_received_conversation()

    for act in (
        lambda: actions.snooze(conversation, until=tomorrow(), by=bob),
        lambda: actions.wake(conversation, by=bob),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_readers_star_for_themselves_and_undo_it(alice, bob):
    a_mailbox(repliers=[alice], readers=[bob])
    conversation = a_received_conversation()

    action = done(actions.star(conversation, by=bob))
    assert actions.star(conversation, by=bob) is None
    assert [star.user for star in Star.objects.all()] == [bob]
    actions.undo(action, by=bob)

    assert not Star.objects.exists()


def test_a_star_is_taken_off(alice):
    a_mailbox(readers=[alice])
    conversation = a_received_conversation()
    actions.star(conversation, by=alice)

    actions.star(conversation, by=alice, is_starred=False)

    assert not Star.objects.exists()


def test_readers_follow_and_stop_following(bob):
    a_mailbox(readers=[bob])
    conversation = a_received_conversation()

    actions.follow(conversation, by=bob)
    actions.follow(conversation, by=bob)
    assert Follow.objects.count() == 1
    actions.follow(conversation, by=bob, is_followed=False)

    assert not Follow.objects.exists()


def test_who_may_not_read_it_neither_stars_nor_follows(alice, bob):
    a_mailbox(readers=[alice])
    conversation = a_received_conversation()

    for act in (actions.star, actions.follow):
        with pytest.raises(PermissionDenied):
            act(conversation, by=bob)
