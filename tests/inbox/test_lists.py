"""What each list holds, in which order, and that it is read from its index."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.builders import a_conversation, a_mailbox
from wagtail_ecp.inbox import bulk_sources
from wagtail_ecp.inbox.kept_numbers import kept_number
from wagtail_ecp.inbox.list_filters import filters
from wagtail_ecp.inbox.lists import BY_NAME, LISTS, Listing, Neighbours
from wagtail_ecp.inbox.models import Conversation, ConversationTag, Star, Tag
from wagtail_ecp.inbox.models.conversations import UNTIL_REPLY

pytestmark = pytest.mark.django_db

#: The index that a page of each list is read from.
INDEXES = {
    "inbox": "ecp_conversation_list",
    "waiting": "ecp_conversation_waiting",
    "mine": "ecp_conversation_mine",
    "unassigned": "ecp_conversation_nobodys",
    "snoozed": "ecp_conversation_snoozed",
    "sent": "ecp_conversation_sent",
    "archive": "ecp_conversation_list",
    "spam": "ecp_conversation_list",
    "trash": "ecp_conversation_list",
}


def a_listing(name, user, *mailboxes, **given):
    numbers = tuple(mailbox.pk for mailbox in mailboxes)
    return Listing(BY_NAME[name], user, numbers, filters(given))


def ago(minutes):
    return timezone.now() - timedelta(minutes=minutes)


def subjects(listing, *, most=50, beyond=None):
    return [row.subject for row in listing.rows(most=most, beyond=beyond)]


def one_of_each(mailbox, alice, bob):
    """Make conversations that lists tell apart, named by what they are."""
    a_conversation(mailbox, "new", last_message_at=ago(1), waiting_since=ago(1))
    a_conversation(mailbox, "waits", last_message_at=ago(2), waiting_since=ago(99))
    a_conversation(mailbox, "alice's", last_message_at=ago(3), assignee=alice)
    a_conversation(mailbox, "bob's", last_message_at=ago(4), assignee=bob)
    a_conversation(mailbox, "answered", last_message_at=ago(5), last_answer_at=ago(5))
    a_conversation(mailbox, "asleep", last_message_at=ago(6), snoozed_until=UNTIL_REPLY)
    a_conversation(mailbox, "naps", last_message_at=ago(7), snoozed_until=ago(-9))
    for minutes, folder in enumerate(("archive", "spam", "trash"), 8):
        a_conversation(mailbox, folder, folder=folder, last_message_at=ago(minutes))
    part_of = Conversation.objects.get(subject="new")
    a_conversation(mailbox, "merged", assignee=alice, merged_into=part_of)
    done = Conversation.objects.get(subject="archive")
    Star.objects.create(user=alice, conversation=part_of)
    Star.objects.create(user=alice, conversation=done)
    Star.objects.create(user=bob, conversation=Conversation.objects.earliest("pk"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("inbox", ["new", "waits", "alice's", "bob's", "answered"]),
        ("waiting", ["waits", "new"]),
        ("mine", ["alice's"]),
        ("unassigned", ["new", "waits", "answered"]),
        ("starred", ["new", "archive"]),
        ("snoozed", ["naps", "asleep"]),
        ("sent", ["answered"]),
        ("archive", ["archive"]),
        ("spam", ["spam"]),
        ("trash", ["trash"]),
    ],
)
def test_list_holds_what_its_name_says(alice, bob, name, expected):
    mailbox = a_mailbox(readers=[alice])
    one_of_each(mailbox, alice, bob)
    listing = a_listing(name, alice, mailbox)

    assert subjects(listing) == expected
    assert {row.subject for row in listing.everything()} == set(expected)


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: kind.name)
def test_pages_of_all_mailboxes_follow_without_gap_or_double(alice, kind):
    mailboxes = [a_mailbox(f"{name}@example.com", readers=[alice]) for name in "abc"]
    # Some at the same moment, in one mailbox and across them.
    fields = {
        "waiting": {"waiting_since": ago(0)},
        "mine": {"assignee": alice},
        "sent": {"last_answer_at": ago(0)},
        "snoozed": {"snoozed_until": UNTIL_REPLY},
        "starred": {},
        "unassigned": {},
    }.get(kind.name, {"folder": kind.name})
    for minutes in (1, 1, 2, 3, 3):
        for mailbox in mailboxes:
            made = a_conversation(mailbox, last_message_at=ago(minutes), **fields)
            Star.objects.create(user=alice, conversation=made)
    listing = a_listing(kind.name, alice, *mailboxes)

    seen, cursor = [], None
    while page := list(listing.rows(most=4, beyond=cursor)):
        seen += page
        cursor = kind.order.cursor(page[-1])

    assert seen == list(kind.order.sort(listing.everything()))
    assert len(seen) == 15


def test_neighbours_are_those_of_the_list(alice, bob):
    mailbox, other = a_mailbox(), a_mailbox("other@example.com")
    for minutes in (3, 2, 1):
        a_conversation(mailbox, last_message_at=ago(minutes), assignee=alice)
        a_conversation(mailbox, last_message_at=ago(minutes), assignee=bob)
    elsewhere = a_conversation(other, last_message_at=ago(0), assignee=alice)
    newest, middle, oldest = a_listing("mine", alice, mailbox).rows(most=9)

    one, both = (
        a_listing("mine", alice, mailbox),
        a_listing("mine", alice, mailbox, other),
    )

    assert one.neighbours(newest) == Neighbours(None, middle.pk)
    assert one.neighbours(middle) == Neighbours(newest.pk, oldest.pk)
    assert one.neighbours(oldest) == Neighbours(middle.pk, None)
    assert both.neighbours(newest) == Neighbours(elsewhere.pk, middle.pk)


def test_what_left_the_list_still_has_its_neighbours(alice):
    mailbox = a_mailbox()
    oldest, gone, newest = (
        a_conversation(mailbox, last_message_at=ago(minutes)) for minutes in (3, 2, 1)
    )
    Conversation.objects.filter(pk=gone.pk).update(folder="archive")

    found = a_listing("inbox", alice, mailbox).neighbours(gone)

    assert found == Neighbours(newest.pk, oldest.pk)


def test_what_woke_has_no_neighbours_among_the_snoozed(alice):
    mailbox = a_mailbox()
    a_conversation(mailbox, snoozed_until=UNTIL_REPLY)
    awake = a_conversation(mailbox)

    found = a_listing("snoozed", alice, mailbox).neighbours(awake)

    assert found == Neighbours(None, None)


def test_everything_leaves_out_what_one_may_not_read_any_more(alice):
    mailbox = a_mailbox()
    a_conversation(mailbox)

    assert not a_listing("inbox", alice, mailbox).everything()


def some_to_filter(mailbox, alice, bob):
    """Make conversations, each with one thing that a filter asks for."""
    a_conversation(mailbox, "plain", is_unread=False)
    a_conversation(mailbox, "unread", is_unread=True)
    a_conversation(mailbox, "alice's", is_unread=False, assignee=alice)
    a_conversation(mailbox, "bob's", is_unread=True, assignee=bob)
    a_conversation(mailbox, "files", is_unread=False, has_attachments=True)
    for minutes in (30, 100, 300):
        a_conversation(
            mailbox, f"{minutes}", is_unread=False, waiting_since=ago(minutes)
        )
    tagged = a_conversation(mailbox, "tagged", is_unread=False)
    tag = Tag.objects.create(name="Order", key="order")
    ConversationTag.objects.create(conversation=tagged, tag=tag)
    return tag


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"unread": "yes"}, {"unread", "bob's"}),
        ({"assignee": "me"}, {"alice's"}),
        ({"assignee": "bob"}, {"bob's"}),
        ({"files": "yes"}, {"files"}),
        ({"waiting": "1"}, {"100", "300"}),
        ({"waiting": "4"}, {"300"}),
        ({"tag": "order"}, {"tagged"}),
        ({"unread": "yes", "assignee": "bob"}, {"bob's"}),
        ({"unread": "yes", "assignee": "me"}, set()),
        ({"unread": "yes", "assignee": "nobody"}, {"unread"}),
    ],
)
def test_filters_narrow_a_list_and_each_other(alice, bob, given, expected):
    mailbox = a_mailbox(readers=[alice])
    tag = some_to_filter(mailbox, alice, bob)
    known = {"bob": str(bob.pk), "order": str(tag.pk)}
    given = {name: known.get(value, value) for name, value in given.items()}

    listing = a_listing("inbox", alice, mailbox, **given)

    assert set(subjects(listing)) == expected
    assert {row.subject for row in listing.everything()} == expected


@pytest.mark.parametrize(
    "given",
    [
        {"unread": "no"},
        {"assignee": "x" * 99},
        {"assignee": "'; DROP"},
        {"tag": "-1"},
        {"tag": "٧"},
        {"tag": "9" * 99},
        {"waiting": "5"},
        {"files": ""},
        {"colour": "red"},
    ],
)
def test_nonsense_filters_nothing(given):
    assert filters(given) == ()


def plan_of(query):
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        sql, params = query.query.sql_with_params()
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return [row[-1] for row in cursor.fetchall()]


@pytest.fixture
def full_mailboxes(alice, bob):
    """Two mailboxes that hold enough of everything for a planner to take it seriously."""
    mailboxes = [a_mailbox(f"{name}@example.com", readers=[alice]) for name in "ab"]
    moments = {"waiting_since": ago(9), "last_answer_at": ago(8)}
    for mailbox in mailboxes:
        Conversation.objects.bulk_create(
            Conversation(
                mailbox=mailbox,
                folder=("inbox", "archive", "spam", "trash")[number % 7 % 4],
                assignee=(alice, bob, None)[number % 3],
                snoozed_until=UNTIL_REPLY if number % 28 == 0 else None,
                began_at=ago(number),
                last_message_at=ago(number),
                **moments,
            )
            for number in range(600)
        )
    Star.objects.bulk_create(
        Star(user=(alice, bob)[row.pk % 40 > 0], conversation=row)
        for row in Conversation.objects.all()
    )
    return mailboxes


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="reads the query plan of SQLite"
)
@pytest.mark.parametrize("has_cursor", [False, True])
@pytest.mark.parametrize("name", INDEXES)
def test_page_is_read_from_the_lists_index_in_order(
    alice, full_mailboxes, name, has_cursor
):
    listing = a_listing(name, alice, full_mailboxes[0])
    row = listing.rows(most=1)[0]
    cursor = listing.kind.order.cursor(row) if has_cursor else None

    plan = plan_of(listing.rows(most=51, beyond=cursor))

    [search] = plan
    assert INDEXES[name] in search
    bound = {True: "<", False: ">"}[listing.kind.order.is_newest_first]
    assert f"{listing.kind.order.field}{bound}?" in search or not has_cursor


def plan_on_postgresql(query):
    """Return the lines of a plan in which reading a whole table is no choice."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        for other in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
            cursor.execute(f"SET LOCAL enable_{other} = off")
    return query.explain().splitlines()


