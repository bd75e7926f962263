"""The owner's file of everything: whole whatever happens, for nobody else, for a week."""

import io
import json
import struct
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.core.management import call_command
from django.db.models.functions import Now
from wagtail.models import ModelLogEntry

from tests.builders import a_mailbox, a_user, an_account, an_email, receive_and_process
from wagtail_ecp import queue, signals
from wagtail_ecp.accounts import private_files
from wagtail_ecp.accounts.models import Account, Letter
from wagtail_ecp.inbox import blobs, export_parts, exports
from wagtail_ecp.inbox.models import Export, Mailbox
from wagtail_ecp.inbox.zip_stream import ZipStream
from wagtail_ecp.jobs import signal_handlers, sweep
from wagtail_ecp.jobs.export import remove_old_exports, write_export

pytestmark = pytest.mark.django_db

LONG = 60.0
State = Export.State


@pytest.fixture
def owner(db):
    return an_account().owner


@pytest.fixture
def some_mail(owner):
    a_mailbox(repliers=[owner])
    a_mailbox("sales@example.com")
    receive_and_process(*(an_email(f"Mail {number}") for number in range(12)))
    receive_and_process(an_email("Other"), to="sales@example.com")


@pytest.fixture
def small_parts(monkeypatch):
    """Let a part hold a few mails."""
    monkeypatch.setattr(export_parts, "PART_BYTES", 1500)


def content_of(export):
    export.refresh_from_db()
    return b"".join(private_files.read(name) for name in export.part_names())


def files_of(export):
    """Return the files of a ZIP that Python's own reader takes for sound."""
    archive = zipfile.ZipFile(io.BytesIO(content_of(export)))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def supports(files):
    """Return the mbox of support@."""
    [name] = [name for name in files if name.endswith("-support@example.com.mbox")]
    return files[name]


def stored():
    """Return the names of all files of exports."""
    folder = Path(storages["ecp_raw"].path("exports"))
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files)


def the_same_without_times(manifest):
    return {k: v for k, v in json.loads(manifest).items() if k != "exported_at"}


def test_zip_holds_what_the_command_writes(owner, some_mail, small_parts, tmp_path):
    call_command("ecp_export", str(tmp_path / "out"), stdout=io.StringIO())
    export = exports.ask(by=owner)

    assert exports.work(export.pk, seconds=LONG) is False

    found = files_of(export)
    expected = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    manifests = [files.pop("manifest.json") for files in (found, expected)]
    assert found == expected
    one, other = map(the_same_without_times, manifests)
    assert one == other
    assert len(export.parts) > 5


def test_ready_export_knows_its_size_and_its_end(owner, some_mail):
    export = exports.ask(by=owner)

    exports.work(export.pk, seconds=LONG)

    size = len(content_of(export))
    assert (export.state, export.size, export.percent) == (State.READY, size, 100)
    assert export.finished_at is not None
    assert export.expires_at == export.finished_at + timedelta(days=7)
    assert export.file_name.startswith("tests-")
    assert export.place == {}


def test_no_index_of_a_part_stays_behind(
    owner, some_mail, small_parts, django_capture_on_commit_callbacks
):
    export = exports.ask(by=owner)

    with django_capture_on_commit_callbacks(execute=True):
        exports.work(export.pk, seconds=LONG)

    export.refresh_from_db()
    assert len(stored()) == len(export.parts)


def test_work_in_slices_gives_the_same_file(owner, some_mail, small_parts):
    export = exports.ask(by=owner)
    slices = 0

    while exports.work(export.pk, seconds=0) or Export.objects.unfinished().exists():
        slices += 1
        Export.objects.update(attempts=0)
        # Time is up before the first part; let each slice write one.
        _write_one_part(export)

    files = files_of(export)
    assert slices > 5
    assert supports(files).count(b"\nSubject: Mail") == 12
    assert len(files["mails.jsonl"].splitlines()) == 13


def _write_one_part(export):
    export.refresh_from_db()
    owner = "test"
    Export.objects.unfinished().filter(pk=export.pk).claim(
        owner, lease=exports.LEASE, limit=1
    )
    export.refresh_from_db()
    archive = export_parts.Archive(export.place)
    if not archive.is_complete:
        exports._write_part(export, archive)
    exports._give_back(export)


def test_progress_grows_with_every_part(owner, some_mail, small_parts, monkeypatch):
    export = exports.ask(by=owner)
    seen = []
    original = exports._write_part

    def watched(export, archive):
        original(export, archive)
        row = Export.objects.get()
        seen.append((row.percent, row.done, row.size))

    monkeypatch.setattr(exports, "_write_part", watched)
    exports.work(export.pk, seconds=LONG)

    assert len(seen) > 5
    assert seen == sorted(seen)
    assert 0 < seen[0][0] < seen[-1][0] <= 99


