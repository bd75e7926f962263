"""Reading a folder of a real Dovecot."""

import datetime as dt
import ssl
from contextlib import contextmanager

import imapclient
import pytest

from tests.transport.dovecot import PASSWORD, UMLAUT_PASSWORD, UMLAUT_USER, USER
from tests.transport.forwarding import forwarding
from wagtail_ecp.exceptions import (
    SourceError,
    SourceRefusedError,
    UnsafeAddressError,
)
from wagtail_ecp.mail.sources import imap
from wagtail_ecp.mail.sources.base import Settings
from wagtail_ecp.mail.sources.imap import ImapSource

pytestmark = pytest.mark.dovecot

LIMITS = {"limit": 50, "max_bytes": 1_000_000}
ONE_DAY = dt.timedelta(days=1)


def settings_for(server, **changes):
    values = {
        "host": server.host,
        "port": server.imaps_port,
        "username": USER,
        "password": PASSWORD,
        "allowed_networks": ["127.0.0.0/8"],
        "timeout": 10,
    }
    return Settings(**(values | changes))


def source_of(server, **changes):
    return ImapSource(
        settings_for(server, **changes), ssl_context=server.certificate.for_clients()
    )


def mail(subject, *, body="Hello"):
    return f"Subject: {subject}\r\n\r\n{body}\r\n".encode()


@contextmanager
def as_other_client(server):
    with imapclient.IMAPClient(
        server.host, server.imaps_port, ssl_context=server.certificate.for_clients()
    ) as client:
        client.login(USER, PASSWORD)
        client.select_folder("INBOX")
        yield client


def test_mail_arrives_byte_for_byte(dovecot):
    dovecot.deliver(mail("Grüße".encode().decode("latin-1"), body=".dots\r\n.\xe9"))

    with source_of(dovecot) as source:
        (fetched,) = source.fetch(0, **LIMITS)

    assert fetched.uid == 1
    assert fetched.raw.endswith(b".dots\r\n.\xc3\xa9\r\n")
    assert fetched.size == len(fetched.raw)
    assert not fetched.is_truncated


def test_mail_stays_unseen_and_recent(dovecot):
    dovecot.deliver(mail("One"))
    with source_of(dovecot) as source:
        list(source.fetch(0, **LIMITS))
        list(source.fetch(0, limit=50, max_bytes=10))

    with as_other_client(dovecot) as client:
        flags = client.get_flags([1])

    assert flags == {1: (b"\\Recent",)}


def test_only_mail_above_the_cursor_comes(dovecot):
    for number in range(4):
        dovecot.deliver(mail(number))

    with source_of(dovecot) as source:
        fetched = list(source.fetch(2, **LIMITS))

    assert [one.uid for one in fetched] == [3, 4]


def test_nothing_comes_when_the_cursor_is_at_the_last_mail(dovecot):
    dovecot.deliver(mail("Last"))

    with source_of(dovecot) as source:
        assert list(source.fetch(1, **LIMITS)) == []


def test_an_empty_folder_gives_nothing(dovecot):
    with source_of(dovecot) as source:
        assert list(source.fetch(0, **LIMITS)) == []
        assert source.newest_uid() == 0


def test_no_more_than_the_limit_comes_and_the_oldest_first(dovecot):
    for number in range(5):
        dovecot.deliver(mail(number))

    with source_of(dovecot) as source:
        fetched = list(source.fetch(1, limit=2, max_bytes=1_000_000))

    assert [one.uid for one in fetched] == [2, 3]


def test_gaps_between_uids_are_crossed(dovecot, monkeypatch):
    monkeypatch.setattr(imap, "WINDOW", 1)
    for number in range(9):
        dovecot.deliver(mail(number))
    with as_other_client(dovecot) as client:
        client.delete_messages([2, 3, 4, 5, 6, 7])
        client.expunge()

    with source_of(dovecot) as source:
        fetched = list(source.fetch(0, **LIMITS))

    assert [one.uid for one in fetched] == [1, 8, 9]


def test_mail_that_vanishes_meanwhile_is_left_out(dovecot):
    for number in range(3):
        dovecot.deliver(mail(number))

    with source_of(dovecot) as source:
        fetching = source.fetch(0, **LIMITS)
        first = next(fetching)
        with as_other_client(dovecot) as client:
            client.delete_messages([2])
            client.expunge()
        rest = list(fetching)

    assert [first.uid, *(one.uid for one in rest)] == [1, 3]


def test_mail_that_arrives_while_the_folder_is_open_is_fetched(dovecot):
    with source_of(dovecot) as source:
        dovecot.deliver(mail("Late"))

        assert [one.uid for one in source.fetch(0, **LIMITS)] == [1]


def test_mail_over_the_limit_comes_as_its_header(dovecot):
    dovecot.deliver(mail("Huge", body="x" * 900 + "\r\n" + "y" * 900))

    with source_of(dovecot) as source:
        (fetched,) = source.fetch(0, limit=50, max_bytes=1000)

    assert fetched.is_truncated
    assert fetched.raw.endswith(b"Subject: Huge\r\n\r\n")
    assert fetched.size > 1800