@pytest.mark.postgres
@pytest.mark.parametrize("name", INDEXES)
def test_each_list_is_read_from_its_index_on_postgresql(alice, full_mailboxes, name):
    plan = plan_on_postgresql(a_listing(name, alice, full_mailboxes[0]).rows(most=51))

    assert [step for step in plan if f"Scan using {INDEXES[name]}" in step], plan
    assert not [step for step in plan if "Sort" in step]


@pytest.mark.postgres
@pytest.mark.parametrize("name", INDEXES)
def test_postgresql_knows_how_much_is_in_a_list(alice, full_mailboxes, name):
    """What it expects decides how it reads: a condition said twice counts twice."""
    everything = a_listing(name, alice, full_mailboxes[0]).everything()
    everything.query.clear_ordering(force=True)

    [expected] = re.findall(r" rows=(\d+) ", plan_on_postgresql(everything)[0])

    assert int(expected) > everything.count() / 3


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="reads the query plan of SQLite"
)
@pytest.mark.parametrize("name", INDEXES)
def test_all_mailboxes_are_read_from_the_index_of_each(alice, full_mailboxes, name):
    listing = a_listing(name, alice, *full_mailboxes)

    plan = plan_of(listing.rows(most=51))

    assert sum(INDEXES[name] in step for step in plan) == 2
    # Only the rows that were found are sorted, found by their number.
    assert not [step for step in plan if step.startswith("SCAN wagtail_ecp")]
    assert sum("TEMP B-TREE" in step for step in plan) <= 1


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="reads the query plan of SQLite"
)
@pytest.mark.parametrize(
    ("name", "given", "index"),
    [
        ("inbox", {"unread": "yes"}, "ecp_conversation_unread"),
        ("archive", {"unread": "yes"}, "ecp_conversation_unread"),
        ("inbox", {"assignee": "me"}, "ecp_conversation_mine"),
        ("inbox", {"assignee": "nobody"}, "ecp_conversation_nobodys"),
        ("waiting", {"waiting": "4"}, "ecp_conversation_waiting"),
    ],
)
def test_filter_is_answered_by_its_index(alice, full_mailboxes, name, given, index):
    Conversation.objects.filter(pk__gt=20).update(is_unread=False)
    listing = a_listing(name, alice, full_mailboxes[0], **given)

    [search] = plan_of(listing.rows(most=51))

    assert index in search


@pytest.mark.skipif(
    "connection.vendor != 'sqlite'", reason="reads the query plan of SQLite"
)
def test_starred_reads_the_members_stars_alone(alice, full_mailboxes):
    plan = plan_of(a_listing("starred", alice, full_mailboxes[0]).rows(most=51))

    assert "PRIMARY KEY (rowid=?)" in plan[0]
    assert [step for step in plan if "wagtail_ecp_star" in step and "user_id=?" in step]


def test_bulk_change_of_everything_keeps_the_filters(alice, bob):
    mailbox = a_mailbox(readers=[alice])
    some_to_filter(mailbox, alice, bob)
    listing = a_listing("inbox", alice, mailbox, unread="yes")

    source = bulk_sources.read(bulk_sources.where_of(listing, title=""), alice)
    numbers, _rest = source.piece("", most=50, until=timezone.now())

    found = Conversation.objects.filter(pk__in=numbers)
    assert {row.subject for row in found} == {"unread", "bob's"}
    assert kept_number(listing) is None