class Killed(BaseException):
    """The worker's process is gone."""


@pytest.mark.parametrize("moment", ["before the part", "after it was stored"])
def test_killed_half_way_and_run_again_gives_one_complete_file(
    owner, some_mail, small_parts, monkeypatch, tmp_path, moment
):
    export = exports.ask(by=owner)
    original, written = private_files.write, []

    def dies(name, content):
        if name.endswith("000004-1") and moment == "before the part":
            raise Killed
        original(name, content)
        written.append(name)
        if name.endswith("000004-1"):
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(private_files, "write", dies)
        with pytest.raises(Killed):
            exports.work(export.pk, seconds=LONG)
    assert exports.work(export.pk, seconds=LONG) is False, "the claim still holds"
    Export.objects.update(lease_until=Now())

    exports.work(export.pk, seconds=LONG)

    files = files_of(export)
    assert export.state == State.READY
    assert supports(files).count(b"\nSubject: Mail") == 12
    assert export.parts[:4] == [1, 1, 1, 1]
    assert set(export.parts[4:]) == {2}
    assert not any(name.endswith("000004-1") for name in stored())


def test_worker_that_overslept_changes_nothing(owner, some_mail, small_parts):
    export = exports.ask(by=owner)
    late = Export.objects.get()
    Export.objects.unfinished().claim("late", lease=timedelta(0), limit=1)
    late.refresh_from_db()
    exports.work(export.pk, seconds=LONG)
    before = content_of(export)

    with pytest.raises(exports.LeaseLostError):
        exports._write_part(late, export_parts.Archive({}))

    assert content_of(export) == before
    assert not any(name.endswith("-1") for name in stored())


def test_sweep_goes_on_with_what_no_job_remembers(owner, some_mail, monkeypatch):
    export = exports.ask(by=owner)
    asked = []
    monkeypatch.setattr(
        queue, "enqueue", lambda job, *args, **_on: asked.append((job, args))
    )

    sweep.sweep()

    assert (write_export, (export.pk,)) in asked


def test_second_wish_joins_the_export_that_is_being_written(owner):
    assert exports.ask(by=owner) == exports.ask(by=owner)
    assert Export.objects.count() == 1


def test_asking_and_cancelling_are_announced(owner, django_capture_on_commit_callbacks):
    heard = []

    def listen(export, **_kwargs):
        heard.append(export.pk)

    signals.export_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            export = exports.ask(by=owner)
            exports.cancel(export, by=owner)
    finally:
        signals.export_changed.disconnect(listen)

    assert heard == [export.pk, export.pk]


def test_announced_export_is_put_on_the_queue(owner, monkeypatch):
    asked = []
    monkeypatch.setattr(
        queue,
        "enqueue",
        lambda job, *args, **on: asked.append((job, args, on)),
    )
    export = exports.ask(by=owner)

    signal_handlers.on_export_changed(export=export)

    assert asked == [(write_export, (export.pk,), {"queue": "ecp-bg"})]


