"""Threads come out the same whatever the order in which mail arrives."""

import random
from collections import defaultdict
from datetime import timedelta

import pytest

from tests.builders import SUPPORT, a_mailbox, an_email, receive_and_process
from tests.inbox.thread_sets import START, THREAD_SETS
from wagtail_ecp.inbox.models import Conversation, FolderCounter, Message
from wagtail_ecp.inbox.nodes import holders_anywhere, whole_nodes
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.mail.threading import connected, links

SALES = "sales@example.com"

ORDERS = ("reversed", 1)


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


@pytest.mark.parametrize("order", ["as sent", 2])
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


def random_mails(dice):
    """Mail in which anything may cite anything, to two mailboxes."""
    people = [f"p{number}@people.example" for number in range(dice.randint(2, 4))]
    ids = [f"i{number}@x" for number in range(8)]
    for number in range(8):
        own = dice.choice([ids[number]] * 8 + [dice.choice(ids), None])
        mail = an_email(
            dice.choice(["S", "Re: S", "T", "Re: T"]),
            f"Text {number}\n",
            sender=dice.choice(people),
            message_id=own,
            cites=dice.sample([*ids, "never@x"], dice.choice([0, 0, 1, 1, 2, 3])),
            date=START + timedelta(minutes=number),
            Cc=", ".join(dice.sample(people, dice.randint(1, len(people)))),
        )
        yield mail, dice.choice([[SUPPORT], [SUPPORT], [SALES], [SUPPORT, SALES]])


@pytest.mark.parametrize("seed", range(4))
def test_what_comes_in_one_by_one_ends_as_the_links_of_all(db, seed):
    a_mailbox()
    a_mailbox(SALES)
    dice = random.Random(seed)  # noqa: S311
    mails = in_order(random_mails(dice), seed)

    for raw, recipients in mails:
        receive(raw, recipients=recipients)
        process_batch()

    nodes = whole_nodes(Conversation.objects.values_list("pk", flat=True))
    holders = holders_anywhere({cited for node in nodes for cited in node.cites})
    expected = connected([node.key for node in nodes], links(nodes, holders))
    rows = Message.objects.values_list("conversation_id", "pk")
    assert partition(rows) == sorted(map(sorted, expected))
