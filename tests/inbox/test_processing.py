"""Every received mail becomes a message once, whatever happens on the way."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tests.builders import (
    SUPPORT,
    a_mailbox,
    an_email,
    receive_and_process,
)
from wagtail_ecp.inbox import processing
from wagtail_ecp.inbox.models import (
    Conversation,
    IncomingMail,
    Message,
)
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive, receive_oversized
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail import parsing

State = IncomingMail.State


def test_a_mail_becomes_an_unread_conversation_in_the_inbox(db):
    mailbox = a_mailbox()

    (row,) = receive_and_process(an_email("Where is my parcel?", "It was due.\n"))

    conversation = Conversation.objects.get()
    assert row.state == State.STORED
    assert row.message.conversation == conversation
    assert conversation.mailbox == mailbox
    assert conversation.folder == "inbox"
    assert conversation.is_unread
    assert conversation.subject == "Where is my parcel?"
    assert conversation.correspondent == "Vera Holm"
    assert conversation.snippet == "It was due."
    assert conversation.status == Conversation.Status.OPEN


def test_the_journal_says_that_it_was_received(db):
    mailbox = a_mailbox()

    (row,) = receive_and_process(an_email())

    action = Action.objects.get(kind=Action.Kind.RECEIVED)
    assert action.mailbox_number == mailbox.pk
    assert action.message_number == row.message.pk
    assert action.user is None


def test_the_same_mail_again_is_a_duplicate(db):
    a_mailbox()
    raw = an_email()

    first, second = receive_and_process(raw, raw)
    (third,) = receive_and_process(raw)

    assert (first.state, second.state) == (State.STORED, State.DUPLICATE)
    assert third.state == State.DUPLICATE
    assert Message.objects.count() == 1


def test_another_mail_with_a_used_message_id_is_kept(db):
    a_mailbox()

    rows = receive_and_process(
        an_email("One", "one", message_id="same@x"),
        an_email("Two", "two", message_id="same@x"),
    )

    assert [row.state for row in rows] == [State.STORED, State.STORED]
    assert Conversation.objects.count() == 2


def test_one_mail_to_two_mailboxes_makes_two_conversations_that_stay_apart(db):
    a_mailbox()
    a_mailbox("sales@example.com")
    both = [SUPPORT, "sales@example.com"]
    first = an_email("Hello", message_id="h@x", to=", ".join(both))
    answer = an_email("Re: Hello", message_id="h2@x", cites=["h@x"], to=", ".join(both))

    for raw in (answer, first):
        receive(raw, recipients=both)
        process_batch()

    found = Conversation.objects.whole().order_by("mailbox_id")
    assert [c.message_count for c in found] == [2, 2]
    assert {m.mailbox_id for m in found[0].messages.all()} == {found[0].mailbox_id}


def test_a_failing_mail_waits_and_is_tried_again(db, monkeypatch):
    a_mailbox()
    receive(an_email(), recipients=[SUPPORT])
    monkeypatch.setattr(processing, "parse", _explode)

    process_batch()

    row = IncomingMail.objects.get()
    assert row.state == State.FAILED
    assert "boiler" in row.reason
    assert IncomingMail.objects.filter(next_try_at__gt=timezone.now()).exists()
    monkeypatch.undo()
    IncomingMail.objects.update(next_try_at=Now())
    process_batch()
    row.refresh_from_db()
    assert (row.state, row.reason) == (State.STORED, "")


def test_after_five_failures_a_mail_is_quarantined_with_its_traceback(db, monkeypatch):
    a_mailbox()
    receive(an_email(), recipients=[SUPPORT])
    monkeypatch.setattr(processing, "parse", _explode)

    for _ in range(5):
        IncomingMail.objects.update(next_try_at=None)
        process_batch()

    row = IncomingMail.objects.get()
    assert (row.state, row.attempts) == (State.QUARANTINED, 5)
    assert "Traceback" in row.reason
    assert "boiler" in row.reason
    assert not process_batch()


def test_one_bad_mail_does_not_hold_up_the_others(db, monkeypatch):
    a_mailbox()
    bad = an_email("Bad")
    monkeypatch.setattr(
        processing,
        "parse",
        lambda raw: _explode(raw) if b"Bad" in raw else parsing.parse(raw),
    )

    rows = receive_and_process(an_email("One"), bad, an_email("Two"))

    states = [row.state for row in rows]
    assert states == [State.STORED, State.FAILED, State.STORED]


def test_a_mail_whose_worker_died_travels_alone(db):
    a_mailbox()
    receive(an_email("Killer"), recipients=[SUPPORT])
    # As a killed worker leaves it: claimed, counted, and overdue.
    IncomingMail.objects.update(
        lease_owner="dead", lease_until=Now(), lease_epoch=1, attempts=1
    )
    receive(an_email("Fresh"), recipients=[SUPPORT])
    sizes = []

    def seen(opened):
        sizes.append(len(list(opened)))
        return known(opened)

    known = processing._known
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processing, "_known", seen)
        process_batch()

    assert sizes == [1, 1]
    assert Message.objects.count() == 2


def test_a_crash_between_message_and_ledger_stores_nothing_twice(db):
    a_mailbox()
    (row,) = receive_and_process(an_email())
    # As if the worker had died before it finished the ledger's rows.
    IncomingMail.objects.update(
        state=State.RECEIVED, lease_owner="dead", lease_until=Now()
    )

    process_batch()

    row.refresh_from_db()
    assert row.state == State.STORED
    assert Message.objects.count() == 1


def test_a_claimed_mail_is_left_to_its_worker(db):
    a_mailbox()
    receive(an_email(), recipients=[SUPPORT])
    later = timezone.now() + timedelta(minutes=5)
    IncomingMail.objects.update(lease_owner="alive", lease_until=later)

    assert not process_batch()
    assert not Message.objects.exists()


def test_a_worker_that_lost_its_claim_leaves_the_row_alone(db, monkeypatch):
    a_mailbox()
    receive(an_email(), recipients=[SUPPORT])

    def slow(raw):
        IncomingMail.objects.update(lease_owner="other", lease_epoch=9)
        return parsing.parse(raw)

    monkeypatch.setattr(processing, "parse", slow)

    process_batch()

    row = IncomingMail.objects.get()
    assert (row.lease_owner, row.state) == ("other", State.RECEIVED)


def test_what_cannot_be_parsed_is_kept_and_shown_as_such(db, monkeypatch):
    a_mailbox()
    monkeypatch.setattr(parsing, "read_tree", _explode)

    (row,) = receive_and_process(an_email())

    assert row.state == State.STORED
    assert not row.message.is_readable
    assert row.message.blob_id == row.blob_id


@pytest.mark.parametrize("raw", [b"", b"\x00\xff" * 50, b"\n\n\n", b"no header at all"])
def test_anything_at_all_becomes_a_message(db, raw):
    a_mailbox()

    (row,) = receive_and_process(raw)

    assert row.state == State.STORED


def test_overlong_fields_are_cut_to_what_their_columns_hold(db):
    a_mailbox()
    raw = an_email("s" * 5000, sender=f"{'n' * 500} <{'a' * 400}@x.example>")

    (row,) = receive_and_process(raw)

    for field in Message._meta.get_fields():
        limit = getattr(field, "max_length", None)
        if limit and field.concrete:
            assert len(getattr(row.message, field.attname) or "") <= limit


def test_an_oversized_mail_says_so(db):
    a_mailbox()
    receive_oversized(an_email("Huge"), size=90 * 1024 * 1024, recipients=[SUPPORT])

    process_batch()

    message = Message.objects.get()
    assert "90.0" in message.text
    assert message.subject == "Huge"


def test_mail_that_was_there_before_us_is_archived_and_read(db):
    a_mailbox()
    receive(an_email(), recipients=[SUPPORT])
    IncomingMail.objects.update(is_history=True)

    process_batch()

    conversation = Conversation.objects.get()
    assert conversation.folder == "archive"
    assert not conversation.is_unread


def test_a_failed_sender_check_never_joins(db, settings):
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "TRUSTED_AUTHSERV_IDS": ["mx.example.com"],
    }
    a_mailbox()
    forged = an_email(
        "Re: Hi",
        cites=["h@x"],
        Authentication_Results="mx.example.com; dmarc=fail header.from=customer.example",
    )

    receive_and_process(an_email("Hi", message_id="h@x"), forged)

    assert Conversation.objects.count() == 2
    assert Message.objects.filter(authentication="fail").count() == 1


def _explode(_raw):
    raise RuntimeError("the boiler burst")


def test_ingest_costs_at_most_ten_statements_a_message(
    db, django_assert_max_num_queries
):
    a_mailbox()
    for number in range(25):
        first = an_email(
            f"Subject {number}", message_id=f"{number}@x", sender=f"u{number}@x.example"
        )
        reply = an_email(
            f"Re: Subject {number}",
            cites=[f"{number}@x"],
            sender=f"u{number}@x.example",
        )
        for raw in (first, reply):
            receive(raw, recipients=[SUPPORT])

    # Receiving costs three more each; savepoints stand for the test's transactions.
    with django_assert_max_num_queries(50 * (7 + 2)):
        process_batch()

    assert IncomingMail.objects.filter(state=State.STORED).count() == 50