@pytest.mark.parametrize("who", ["superuser", "member", "former owner"])
def test_nobody_but_the_owner_asks_cancels_or_downloads(owner, who):
    export = exports.ask(by=owner)
    person = {
        "superuser": lambda: a_user("super", is_superuser=True),
        "member": lambda: a_user("member"),
        "former owner": lambda: _hand_over(owner),
    }[who]()

    for forbidden in (
        lambda: exports.ask(by=person),
        lambda: exports.cancel(export, by=person),
        lambda: exports.download(export, by=person),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()

    assert Export.objects.get().state == State.RUNNING


def _hand_over(owner):
    Account.objects.update(owner=a_user("next"))
    return owner


def test_owner_is_written_to_when_it_is_ready(owner, some_mail):
    export = exports.ask(by=owner)

    exports.work(export.pk, seconds=LONG)

    letter = Letter.objects.get()
    assert letter.user == owner
    assert export.file_name in letter.subject
    assert "http://tests.example/admin/mail/account/export/" in letter.text


def test_audit_log_names_who_took_the_data(owner, some_mail):
    export = exports.ask(by=owner)
    exports.work(export.pk, seconds=LONG)
    export.refresh_from_db()

    downloaded = b"".join(exports.download(export, by=owner))

    assert downloaded == content_of(export)
    entries = ModelLogEntry.objects.filter(user=owner).values_list("action", flat=True)
    assert {exports.EXPORT_ASKED, exports.EXPORT_DOWNLOADED} <= set(entries)


def test_cancelled_export_leaves_no_file(owner, some_mail, small_parts):
    export = exports.ask(by=owner)
    _write_one_part(export)
    assert stored()

    exports.cancel(export, by=owner)
    exports.work(export.pk, seconds=LONG)

    assert stored() == []
    assert Export.objects.get().state == State.CANCELLED


def test_ready_export_can_be_thrown_away(owner, some_mail):
    export = exports.ask(by=owner)
    exports.work(export.pk, seconds=LONG)

    exports.cancel(export, by=owner)
    exports.work(export.pk, seconds=LONG)

    assert stored() == []
    assert not Export.objects.ready().exists()


def test_another_export_can_follow(owner, some_mail):
    first = exports.ask(by=owner)
    exports.work(first.pk, seconds=LONG)

    second = exports.ask(by=owner)
    exports.work(second.pk, seconds=LONG)

    assert Export.objects.ready().count() == 2


def test_export_is_removed_after_a_week(owner, some_mail):
    export = exports.ask(by=owner)
    exports.work(export.pk, seconds=LONG)
    fresh = exports.ask(by=owner)
    exports.work(fresh.pk, seconds=LONG)
    Export.objects.filter(pk=export.pk).update(expires_at=Now())

    remove_old_exports()

    assert Export.objects.get() == fresh
    assert {name.partition("/")[0] for name in stored()} == {str(fresh.pk)}


def test_expired_export_is_not_ready_before_the_night(owner, some_mail):
    export = exports.ask(by=owner)
    exports.work(export.pk, seconds=LONG)

    Export.objects.update(expires_at=Now())

    export.refresh_from_db()
    assert not export.is_ready
    assert not Export.objects.ready().exists()


def test_lost_raw_mail_is_said_and_the_rest_is_there(owner, some_mail):
    row, _other = receive_and_process(an_email("Lost"), an_email("Kept"))
    private_files.delete(blobs.file_name(row.blob_id))
    export = exports.ask(by=owner)

    exports.work(export.pk, seconds=LONG)

    files = files_of(export)
    assert export.missing == 1
    assert b"Subject: Kept" in supports(files)


def test_full_disk_is_shown_and_given_up_after_some_tries(
    owner, some_mail, monkeypatch
):
    export = exports.ask(by=owner)

    def full(name, content):
        raise OSError("No space left on device")

    monkeypatch.setattr(private_files, "write", full)

    for _try in range(exports.ATTEMPTS):
        exports.work(export.pk, seconds=LONG)
        export.refresh_from_db()
        assert (export.state, export.error) == (
            State.RUNNING,
            "No space left on device",
        )
    exports.work(export.pk, seconds=LONG)

    export.refresh_from_db()
    assert export.state == State.FAILED
    assert "No space left" in export.error


def test_export_that_kills_its_workers_is_given_up(owner, some_mail, monkeypatch):
    export = exports.ask(by=owner)

    def dies(name, content):
        raise Killed

    monkeypatch.setattr(private_files, "write", dies)
    for _try in range(exports.ATTEMPTS):
        with pytest.raises(Killed):
            exports.work(export.pk, seconds=LONG)
        Export.objects.update(lease_until=Now())

    exports.work(export.pk, seconds=LONG)

    export.refresh_from_db()
    assert (export.state, bool(export.error)) == (State.FAILED, True)
    assert exports.ask(by=owner) != export


def test_mailbox_purged_meanwhile_does_not_stop_it(owner, some_mail, small_parts):
    export = exports.ask(by=owner)
    _write_one_part(export)
    empty = a_mailbox("later@example.com")
    Mailbox.objects.filter(pk=empty.pk).delete()

    exports.work(export.pk, seconds=LONG)

    assert files_of(export)["manifest.json"]


def test_export_that_is_gone_is_no_error(db):
    write_export(4711)


def test_account_without_mail_can_be_exported(owner):
    export = exports.ask(by=owner)

    exports.work(export.pk, seconds=LONG)

    assert json.loads(files_of(export)["manifest.json"])["mailboxes"] == []


def test_zip_file_may_be_larger_than_32_bits_can_say():
    archive = ZipStream(length=2**33)
    head = archive.begin("large")
    archive.entries[-1].size = archive.entries[-1].packed = 2**34
    tail = archive.end() + archive.close()

    number = "<4sQ2H2L4Q"
    begins_at = tail.index(b"PK\x06\x06")
    *_rest, size, where = struct.unpack_from(number, tail, begins_at)
    in_directory = tail.index(b"PK\x01\x02")
    assert (size, where) == (begins_at - in_directory, 2**33 + len(head) + in_directory)
    extra = tail[in_directory + 46 + len("large") : begins_at]
    assert struct.unpack("<2H3Q", extra) == (1, 24, 2**34, 2**34 + 2, 2**33)
