"""Taking back what one has just done: as it was before, unless somebody changed it since."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.builders import a_mailbox, an_email, done, grant, receive_and_process
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation, Folder, FolderCounter
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam.models import Mark, Score

pytestmark = pytest.mark.django_db

Verdict = Mark.Verdict
NEXT_WEEK = datetime.now(tz=UTC) + timedelta(days=7)


@pytest.fixture
def support(alice, bob):
    return a_mailbox(repliers=[alice, bob])


def arrive(subject="Parcel", **more):
    Account.objects.update(spam_threshold=100)
    (row,) = receive_and_process(an_email(subject, **more))
    return row.message.conversation


def now(conversation):
    """Return what the row says of its place, its verdicts and who answers."""
    columns = ("folder", "junked_at", "snoozed_until", "came_back_at", "is_unread")
    rows = Conversation.objects.filter(pk=conversation.pk)
    verdicts = Score.objects.filter(message__conversation=conversation)
    return rows.values(*columns, "assignee", "message_count").get() | {
        "verdicts": list(verdicts.order_by("pk").values_list("decision", "is_spam"))
    }


def counted():
    """Return how many conversations the folders say that they hold."""
    rows = FolderCounter.objects.exclude(conversations=0)
    return dict(rows.values_list("folder", "conversations"))


@pytest.mark.parametrize("folder", [Folder.ARCHIVE, Folder.TRASH, Folder.SPAM])
def test_moved_conversation_comes_back_as_it_was(support, alice, folder):
    conversation = arrive()
    Conversation.objects.update(came_back_at=timezone.now())
    before, numbers = now(conversation), counted()
    moved = done(actions.move_to(folder, conversation, by=alice))

    undone = actions.undo(moved, by=alice)

    assert undone == conversation
    assert now(conversation) == before
    assert counted() == numbers
    action = Action.objects.latest("pk")
    assert (action.kind, action.user) == (Action.Kind.UNDONE, alice)
    assert action.data == {"action": moved.pk, "kind": "changed-folder"}


def test_snoozed_conversation_sleeps_again(support, alice):
    conversation = arrive()
    Conversation.objects.update(snoozed_until=NEXT_WEEK)
    moved = done(actions.move_to(Folder.ARCHIVE, conversation, by=alice))
    assert now(conversation)["snoozed_until"] is None

    actions.undo(moved, by=alice)

    assert now(conversation)["snoozed_until"] == NEXT_WEEK


def test_time_in_the_trash_does_not_begin_anew(support, alice):
    conversation = arrive()
    actions.move_to(Folder.TRASH, conversation, by=alice)
    before = now(conversation)
    moved = done(actions.move_to(Folder.INBOX, conversation, by=alice))

    actions.undo(moved, by=alice)

    assert now(conversation) == before


@pytest.mark.parametrize("verdict", [Verdict.SPAM, Verdict.WANTED])
def test_mark_is_undone_with_what_it_moved(support, alice, verdict):
    conversation = arrive()
    if verdict == Verdict.WANTED:
        actions.mark(conversation, Verdict.SPAM, by=alice)
    before = now(conversation)
    marked = done(actions.mark(conversation, verdict, by=alice))

    actions.undo(marked, by=alice)

    assert now(conversation) == before


def test_move_out_of_spam_is_undone_with_its_verdicts(support, alice):
    conversation = arrive()
    actions.mark(conversation, Verdict.SPAM, by=alice)
    before = now(conversation)
    moved = done(actions.move_to(Folder.ARCHIVE, conversation, by=alice))

    actions.undo(moved, by=alice)

    assert now(conversation) == before


def test_mark_that_a_colleague_corrected_stays(support, alice, bob):
    conversation = arrive()
    marked = done(actions.mark(conversation, Verdict.SPAM, by=alice))
    actions.mark(conversation, Verdict.WANTED, by=bob)
    before = now(conversation)

    with pytest.raises(ValidationError, match="changed it again"):
        actions.undo(marked, by=alice)

    assert now(conversation) == before


def test_marked_conversation_that_was_moved_since_stays(support, alice, bob):
    conversation = arrive()
    marked = done(actions.mark(conversation, Verdict.SPAM, by=alice))
    actions.move_to(Folder.TRASH, conversation, by=bob)

    with pytest.raises(ValidationError, match="changed it again"):
        actions.undo(marked, by=alice)

    assert now(conversation)["folder"] == Folder.TRASH


def test_other_things_that_happened_since_do_not_hinder(support, alice, bob):
    conversation = arrive()
    moved = done(actions.move_to(Folder.ARCHIVE, conversation, by=alice))
    actions.assign(conversation, to=bob, by=bob)

    actions.undo(moved, by=alice)

    assert now(conversation)["folder"] == Folder.INBOX
    assert now(conversation)["assignee"] == bob.pk


def test_moved_again_since_stays(support, alice, bob):
    conversation = arrive()
    moved = done(actions.move_to(Folder.ARCHIVE, conversation, by=alice))
    actions.move_to(Folder.TRASH, conversation, by=bob)

    with pytest.raises(ValidationError, match="changed it again"):
        actions.undo(moved, by=alice)

    assert now(conversation)["folder"] == Folder.TRASH


def test_customers_reply_since_is_not_buried_again(support, alice):
    conversation = arrive(message_id="first@customer.example")
    actions.move_to(Folder.TRASH, conversation, by=alice)
    moved = done(actions.move_to(Folder.ARCHIVE, conversation, by=alice))
    receive_and_process(an_email("Re: Parcel", cites=["first@customer.example"]))

    with pytest.raises(ValidationError):
        actions.undo(moved, by=alice)

    assert now(conversation)["folder"] == Folder.INBOX


@pytest.mark.parametrize("to_somebody", [True, False])
def test_assignment_goes_back_to_who_had_it(support, alice, bob, to_somebody):
    conversation = arrive()
    if to_somebody:
        actions.assign(conversation, to=bob, by=bob)
    before = now(conversation)
    assigned = done(actions.assign(conversation, to=alice, by=alice))

    actions.undo(assigned, by=alice)

    assert now(conversation) == before


def test_assignment_does_not_go_back_to_who_may_not_answer_any_more(
    support, alice, bob
):
    conversation = arrive()
    actions.assign(conversation, to=bob, by=bob)
    assigned = done(actions.assign(conversation, to=alice, by=alice))
    bob.groups.clear()

    with pytest.raises(ValidationError, match="no longer answer"):
        actions.undo(assigned, by=alice)

    assert now(conversation)["assignee"] == alice.pk


def test_assigned_again_since_stays(support, alice, bob):
    conversation = arrive()
    assigned = done(actions.assign(conversation, to=alice, by=alice))
    actions.assign(conversation, to=bob, by=bob)

    with pytest.raises(ValidationError, match="changed it again"):
        actions.undo(assigned, by=alice)

    assert now(conversation)["assignee"] == bob.pk


def test_undoing_twice_does_nothing(support, alice):
    conversation = arrive()
    moved = done(actions.move_to(Folder.ARCHIVE, conversation, by=alice))
    actions.undo(moved, by=alice)
    actions.move_to(Folder.ARCHIVE, conversation, by=alice)

    actions.undo(moved, by=alice)

    assert now(conversation)["folder"] == Folder.ARCHIVE
    assert Action.objects.filter(kind=Action.Kind.UNDONE).count() == 1


def test_nobody_undoes_what_a_colleague_did(support, alice, bob):
    conversation = arrive()
    moved = done(actions.move_to(Folder.ARCHIVE, conversation, by=alice))

    with pytest.raises(PermissionDenied):
        actions.undo(moved, by=bob)

    assert not actions.can_undo(moved, bob)
    assert now(conversation)["folder"] == Folder.ARCHIVE


def test_who_lost_the_right_undoes_nothing(support, alice):
    conversation = arrive()
    moved = done(actions.move_to(Folder.ARCHIVE, conversation, by=alice))
    alice.groups.clear()
    grant(alice, support, "read")

    with pytest.raises(PermissionDenied):
        actions.undo(moved, by=alice)

    assert now(conversation)["folder"] == Folder.ARCHIVE


def test_what_was_merged_since_is_not_undone(support, alice):
    one, other = arrive("One"), arrive("Two")
    moved = done(actions.move_to(Folder.ARCHIVE, other, by=alice))
    actions.merge(one, other, by=alice)

    with pytest.raises(ValidationError, match=f"#{one.pk}"):
        actions.undo(moved, by=alice)


def test_what_was_deleted_since_is_not_undone(support, alice):
    conversation = arrive()
    moved = done(actions.move_to(Folder.TRASH, conversation, by=alice))
    moved.conversation_number = 10**9

    with pytest.raises(ValidationError, match="deleted"):
        actions.undo(moved, by=alice)


def test_what_has_no_undoer_can_not_be_undone(support, alice):
    action = Action.objects.create(
        at=timezone.now(),
        kind=Action.Kind.REPLIED,
        user=alice,
        conversation_number=arrive().pk,
    )

    with pytest.raises(ValidationError, match="can't be undone"):
        actions.undo(action, by=alice)

    assert not actions.can_undo(action, alice)


def test_what_changes_nothing_leaves_nothing_to_undo(support, alice):
    conversation = arrive()

    assert actions.move_to(Folder.INBOX, conversation, by=alice) is None
    assert actions.assign(conversation, to=None, by=alice) is None
