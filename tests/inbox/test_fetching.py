"""Mail is fetched from a real server, once, by UID and never by its flags."""

import pytest

from tests.builders import a_mailbox, an_email
from tests.transport.conftest import dovecot, dovecot_server  # noqa: F401 - fixtures
from tests.transport.dovecot import PASSWORD, USER
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox import blobs, fetching
from wagtail_ecp.inbox.fetching import fetch
from wagtail_ecp.inbox.models import Conversation, IncomingMail, Message, Source
from wagtail_ecp.inbox.processing import process_batch

pytestmark = pytest.mark.dovecot


@pytest.fixture
def source(db, dovecot):  # noqa: F811
    source = Source(
        mailbox=a_mailbox(),
        name="Test",
        host=dovecot.host,
        port=dovecot.imap_port,
        security="none",
        username=USER,
    )
    source.password = PASSWORD
    source.save()
    Account.objects.update(use_ssl=False)
    return source


def start_with(source, start):
    Source.objects.filter(pk=source.pk).update(start=start)


def process():
    while process_batch():
        pass


def test_by_default_only_what_comes_from_now_on_is_fetched(source, dovecot):  # noqa: F811
    dovecot.deliver(an_email("Old"))
    assert fetch(source.pk) == 0

    dovecot.deliver(an_email("New"))
    assert fetch(source.pk) == 1
    process()

    assert Message.objects.get().subject == "New"
    source.refresh_from_db()
    assert (source.last_error, source.last_uid) == ("", 2)
    assert source.last_success_at is not None


def test_everything_there_before_us_is_archived(source, dovecot):  # noqa: F811
    start_with(source, Source.Start.EVERYTHING)
    dovecot.deliver(an_email("Old"))

    assert fetch(source.pk) == 1
    dovecot.deliver(an_email("New"))
    fetch(source.pk)
    process()

    found = dict(Conversation.objects.values_list("subject", "folder"))
    assert found == {"Old": "archive", "New": "inbox"}


def test_fetching_again_stores_nothing_new(source, dovecot):  # noqa: F811
    start_with(source, Source.Start.EVERYTHING)
    for number in range(3):
        dovecot.deliver(an_email(f"Mail {number}"))
    fetch(source.pk)

    assert fetch(source.pk) == 0
    process()

    assert Message.objects.count() == 3


def test_a_crash_in_the_middle_goes_on_where_it_stopped(source, dovecot, monkeypatch):  # noqa: F811
    start_with(source, Source.Start.EVERYTHING)
    for number in range(4):
        dovecot.deliver(an_email(f"Mail {number}"))
    write = blobs.write

    def crash_at_third(raw):
        if b"Mail 2" in raw:
            raise KeyboardInterrupt
        return write(raw)

    monkeypatch.setattr(blobs, "write", crash_at_third)
    with pytest.raises(KeyboardInterrupt):
        fetch(source.pk)
    monkeypatch.undo()
    Source.objects.update(lease_until=None)

    assert fetch(source.pk) == 2

    assert list(IncomingMail.objects.values_list("uid", flat=True)) == [1, 2, 3, 4]


def test_when_the_server_counts_anew_nothing_is_lost_or_doubled(source, dovecot):  # noqa: F811
    start_with(source, Source.Start.EVERYTHING)
    kept = an_email("Kept")
    dovecot.deliver(kept)
    fetch(source.pk)
    process()
    dovecot.empty()
    dovecot.deliver(kept)
    dovecot.deliver(an_email("New"))

    assert fetch(source.pk) == 2
    process()

    states = list(IncomingMail.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["stored", "duplicate", "stored"]


def test_over_the_limit_only_the_header_is_kept(source, dovecot, settings):  # noqa: F811
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "MAX_MESSAGE_BYTES": 2000}
    start_with(source, Source.Start.EVERYTHING)
    dovecot.deliver(an_email("Huge", "x" * 5000))

    fetch(source.pk)
    process()

    assert IncomingMail.objects.filter(oversize__gt=5000).exists()
    assert "Only the header" in Message.objects.get().text


def test_a_wrong_password_is_shown_in_the_servers_words(source):
    source.password = "wrong"
    source.save()

    assert fetch(source.pk) == 0

    source.refresh_from_db()
    assert "failed" in source.last_error.lower()
    assert "wrong" not in source.last_error
    assert source.lease_until is None


def test_a_source_on_a_private_address_needs_leave(source, settings):
    settings.WAGTAIL_ECP = {}

    fetch(source.pk)

    source.refresh_from_db()
    assert "ALLOWED_NETWORKS" in source.last_error


def test_a_paused_installation_fetches_nothing(source, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://staging.example"

    with pytest.raises(TransportPausedError):
        fetch(source.pk)


def test_two_workers_do_not_visit_one_source(source, dovecot):  # noqa: F811
    start_with(source, Source.Start.EVERYTHING)
    dovecot.deliver(an_email())
    rows = Source.objects.filter(pk=source.pk)
    rows.claim("other", lease=fetching.LEASE, limit=1)

    assert fetch(source.pk) == 0
    assert not IncomingMail.objects.exists()
