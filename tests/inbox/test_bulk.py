"""One change to many conversations: what is meant, what is refused, and the way back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import a_conversation, a_mailbox, an_email, grant
from tests.builders import receive_and_process as arrive
from wagtail_ecp.inbox import actions, bulk, bulk_sources
from wagtail_ecp.inbox.actions.bulk import BULK_ACTION_NAMED, BULK_ACTIONS
from wagtail_ecp.inbox.list_filters import filters
from wagtail_ecp.inbox.lists import BY_NAME, Listing
from wagtail_ecp.inbox.models import (
    BulkChange,
    BulkItem,
    Conversation,
    Folder,
    FolderCounter,
    Star,
    Tag,
)
from wagtail_ecp.inbox.models.leases import new_owner
from wagtail_ecp.jobs.bulk import bulk_change, remove_old_bulk_changes
from wagtail_ecp.jobs.sweep import sweep
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db

ARCHIVE = BULK_ACTION_NAMED["archive"]
State = BulkChange.State


@pytest.fixture
def support(alice, bob):
    return a_mailbox(repliers=[alice, bob])


@pytest.fixture
def large(monkeypatch):
    """Make everything too many to be done at once, and nothing done by a job."""
    monkeypatch.setattr(bulk, "AT_ONCE", -1)
    monkeypatch.setattr(bulk, "PIECE", 2)
    monkeypatch.setattr(bulk, "GATHERED", 2)


def some(mailbox, number, **facts):
    return [a_conversation(mailbox, f"{index}", **facts) for index in range(number)]


def numbers(rows):
    return [row.pk for row in rows]


def where(user, *mailboxes, name="inbox"):
    listing = Listing(BY_NAME[name], user, tuple(box.pk for box in mailboxes))
    return bulk_sources.where_of(listing, title="Support: Inbox")


def folders():
    return list(Conversation.objects.order_by("pk").values_list("folder", flat=True))


def reasons(change):
    refused = change.items.filter(state=BulkItem.State.REFUSED)
    return dict(refused.values_list("number", "reason"))


def finish(change):
    """Work as workers do until nothing is left."""
    while bulk.work(change.pk, seconds=0):
        pass
    change.refresh_from_db()
    return change


# What is done


def test_few_are_done_at_once(support, alice):
    one, _two, three = some(support, 3)

    change = bulk.ask(ARCHIVE, numbers([one, three]), by=alice)

    assert folders() == ["archive", "inbox", "archive"]
    assert (change.state, change.done, change.refused) == (State.DONE, 2, 0)
    assert FolderCounter.objects.get(folder="archive").conversations == 2
    assert Action.objects.filter(kind="changed-folder", user=alice).count() == 2


def test_more_than_a_hundred_are_left_to_a_job(
    support, alice, django_capture_on_commit_callbacks, monkeypatch
):
    asked = []
    monkeypatch.setattr(
        "wagtail_ecp.queue.enqueue", lambda *job, **_: asked.append(job)
    )
    rows = some(support, 101)

    with django_capture_on_commit_callbacks(execute=True):
        change = bulk.ask(ARCHIVE, numbers(rows), by=alice)

    assert (change.state, change.total, change.done) == (State.WAITING, 101, 0)
    assert asked == [(bulk_change, change.pk)]
    bulk_change(change.pk)
    assert set(folders()) == {"archive"}


def value_for(action, *, mailbox, user):
    """Return what a member might choose."""
    given = {"assignee": str(user.pk), "mailbox": str(mailbox.pk), "tags": "one, Two"}
    argument = action.argument
    if argument is None:
        return {}
    value = given.get(argument.name, "tomorrow")
    return {argument.name: argument.read(value, user)}


@pytest.mark.parametrize("action", BULK_ACTIONS, ids=lambda action: action.name)
def test_each_action_is_done_and_undone(support, alice, action):
    sales = a_mailbox("sales@example.com", repliers=[alice])
    (mail,) = arrive(an_email())
    row = mail.message.conversation
    prepare = {
        "wanted": lambda: actions.move_to(Folder.SPAM, row, by=alice),
        "inbox": lambda: actions.move_to(Folder.TRASH, row, by=alice),
        "unread": lambda: actions.mark_read(row, by=alice),
        "untag": lambda: actions.tag(row, ["one"], by=alice),
        "unstar": lambda: actions.star(row, by=alice),
    }
    prepare.get(action.name, lambda: None)()
    before = state_of(row)
    values = value_for(action, mailbox=sales, user=alice)

    change = bulk.ask(action, [row.pk], by=alice, values=values)

    assert (change.done, change.refused) == (1, 0), reasons(change)
    assert state_of(row) != before
    bulk.undo(change)
    change.refresh_from_db()
    assert change.state == State.UNDONE
    assert state_of(row) == before


def state_of(row):
    columns = ("mailbox", "folder", "assignee", "snoozed_until", "is_unread")
    found = Conversation.objects.filter(pk=row.pk)
    tags = Tag.objects.filter(taggings__conversation=row)
    return (
        found.values(*columns).get(),
        set(tags.values_list("key", flat=True)),
        Star.objects.count(),
    )


def test_what_is_so_already_counts_as_done(support, alice):
    (row,) = some(support, 1, folder=Folder.ARCHIVE)

    change = bulk.ask(ARCHIVE, [row.pk], by=alice)

    assert (change.done, change.refused) == (1, 0)
    assert not Action.objects.filter(kind="changed-folder").exists()


# What is refused, one by one


def test_what_one_may_not_see_or_change_is_refused_and_the_rest_done(support, alice):
    foreign = a_mailbox("secret@example.com")
    read_only = a_mailbox("press@example.com", readers=[alice])
    (ours,), (theirs,), (seen,) = some(support, 1), some(foreign, 1), some(read_only, 1)

    change = bulk.ask(ARCHIVE, [ours.pk, theirs.pk, seen.pk, 10**9], by=alice)

    assert folders() == ["archive", "inbox", "inbox"]
    assert (change.done, change.refused) == (1, 3)
    gone = "It is gone, or you may not see it any more."
    assert reasons(change) == {
        theirs.pk: gone,
        10**9: gone,
        seen.pk: "You may only read mail in this mailbox.",
    }


def test_who_lost_the_right_meanwhile_changes_nothing(support, alice, large):
    change = bulk.ask(ARCHIVE, numbers(some(support, 3)), by=alice)
    alice.groups.clear()
    grant(alice, support, "read")

    finish(change)

    assert set(folders()) == {"inbox"}
    assert (change.done, change.refused) == (0, 3)


def test_who_may_see_the_list_no_more_changes_nothing(support, alice, large):
    some(support, 3)
    change = bulk.ask(ARCHIVE, by=alice, where=where(alice, support))
    alice.groups.clear()

    finish(change)

    assert set(folders()) == {"inbox"}
    assert (change.state, change.done) == (State.DONE, 0)


def test_inactive_user_changes_nothing(support, alice, large):
    change = bulk.ask(ARCHIVE, numbers(some(support, 1)), by=alice)
    alice.is_active = False
    alice.save()

    finish(change)

    assert folders() == ["inbox"]


def test_merged_and_deleted_conversations_are_left_alone(support, alice, large):
    one, two, three = (
        row.message.conversation for row in arrive(*map(an_email, ("1", "2", "3")))
    )
    change = bulk.ask(ARCHIVE, numbers([two, three]), by=alice)
    actions.merge(one, two, by=alice)
    gone = three.pk
    three.messages.all().delete()
    three.delete()

    finish(change)

    assert Conversation.objects.get(pk=one.pk).folder == Folder.INBOX
    assert reasons(change) == {
        two.pk: "It has become part of another conversation.",
        gone: "It is gone, or you may not see it any more.",
    }


def test_new_mail_is_not_put_out_of_sight(support, alice, large):
    (row,) = arrive(an_email(message_id="first@customer.example"))
    number = row.message.conversation_id
    change = bulk.ask(ARCHIVE, [number], by=alice)
    arrive(an_email("Re: parcel", cites=["first@customer.example"]))

    finish(change)

    assert folders() == ["inbox"]
    assert reasons(change) == {number: "New mail came in meanwhile."}


# Everything that a list holds


def test_everything_of_a_list_is_changed_and_nothing_else(support, alice, large):
    sales = a_mailbox("sales@example.com", repliers=[alice])
    some(support, 5)
    some(support, 1, snoozed_until=timezone.now() + timedelta(days=1))
    some(support, 1, folder=Folder.TRASH)
    some(sales, 1)

    change = finish(bulk.ask(ARCHIVE, by=alice, where=where(alice, support)))

    assert folders() == ["archive"] * 5 + ["inbox", "trash", "inbox"]
    assert (change.state, change.total, change.done) == (State.DONE, 5, 5)


def test_list_over_all_mailboxes_is_gone_through(support, alice, large):
    sales = a_mailbox("sales@example.com", repliers=[alice])
    foreign = a_mailbox("secret@example.com")
    some(support, 3)
    some(sales, 3)
    some(foreign, 1)
    everything = where(alice, support, sales, foreign, name="unassigned")

    finish(bulk.ask(ARCHIVE, by=alice, where=everything))

    assert folders() == ["archive"] * 6 + ["inbox"]


def test_filters_of_the_list_hold_in_the_job(support, alice, bob, large):
    some(support, 2, assignee=bob)
    some(support, 2)
    listing = Listing(
        BY_NAME["inbox"], alice, (support.pk,), filters({"assignee": "nobody"})
    )
    everything = bulk_sources.where_of(listing, title="Support: Inbox")

    finish(bulk.ask(ARCHIVE, by=alice, where=everything))

    assert folders() == ["inbox", "inbox", "archive", "archive"]


def test_list_without_mailboxes_is_at_its_end(support, alice, large):
    change = finish(bulk.ask(ARCHIVE, by=alice, where=where(alice)))

    assert (change.state, change.total) == (State.DONE, 0)


def test_what_comes_into_the_list_meanwhile_stays(support, alice, large):
    some(support, 2)
    (old,) = some(support, 1, folder=Folder.ARCHIVE)
    change = bulk.ask(ARCHIVE, by=alice, where=where(alice, support))
    (new,) = some(support, 1)

    finish(change)

    assert folders() == ["archive", "archive", "archive", "inbox"]
    assert not change.items.filter(number__in=[new.pk, old.pk]).exists()


def test_what_left_the_list_meanwhile_stays(support, alice, bob, large):
    take = BULK_ACTION_NAMED["mine"]
    rows = some(support, 3)
    change = bulk.ask(take, by=alice, where=where(alice, support, name="unassigned"))
    bulk._step(claimed(change))
    bulk._step(claimed(change))  # Noted down, and nothing done yet.
    BulkChange.objects.update(lease_until=None)
    actions.assign(rows[0], to=bob, by=bob)

    finish(change)

    rows[0].refresh_from_db()
    assert rows[0].assignee == bob
    assert reasons(change) == {rows[0].pk: "It is not in this list any more."}
    assert Conversation.objects.filter(assignee=alice).count() == 2


def claimed(change):
    """Return the row as a worker that begins has it."""
    owner = new_owner()
    BulkChange.objects.filter(pk=change.pk).update(lease_until=None)
    BulkChange.objects.filter(pk=change.pk).claim(owner, lease=bulk.LEASE, limit=1)
    return BulkChange.objects.select_related("user").get(pk=change.pk)


# Workers die, are slow, and are told to stop


def test_killed_worker_loses_nothing_and_the_next_goes_on(
    support, alice, large, monkeypatch
):
    rows = some(support, 5)
    change = bulk.ask(ARCHIVE, numbers(rows), by=alice)
    kill_after(monkeypatch, 3)

    with pytest.raises(KeyboardInterrupt):
        bulk.work(change.pk, seconds=60)

    monkeypatch.undo()
    change.refresh_from_db()
    assert (change.done, folders().count("archive")) == (3, 3)
    finish(change)
    assert (change.state, change.done) == (State.DONE, 5)
    assert set(folders()) == {"archive"}
    assert Action.objects.filter(kind="changed-folder").count() == 5


def kill_after(monkeypatch, number):
    left, do = [number], bulk._settle

    def settle(*args, **facts):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        do(*args, **facts)

    monkeypatch.setattr(bulk, "_settle", settle)


def test_sweep_finds_what_a_worker_left(support, alice, large, settings):
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {
        "JOB_QUEUE": "wagtail_ecp.queue.ImmediateQueue"
    }
    change = bulk.ask(ARCHIVE, numbers(some(support, 3)), by=alice)
    BulkChange.objects.update(
        lease_owner="dead", lease_until=Now() - timedelta(seconds=1)
    )

    bulk_change(change.pk)

    assert set(folders()) == {"archive"}
    assert "bulk_change" in sweep.__globals__


def test_worker_whose_claim_ran_out_changes_nothing(support, alice, large):
    change = bulk.ask(ARCHIVE, numbers(some(support, 1)), by=alice)
    slow = claimed(change)
    claimed(change)  # Another one.

    with pytest.raises(bulk.LeaseLostError):
        bulk._do(slow, change.items.get(), is_in_list=True)

    assert folders() == ["inbox"]
    assert change.items.get().state == BulkItem.State.WAITING


def test_second_worker_leaves_a_claimed_change_alone(support, alice, large):
    change = bulk.ask(ARCHIVE, numbers(some(support, 1)), by=alice)
    claimed(change)

    assert not bulk.work(change.pk, seconds=60)

    assert folders() == ["inbox"]


def test_cancelled_change_stops_and_what_is_done_can_be_undone(support, alice, large):
    change = bulk.ask(ARCHIVE, numbers(some(support, 5)), by=alice)
    bulk.work(change.pk, seconds=-1)

    bulk.cancel(change)

    finish(change)
    assert (change.state, change.done) == (State.CANCELLED, 2)
    assert folders().count("archive") == 2
    bulk.undo(change)
    assert finish(change).state == State.UNDONE
    assert set(folders()) == {"inbox"}


def test_finished_change_can_not_be_cancelled(support, alice):
    change = bulk.ask(ARCHIVE, numbers(some(support, 1)), by=alice)

    bulk.cancel(change)

    change.refresh_from_db()
    assert change.state == State.DONE


# Two members, and the way back


def test_two_members_at_once_each_do_their_part_once(support, alice, bob, large):
    rows = numbers(some(support, 4))
    first = bulk.ask(ARCHIVE, rows, by=alice)
    second = bulk.ask(ARCHIVE, rows, by=bob)

    bulk.work(first.pk, seconds=-1)
    finish(second)
    finish(first)

    assert set(folders()) == {"archive"}
    assert Action.objects.filter(kind="changed-folder").count() == 4
    assert (first.done, second.done) == (4, 4)


def test_undo_takes_back_what_still_holds_and_names_the_rest(support, alice, bob):
    rows = some(support, 3)
    change = bulk.ask(ARCHIVE, numbers(rows), by=alice)
    actions.move_to(Folder.TRASH, rows[1], by=bob)

    bulk.undo(change)

    change.refresh_from_db()
    assert change.state == State.UNDONE
    assert folders() == ["inbox", "trash", "inbox"]
    kept = change.items.get(state=BulkItem.State.DONE)
    assert kept.number == rows[1].pk
    assert kept.reason == "Not undone: somebody has changed it again since."


def test_undo_goes_on_after_a_kill(support, alice, large, monkeypatch):
    change = finish(bulk.ask(ARCHIVE, numbers(some(support, 5)), by=alice))
    bulk.undo(change)
    kill_after(monkeypatch, 3)
    with pytest.raises(KeyboardInterrupt):
        bulk.work(change.pk, seconds=60)
    monkeypatch.undo()

    finish(change)

    assert (change.state, change.done) == (State.UNDONE, 5)
    assert set(folders()) == {"inbox"}
    assert Action.objects.filter(kind=Action.Kind.UNDONE).count() == 5


def test_undoing_twice_does_nothing(support, alice):
    rows = some(support, 2)
    change = bulk.ask(ARCHIVE, numbers(rows), by=alice)
    bulk.undo(change)
    actions.move_to(Folder.ARCHIVE, rows[0], by=alice)

    bulk.undo(change)

    assert folders() == ["archive", "inbox"]


def test_old_changes_are_forgotten(support, alice):
    old = bulk.ask(ARCHIVE, numbers(some(support, 2)), by=alice)
    BulkChange.objects.update(finished_at=timezone.now() - timedelta(days=31))
    kept = bulk.ask(ARCHIVE, numbers(some(support, 1)), by=alice)

    remove_old_bulk_changes()

    assert list(BulkChange.objects.all()) == [kept]
    assert not BulkItem.objects.filter(change_id=old.pk).exists()


def test_next_piece_of_a_long_list_costs_as_much_as_the_first(support, alice):
    some(support, 30)
    source = bulk_sources.read(where(alice, support), alice)
    now = timezone.now()
    _numbers, cursor = source.piece("", most=10, until=now)

    with CaptureQueriesContext(connection) as first:
        source.piece("", most=10, until=now)
    with CaptureQueriesContext(connection) as later:
        rest, _cursor = source.piece(cursor, most=10, until=now)

    assert len(first) == len(later) == 1
    assert len(rest) == 10
