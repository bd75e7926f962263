"""The pipe: exit code 0 means that the mail is safe, 75 that it must wait."""

import io
import os

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from tests.builders import SUPPORT, a_mailbox, an_email
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import IncomingMail
from wagtail_ecp.management.commands import ecp_receive


@pytest.fixture
def pipe(monkeypatch):
    """Runs the command with this on standard input; returns its exit code."""

    def run(raw, mailbox=SUPPORT):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
        try:
            call_command("ecp_receive", mailbox=mailbox)
        except SystemExit as error:
            return error.code
        return 0

    return run


def test_a_piped_mail_is_kept_byte_for_byte(db, pipe):
    a_mailbox()
    raw = b"From: v@x.example\r\nSubject: \xff\r\n\r\n\x00binary\r\n"

    assert pipe(raw) == 0

    row = IncomingMail.objects.get()
    assert row.way == IncomingMail.Way.PIPE
    assert blobs.read(row.blob_id) == raw


def test_an_unknown_mailbox_is_refused_for_good(db, pipe):
    a_mailbox()

    assert pipe(an_email(), mailbox="nobody@example.com") == os.EX_NOUSER


def test_while_nothing_may_move_the_mail_server_keeps_the_mail(db, pipe):
    assert pipe(an_email()) == os.EX_TEMPFAIL


def test_with_the_database_down_the_mail_server_keeps_the_mail(db, pipe, monkeypatch):
    def fail(*_args, **_kwargs):
        raise DatabaseError("gone away")

    a_mailbox()
    monkeypatch.setattr(ecp_receive, "receive", fail)

    assert pipe(an_email()) == os.EX_TEMPFAIL


def test_over_the_limit_the_header_is_kept_and_the_rest_read_away(db, pipe, settings):
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "MAX_MESSAGE_BYTES": 1000}
    a_mailbox()
    raw = an_email(text="x" * 200_000)

    assert pipe(raw) == 0

    row = IncomingMail.objects.get()
    assert row.oversize == len(raw)
    assert b"xxxx" not in blobs.read(row.blob_id)
