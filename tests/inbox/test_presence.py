"""Who else has a conversation open."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import presence
from wagtail_ecp.inbox.models import Conversation, Presence
from wagtail_ecp.jobs.presence import remove_old_presences


@pytest.fixture
def conversation(alice, bob):
    a_mailbox(repliers=[alice, bob])
    receive_and_process(an_email())
    return Conversation.objects.get()


def seen_ago(seconds):
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=seconds))


def test_colleagues_learn_of_each_other(conversation, alice, bob):
    first = presence.tell(conversation, user=alice, is_replying=True)
    second = presence.tell(conversation, user=bob, is_replying=False)

    assert first == []
    assert second == [("alice", True)]
    assert presence.others(conversation, than=alice) == [("bob", False)]


def test_who_has_left_is_not_there(conversation, alice, bob):
    presence.tell(conversation, user=alice, is_replying=True)
    presence.leave(conversation, user=alice)

    assert presence.others(conversation, than=bob) == []


def test_who_was_not_heard_of_for_a_while_is_not_there(conversation, alice, bob):
    presence.tell(conversation, user=alice, is_replying=True)
    seen_ago(60)

    assert presence.others(conversation, than=bob) == []
    assert presence.replying([conversation.mailbox_id], but=bob) == {}


def test_who_said_so_a_moment_ago_is_not_written_down_again(
    conversation, alice, django_assert_num_queries
):
    with django_assert_num_queries(2):
        presence.tell(conversation, user=alice, is_replying=False)
    with django_assert_num_queries(1):
        presence.tell(conversation, user=alice, is_replying=False)
    seen_ago(10)
    with django_assert_num_queries(2):
        presence.tell(conversation, user=alice, is_replying=False)

    assert Presence.objects.count() == 1


def test_a_reply_that_is_begun_is_told_at_once(conversation, alice, bob):
    presence.tell(conversation, user=alice, is_replying=False)
    presence.tell(conversation, user=alice, is_replying=True)

    assert presence.others(conversation, than=bob) == [("alice", True)]


def test_lists_learn_in_one_query_who_is_replying_where(
    conversation, alice, bob, django_assert_num_queries
):
    receive_and_process(an_email("Another"))
    another = Conversation.objects.exclude(pk=conversation.pk).get()
    presence.tell(conversation, user=alice, is_replying=True)
    presence.tell(another, user=alice, is_replying=False)

    with django_assert_num_queries(1):
        found = presence.replying([conversation.mailbox_id], but=bob)

    assert found == {conversation.pk: "alice"}
    assert presence.replying([conversation.mailbox_id], but=alice) == {}


@pytest.mark.parametrize(
    ("name", "initials"),
    [("alice", "A"), ("Ann van Berg", "AB"), ("", ""), ("<b>", "<")],
)
def test_initials_stand_for_names(name, initials):
    assert presence.Present(name, is_replying=False).initials == initials


def test_what_is_old_is_removed_at_night(conversation, alice, bob):
    presence.tell(conversation, user=alice, is_replying=False)
    seen_ago(4000)
    presence.tell(conversation, user=bob, is_replying=False)

    remove_old_presences()
    remove_old_presences()

    assert Presence.objects.get().user == bob
