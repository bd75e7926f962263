"""The nightly recount of kept numbers."""

import logging

import pytest

from tests.builders import a_conversation, a_mailbox, a_user
from wagtail_ecp.inbox.models import AssigneeCounter, Conversation, FolderCounter
from wagtail_ecp.inbox.models.conversations import UNTIL_REPLY
from wagtail_ecp.jobs.recount import recount_all

pytestmark = pytest.mark.django_db


def kept():
    """Return all numbers, as far as they are not nothing."""
    folders = FolderCounter.objects.exclude(conversations=0).values_list(
        "mailbox", "folder", "conversations", "unread", "unassigned"
    )
    members = AssigneeCounter.objects.exclude(conversations=0)
    return set(folders) | set(members.values_list("mailbox", "user", "conversations"))


def some_conversations(alice):
    for mailbox in (a_mailbox(), a_mailbox("x@example.com")):
        a_conversation(mailbox)
        one = a_conversation(mailbox, assignee=alice, is_unread=False)
        a_conversation(mailbox, assignee=alice, snoozed_until=UNTIL_REPLY)
        a_conversation(mailbox, folder="archive", assignee=alice)
        a_conversation(mailbox, folder="spam")
        a_conversation(mailbox, merged_into=one)


def test_right_numbers_stay_and_nothing_is_logged(alice, caplog):
    some_conversations(alice)
    before = kept()

    with caplog.at_level(logging.WARNING):
        recount_all()

    assert kept() == before
    assert not caplog.records


def test_wrong_numbers_are_repaired_and_logged(alice, caplog):
    some_conversations(alice)
    before = kept()
    FolderCounter.objects.filter(folder="inbox").update(unread=99, unassigned=-1)
    FolderCounter.objects.filter(folder="archive").delete()
    AssigneeCounter.objects.update(conversations=7)

    with caplog.at_level(logging.WARNING):
        recount_all()

    assert kept() == before
    assert "99" in caplog.text


def test_what_a_deleted_user_answered_for_is_nobodys(alice):
    mailbox = a_mailbox()
    gone = a_user("gone")
    a_conversation(mailbox, assignee=gone)

    gone.delete()
    recount_all()

    inbox = FolderCounter.objects.get(mailbox=mailbox, folder="inbox")
    assert Conversation.objects.get().assignee is None
    assert inbox.unassigned == 1
    assert not AssigneeCounter.objects.exclude(conversations=0).exists()


def test_emptied_mailbox_counts_nothing():
    a_conversation(a_mailbox())
    Conversation.objects.all().delete()

    recount_all()

    assert kept() == set()
