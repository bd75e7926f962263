"""Mail is safe, or the sender's server is told to keep it."""

import hashlib

import pytest
from django.db import DatabaseError

from tests.builders import SUPPORT, a_mailbox, an_account, an_email
from wagtail_ecp.accounts import private_files
from wagtail_ecp.exceptions import MailboxUnknownError, TransportPausedError
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import Blob, IncomingMail
from wagtail_ecp.inbox.receiving import receive, receive_oversized, takes_mail_for


def test_received_mail_is_kept_byte_for_byte_under_its_hash(db):
    a_mailbox()
    raw = an_email()

    (row,) = receive(raw, recipients=[SUPPORT], envelope_from="vera@customer.example")

    assert row.state == IncomingMail.State.RECEIVED
    assert row.blob_id == hashlib.sha256(raw).hexdigest()
    assert blobs.read(row.blob_id) == raw
    assert (row.envelope_from, row.envelope_to) == ("vera@customer.example", SUPPORT)


def test_one_mail_to_two_mailboxes_is_one_blob_and_two_rows(db):
    a_mailbox()
    a_mailbox("sales@example.com")

    rows = receive(an_email(), recipients=[SUPPORT, "sales@example.com", SUPPORT])

    assert len(rows) == 2
    assert Blob.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    ["Support@Example.COM", "support+order-7@example.com", " support@example.com "],
)
def test_an_address_reaches_its_mailbox_in_any_spelling(db, address):
    a_mailbox()

    assert takes_mail_for(address)


def test_nobody_gets_mail_for_an_unknown_or_inactive_mailbox(db):
    mailbox = a_mailbox()
    mailbox.is_active = False
    mailbox.save()

    assert not takes_mail_for(SUPPORT)
    assert not takes_mail_for("nobody@example.com")
    with pytest.raises(MailboxUnknownError):
        receive(an_email(), recipients=[SUPPORT])


def test_before_there_is_an_account_no_mail_is_taken(db):
    with pytest.raises(TransportPausedError):
        takes_mail_for(SUPPORT)


def test_a_closed_account_takes_no_mail(db, django_user_model):
    from django.utils import timezone

    a_mailbox()
    account = an_account()
    account.closed_at = timezone.now()
    account.save()

    with pytest.raises(TransportPausedError):
        receive(an_email(), recipients=[SUPPORT])


def test_a_database_error_leaves_no_row_and_is_raised(db, monkeypatch):
    a_mailbox()

    def fail(*_args, **_kwargs):
        raise DatabaseError("gone away")

    monkeypatch.setattr(IncomingMail.objects, "bulk_create", fail)

    with pytest.raises(DatabaseError):
        receive(an_email(), recipients=[SUPPORT])
    assert not Blob.objects.exists()


def test_the_file_is_written_again_if_it_was_lost(db):
    a_mailbox()
    raw = an_email()
    (row,) = receive(raw, recipients=[SUPPORT])
    private_files.delete(blobs.file_name(row.blob_id))

    receive(raw, recipients=[SUPPORT])

    assert blobs.read(row.blob_id) == raw


def test_of_mail_over_the_limit_the_header_is_kept(db):
    a_mailbox()
    raw = an_email(text="x" * 500)

    receive_oversized(raw, size=99_000_000, recipients=[SUPPORT])

    row = IncomingMail.objects.get()
    assert row.oversize == 99_000_000
    assert blobs.read(row.blob_id).endswith(b"\n\n")
    assert b"Subject: Where is my parcel?" in blobs.read(row.blob_id)