def test_a_header_over_its_own_limit_is_cut(dovecot, monkeypatch):
    monkeypatch.setattr(imap, "MAX_HEADER_BYTES", 40)
    dovecot.deliver(mail("Huge"))

    with source_of(dovecot) as source:
        (fetched,) = source.fetch(0, limit=50, max_bytes=10)

    assert len(fetched.raw) == 40


def test_the_size_that_counts_is_the_real_one(dovecot, monkeypatch):
    dovecot.deliver(mail("Estimated", body="x" * 500))
    monkeypatch.setattr(
        ImapSource, "_sizes", lambda self, uids: [(uid, 1) for uid in uids]
    )

    with source_of(dovecot) as source:
        (fetched,) = source.fetch(0, limit=50, max_bytes=400)

    assert fetched.is_truncated
    assert fetched.raw.endswith(b"Subject: Estimated\r\n\r\n")
    assert fetched.size > 500


def test_now_leaves_out_all_that_is_there(dovecot):
    dovecot.deliver(mail("Old"))
    with source_of(dovecot) as source:
        now = source.newest_uid()
    dovecot.deliver(mail("New"))

    with source_of(dovecot) as source:
        (fetched,) = source.fetch(now, **LIMITS)

    assert b"Subject: New" in fetched.raw


def test_now_counts_mail_that_was_deleted(dovecot):
    dovecot.deliver(mail("Deleted"))
    with as_other_client(dovecot) as client:
        client.delete_messages([1])
        client.expunge()

    with source_of(dovecot) as source:
        assert source.newest_uid() == 1


def test_mail_since_a_day(dovecot):
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=40)
    with as_other_client(dovecot) as client:
        client.append("INBOX", mail("Old"), msg_time=long_ago)
    dovecot.deliver(mail("New"))
    today = dt.datetime.now(dt.UTC).date()

    with source_of(dovecot) as source:
        assert source.uids_since(today - 30 * ONE_DAY) == (2,)
        assert source.uids_since(today - 60 * ONE_DAY) == (1, 2)


def test_the_epoch_stays_while_the_folder_does(dovecot):
    with source_of(dovecot) as source:
        first = source.uidvalidity
    with source_of(dovecot) as source:
        assert source.uidvalidity == first


def test_a_folder_made_anew_has_another_epoch(dovecot):
    with as_other_client(dovecot) as client:
        client.create_folder("Support")
    with source_of(dovecot, folder="Support") as source:
        first = source.uidvalidity
    with as_other_client(dovecot) as client:
        client.delete_folder("Support")
        client.create_folder("Support")

    with source_of(dovecot, folder="Support") as source:
        assert source.uidvalidity != first


def test_starttls_with_a_verified_certificate(dovecot):
    with source_of(dovecot, port=dovecot.imap_port, security="starttls") as source:
        assert list(source.fetch(0, **LIMITS)) == []


def test_who_demands_no_encryption_gets_what_is_offered_unverified(dovecot):
    settings = settings_for(dovecot, port=dovecot.imap_port, security="none")

    with ImapSource(settings) as source:
        assert list(source.fetch(0, **LIMITS)) == []
        assert isinstance(source._client.socket(), ssl.SSLSocket)


def test_a_password_that_is_not_ascii(dovecot):
    with source_of(dovecot, username=UMLAUT_USER, password=UMLAUT_PASSWORD) as source:
        assert source.newest_uid() == 0


@pytest.mark.parametrize("password", ["wrong", "fälsch"])
def test_a_wrong_password_is_refused_in_the_servers_words(dovecot, password):
    with (
        pytest.raises(SourceRefusedError) as refusal,
        source_of(dovecot, password=password),
    ):
        pass

    assert str(refusal.value) == (
        "127.0.0.1 refused us: [AUTHENTICATIONFAILED] Authentication failed."
    )


def test_a_missing_folder_is_for_a_person_to_fix(dovecot):
    with (
        pytest.raises(SourceRefusedError, match="Mailbox doesn't exist: Nowhere"),
        source_of(dovecot, folder="Nowhere"),
    ):
        pass


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_of_an_unknown_authority_is_refused(dovecot, security):
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port
    source = ImapSource(settings_for(dovecot, port=port, security=security))

    with pytest.raises(SourceError, match=r"certificate of 127\.0\.0\.1"), source:
        pass


def test_a_certificate_for_another_name_is_refused(dovecot):
    with (
        forwarding("127.0.0.2", dovecot.imaps_port) as port,
        pytest.raises(SourceError, match=r"not valid for '127\.0\.0\.2'"),
        source_of(dovecot, host="127.0.0.2", port=port),
    ):
        pass


def test_a_private_address_is_refused_unless_allowed(dovecot):
    with (
        pytest.raises(UnsafeAddressError),
        source_of(dovecot, allowed_networks=()),
    ):
        pass
