"""Notes of colleagues, and whom they mention."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.builders import a_mailbox, a_received_conversation, a_user, done
from wagtail_ecp import signals
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.mentions import mentioned_in
from wagtail_ecp.inbox.models import Conversation, Mailbox, Note
from wagtail_ecp.inbox.purging import purge
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db

NAMES = ["ann", "ann.b", "Bo", "eve@staff.example"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@ann, look", {"ann"}),
        ("Ask @ann.", {"ann"}),
        ("@ann.b and @bo: see", {"ann.b", "Bo"}),
        ("(@ANN)", {"ann"}),
        ("@eve@staff.example knows", {"eve@staff.example"}),
        ("write to vera@ann.example or x@ann", set()),
        ("@annabel @@@ @", set()),
        ("@ann-", {"ann"}),
    ],
)
def test_who_stands_behind_an_at_is_mentioned(text, found):
    assert mentioned_in(text, NAMES) == found


def test_a_note_is_kept_and_mentions_who_may_read_it(alice, bob, carol):
    a_mailbox(repliers=[alice], readers=[bob])
    conversation = a_received_conversation()

    note = actions.add_note(
        conversation, " @bob, @carol and @alice: call the courier\r\n", by=alice
    )

    assert note.text == "@bob, @carol and @alice: call the courier"
    assert (note.author, note.author_name) == (alice, "alice")
    assert list(note.mentioned.all()) == [bob]
    assert Action.objects.get(kind=Action.Kind.NOTED).data == {"note": note.pk}
    assert list(Note.objects.visible_to(carol)) == []
    assert list(Note.objects.visible_to(bob)) == [note]


def test_a_note_is_announced_after_the_commit(
    alice, bob, django_capture_on_commit_callbacks
):
    a_mailbox(repliers=[alice, bob])
    conversation = a_received_conversation()
    heard = []

    def listen(note, by, **_kwargs):
        heard.append((note, by))

    signals.note_written.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            note = actions.add_note(conversation, "Look", by=alice, mentions=[bob])
            assert heard == []
    finally:
        signals.note_written.disconnect(listen)

    assert heard == [(note, alice)]
    assert list(note.mentioned.all()) == [bob]


@pytest.mark.parametrize("text", ["", " \n\x00 ", "x" * 20_001])
def test_nothing_and_too_much_are_no_note(alice, text):
    a_mailbox(repliers=[alice])

    with pytest.raises(ValidationError):
        actions.add_note(a_received_conversation(), text, by=alice)

    assert not Note.objects.exists()


def test_a_note_is_changed_by_its_writer_alone(alice, bob):
    a_mailbox(repliers=[alice, bob])
    note = actions.add_note(a_received_conversation(), "Call", by=alice)

    actions.change_note(note, "Call @bob", by=alice)
    with pytest.raises(PermissionDenied):
        actions.change_note(note, "Mine", by=bob)
    with pytest.raises(PermissionDenied):
        actions.delete_note(note, by=bob)

    note.refresh_from_db()
    assert note.text == "Call @bob"
    assert note.changed_at is not None
    assert list(note.mentioned.all()) == [bob]
    assert Action.objects.filter(kind=Action.Kind.NOTE_CHANGED).count() == 1


def test_a_changed_note_says_again_what_it_said(alice, bob):
    a_mailbox(repliers=[alice, bob])
    conversation = a_received_conversation()
    note = actions.add_note(conversation, "Call @bob", by=alice)
    action = done(actions.change_note(note, "Call nobody", by=alice))

    actions.undo(action, by=alice)

    note.refresh_from_db()
    assert (note.text, note.changed_at) == ("Call @bob", None)
    assert list(note.mentioned.all()) == [bob]
    conversation.refresh_from_db()
    assert conversation.is_to_be_indexed


@pytest.mark.parametrize("is_deleted", [False, True])
def test_what_was_changed_or_deleted_since_is_left_alone(alice, is_deleted):
    a_mailbox(repliers=[alice])
    note = actions.add_note(a_received_conversation(), "One", by=alice)
    action = done(actions.change_note(note, "Two", by=alice))
    if is_deleted:
        actions.delete_note(note, by=alice)
    else:
        actions.change_note(note, "Three", by=alice)

    with pytest.raises(ValidationError, match="changed it again"):
        actions.undo(action, by=alice)

    assert list(Note.objects.values_list("text", flat=True)) == ["Three"][is_deleted:]


def test_a_deleted_note_comes_back_as_it_was(alice, bob):
    a_mailbox(repliers=[alice, bob])
    conversation = a_received_conversation()
    note = actions.add_note(conversation, "Call @bob", by=alice)
    at = note.at
    action = actions.delete_note(note, by=alice)
    assert not Note.objects.exists()

    actions.undo(action, by=alice)

    again = Note.objects.get()
    assert (again.text, again.at, again.author) == ("Call @bob", at, alice)
    assert list(again.mentioned.all()) == [bob]


def test_a_note_just_written_is_taken_back(alice):
    a_mailbox(repliers=[alice])
    actions.add_note(a_received_conversation(), "Wrong place", by=alice)

    actions.undo(Action.objects.get(kind=Action.Kind.NOTED), by=alice)

    assert not Note.objects.exists()


def test_what_a_deleted_note_said_goes_with_the_purge_of_its_mail(alice):
    mailbox = a_mailbox(repliers=[alice])
    action = actions.delete_note(
        actions.add_note(a_received_conversation(), "Secret", by=alice), by=alice
    )
    Mailbox.objects.update(is_active=False)

    while purge(mailbox.pk):
        pass

    action.refresh_from_db()
    assert (action.kind, action.data) == ("note-deleted", {})


def test_notes_make_the_index_hear_of_it(alice):
    a_mailbox(repliers=[alice])
    conversation = a_received_conversation()
    Conversation.objects.update(is_to_be_indexed=False)

    actions.add_note(conversation, "Call", by=alice)

    assert Conversation.objects.to_be_indexed().exists()


def test_assigning_with_a_note_mentions_the_assignee(alice, bob):
    a_mailbox(repliers=[alice, bob])
    conversation = a_received_conversation()

    actions.assign(conversation, to=bob, by=alice, note="You know the courier")

    note = Note.objects.get()
    assert list(note.mentioned.all()) == [bob]
    conversation.refresh_from_db()
    assert conversation.assignee == bob


def test_who_only_reads_writes_no_notes(bob):
    a_mailbox(readers=[bob])

    with pytest.raises(PermissionDenied):
        actions.add_note(a_received_conversation(), "Hello", by=bob)


def test_the_history_keeps_a_note_whose_writer_is_gone(alice):
    a_mailbox(repliers=[alice])
    actions.add_note(a_received_conversation(), "Call", by=alice)

    alice.delete()

    note = Note.objects.get()
    assert (note.author, note.author_name) == (None, "alice")
    with pytest.raises(PermissionDenied):
        actions.change_note(note, "x", by=a_user("root", is_superuser=True))
