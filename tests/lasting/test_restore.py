"""After a restore no mail moves until a person has said that it may."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.builders import a_mailbox, an_email, receive_and_process
from tests.lasting.test_export import an_answer
from wagtail_ecp.accounts import installation, private_files
from wagtail_ecp.accounts.models import Account, Installation
from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox import actions, blobs
from wagtail_ecp.inbox.fetching import fetch
from wagtail_ecp.inbox.models import Conversation, Outbox, OutboxRecipient
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.inbox.sending import send
from wagtail_ecp.jobs.sweep import sweep

TRANSPORT = {
    "receiving": lambda: receive(an_email(), recipients=["support@example.com"]),
    "processing": process_batch,
    "fetching": lambda: fetch(1),
    "sending": lambda: send(Outbox.objects.get().pk),
}


@pytest.fixture
def minute(django_capture_on_commit_callbacks):
    """Lets the sweep count one up, in the database and in the file."""

    def pass_by():
        with django_capture_on_commit_callbacks(execute=True):
            installation.beat()

    return pass_by


@pytest.fixture
def live(alice, minute):
    """A mailbox with a queued answer, some minutes after the start."""
    a_mailbox(repliers=[alice])
    receive_and_process(an_email())
    an_answer(Conversation.objects.get(), by=alice)
    minute()
    minute()


def restore_database(*, beat=1):
    """Bring back what is counted of an earlier time."""
    Installation.objects.update(beat=beat, pause="", paused_at=None)


def pause():
    return installation.check().pause


def owner():
    return Account.objects.get().owner


@pytest.mark.parametrize("way", TRANSPORT)
def test_an_older_database_beside_newer_files_moves_no_mail(live, way):
    restore_database()

    with pytest.raises(TransportPausedError, match="older than the files"):
        TRANSPORT[way]()

    assert Outbox.objects.get().state == Outbox.State.QUEUED


def test_files_restored_without_the_installations_own_move_no_mail(live):
    private_files.delete(installation.FILE)

    assert pause() == Installation.Pause.OTHER_FILES


def test_a_new_installation_id_moves_no_mail(live, settings):
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "INSTALLATION_ID": "restored-1"}

    assert pause() == Installation.Pause.OTHER_FILES


def test_a_clone_at_another_address_moves_no_mail(live, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://staging.example"

    assert pause() == Installation.Pause.OTHER_SITE


def test_newer_database_beside_older_files_is_no_restore(live, minute):
    restore_database(beat=9)

    assert pause() == ""


def test_the_pause_outlasts_the_next_minutes(live, minute):
    restore_database()
    pause()

    minute()

    assert pause() == Installation.Pause.OLDER_DATABASE


@pytest.mark.parametrize("state", [Outbox.State.QUEUED, Outbox.State.SENDING])
def test_what_was_to_be_sent_is_unknown_once_mail_moves_again(live, state):
    lease = timezone.now() + timedelta(minutes=5)
    Outbox.objects.update(state=state, lease_until=lease)
    restore_database()
    pause()

    actions.resume_transport(by=owner())

    outbox = Outbox.objects.get()
    assert outbox.state == Outbox.State.UNKNOWN
    assert outbox.lease_until is None
    send(outbox.pk)
    assert set(OutboxRecipient.objects.values_list("state", flat=True)) == {"waiting"}
    assert receive_and_process(an_email("After"))[0].state == "stored"


def test_mail_goes_on_after_resuming(live, minute):
    restore_database()
    pause()
    actions.resume_transport(by=owner())

    minute()

    assert pause() == ""
    assert Installation.objects.get().beat == 3


def test_the_sweep_sends_nothing_while_paused(live, settings):
    settings.WAGTAIL_ECP = {
        **settings.WAGTAIL_ECP,
        "JOB_QUEUE": "wagtail_ecp.queue.ImmediateQueue",
    }
    restore_database()

    sweep()

    assert Outbox.objects.get().attempts == 0


def doctor(*arguments):
    said = StringIO()
    with pytest.raises(CommandError, match="findings"):
        call_command("ecp_doctor", *arguments, stdout=said, no_color=True)
    return said.getvalue()


def test_the_doctor_names_the_pause(live):
    restore_database()

    assert "All transport is paused: the database is older" in doctor()


def test_the_doctor_names_files_that_a_backup_lacks(db):
    a_mailbox()
    lost, cut = receive_and_process(an_email("Lost"), an_email("Cut off"))
    private_files.delete(blobs.file_name(lost.blob_id))
    private_files.write(blobs.file_name(cut.blob_id), b"Subject")

    said = doctor("--files")

    assert f"missing file: {blobs.file_name(lost.blob_id)}" in said
    assert f"damaged file: {blobs.file_name(cut.blob_id)}" in said
