"""Threads come out the same whatever the order in which mail arrives."""

import random
from collections import defaultdict

import pytest

from tests.builders import a_mailbox, receive_and_process
from tests.inbox.thread_sets import THREAD_SETS
from wagtail_ecp.inbox.models import Conversation, FolderCounter, Message

ORDERS = ("as sent", "reversed", 1)


def in_order(items, order):
    items = list(items)
    if order == "reversed":
        items.reverse()
    elif order != "as sent":
        random.Random(order).shuffle(items)  # noqa: S311
    return items


def partition(pairs):
    groups = defaultdict(set)
    for group, member in pairs:
        groups[group].add(member)
    return sorted(map(sorted, groups.values()))


def stored_threads(raw_by_blob):
    rows = Message.objects.values_list("conversation_id", "blob_id")
    return partition((number, raw_by_blob[blob]) for number, blob in rows)


def assert_counters_say_what_a_count_would():
    counter = FolderCounter.objects.get(folder="inbox")
    whole = Conversation.objects.whole()
    assert counter.conversations == whole.count()
    assert counter.unread == whole.filter(is_unread=True).count()
    assert not whole.filter(messages=None).exists()
    for conversation in whole:
        assert conversation.message_count == conversation.messages.count()


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("thread_set", THREAD_SETS)
def test_threads_are_the_true_ones_in_any_order(db, thread_set, order):
    found = thread_set()
    a_mailbox()

    names = {}
    for index in in_order(range(len(found.mails)), order):
        (row,) = receive_and_process(found.mails[index])
        names[row.blob_id] = index

    assert stored_threads(names) == partition(
        (thread, index) for index, thread in enumerate(found.threads)
    )
    assert_counters_say_what_a_count_would()


@pytest.mark.parametrize("order", ["reversed", 2])
def test_all_sets_at_once_in_one_batch_are_told_apart(db, order):
    a_mailbox()
    sets = [make() for make in THREAD_SETS]
    mails = [
        (mail, (number, thread))
        for number, found in enumerate(sets)
        for mail, thread in zip(found.mails, found.threads, strict=True)
    ]

    mails = in_order(mails, order)
    rows = receive_and_process(*(mail for mail, _thread in mails))

    names = {row.blob_id: index for index, row in enumerate(rows)}
    assert stored_threads(names) == partition(
        (thread, index) for index, (_mail, thread) in enumerate(mails)
    )
    assert_counters_say_what_a_count_would()
