"""What "Use SSL for all e-mail transmissions" does to every way in and out."""

from datetime import timedelta
from functools import partial

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tests.builders import SUPPORT, a_mailbox, an_email, receive_and_process
from tests.transport.conftest import (  # noqa: F401 - fixtures
    certificate,
    dovecot,
    dovecot_server,
    self_signed,
)
from tests.transport.dovecot import PASSWORD, USER
from tests.transport.smtp_servers import HOST, Keeper, running
from wagtail_ecp.accounts import letters
from wagtail_ecp.accounts.models import Account, Letter
from wagtail_ecp.inbox import actions, encryption, sending
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.fetching import fetch
from wagtail_ecp.inbox.models import (
    Conversation,
    Mailbox,
    Outbox,
    OutgoingServer,
    Source,
)
from wagtail_ecp.mail.addresses import Address

SMTP = "django.core.mail.backends.smtp.EmailBackend"
LEVELS = {"free": {"label": "Free"}, "paid": {"label": "Paid", "allows": ["ssl"]}}


@pytest.fixture
def trusted(certificate, monkeypatch):  # noqa: F811
    """The test authority is one of this machine's; returns what it has signed."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    return certificate


def demand_ssl(*, is_on):
    Account.objects.update(use_ssl=is_on)


@pytest.fixture
def source(db, dovecot):  # noqa: F811
    """A source on a real server, whose authority nobody trusts yet."""
    source = Source(
        mailbox=a_mailbox(),
        name="Ours",
        host=dovecot.host,
        port=dovecot.imap_port,
        security="none",
        username=USER,
        start="everything",
    )
    source.password = PASSWORD
    source.save()
    dovecot.deliver(an_email())
    return source


def visited(source, **changes):
    Source.objects.filter(pk=source.pk).update(**changes)
    number = fetch(source.pk)
    source.refresh_from_db()
    return number


@pytest.mark.dovecot
def test_a_source_that_need_not_encrypt_is_not_fetched_while_ssl_is_demanded(source):
    assert visited(source) == 0
    assert "Choose TLS or STARTTLS" in source.last_error
    assert source.last_error_at is not None
    assert source.last_success_at is None

    demand_ssl(is_on=False)

    assert visited(source) == 1
    assert source.last_error == ""


@pytest.mark.dovecot
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_source_is_fetched_by_tls_once_its_authority_is_trusted(
    source,
    dovecot,  # noqa: F811
    security,
    monkeypatch,
):
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port

    assert visited(source, security=security, port=port) == 0
    assert "can't be trusted" in source.last_error

    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate.authority))

    assert visited(source) == 1
    assert source.last_error == ""


@pytest.fixture
def answer(alice):
    """An answer on its way out; returns its row in the outbox."""
    a_mailbox(repliers=[alice])
    receive_and_process(an_email("Parcel"))
    conversation = Conversation.objects.get()
    words = Answer(
        to=[Address("Vera Holm", "vera@customer.example")],
        subject="Re: Parcel",
        html="<p>Soon.</p>",
    )
    message = actions.reply(
        conversation, words, answers=conversation.messages.get(), by=alice
    )
    return message.outbox


def send(outbox):
    Outbox.objects.update(next_try_at=Now())
    sending.send(outbox.pk)
    outbox.refresh_from_db()
    return outbox.state


def by_a_server_of_ours(_settings, port, *, is_encrypted):
    """Answers leave by an outgoing server."""
    server, _made = OutgoingServer.objects.update_or_create(
        name="Ours",
        defaults={
            "host": HOST,
            "port": port,
            "security": "starttls" if is_encrypted else "none",
        },
    )
    Mailbox.objects.update(outgoing_server=server)


def by_the_site(settings, port, *, is_encrypted):
    """Answers and letters leave by the site's own e-mail settings."""
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, port
    settings.EMAIL_USE_TLS = is_encrypted


WAYS = pytest.mark.parametrize("use", [by_a_server_of_ours, by_the_site])


@WAYS
def test_an_answer_waits_until_its_way_out_encrypts(answer, settings, trusted, use):
    keeper = Keeper()
    with running(keeper, tls_context=trusted.for_servers()) as port:
        use(settings, port, is_encrypted=False)
        assert send(answer) == Outbox.State.QUEUED
        assert "encrypt" in answer.error
        assert keeper.mails == []

        use(settings, port, is_encrypted=True)
        assert send(answer) == Outbox.State.SENT

    assert answer.error == ""
    assert keeper.by_starttls == [True]


@WAYS
@pytest.mark.parametrize("offers_tls", [True, False])
def test_an_answer_goes_as_the_server_offers_once_ssl_is_no_longer_demanded(
    answer,
    settings,
    self_signed,  # noqa: F811
    use,
    offers_tls,
):
    keeper = Keeper()
    options = {"tls_context": self_signed.for_servers()} if offers_tls else {}
    with running(keeper, **options) as port:
        use(settings, port, is_encrypted=False)
        assert send(answer) == Outbox.State.QUEUED

        demand_ssl(is_on=False)
        assert send(answer) == Outbox.State.SENT

    assert keeper.by_starttls == [offers_tls]


@WAYS
@pytest.mark.parametrize("is_on", [True, False])
@pytest.mark.parametrize("offers_tls", [True, False])
def test_encryption_that_was_chosen_has_no_fall_back(
    answer,
    settings,
    self_signed,  # noqa: F811
    use,
    is_on,
    offers_tls,
):
    demand_ssl(is_on=is_on)
    keeper = Keeper()
    options = {"tls_context": self_signed.for_servers()} if offers_tls else {}

    with running(keeper, **options) as port:
        use(settings, port, is_encrypted=True)
        assert send(answer) == Outbox.State.FAILED

    assert ("can't be trusted" if offers_tls else "STARTTLS") in answer.error
    assert keeper.mails == []


def test_an_answer_does_not_wait_for_ever(answer, settings):
    by_a_server_of_ours(settings, 1, is_encrypted=False)
    Outbox.objects.update(queued_at=timezone.now() - timedelta(days=6))

    assert send(answer) == Outbox.State.FAILED
    assert "Choose TLS or STARTTLS" in answer.error


def test_a_level_without_ssl_takes_the_demand_away_and_not_the_encryption(
    answer, settings, trusted
):
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "SERVICE_LEVELS": LEVELS}
    keeper = Keeper()

    with running(keeper, tls_context=trusted.for_servers()) as port:
        by_a_server_of_ours(settings, port, is_encrypted=False)
        Account.objects.update(service_level="paid")
        assert send(answer) == Outbox.State.QUEUED
        Account.objects.update(service_level="free")
        assert send(answer) == Outbox.State.SENT

    assert keeper.by_starttls == [True]


def test_a_letter_to_our_own_people_waits_for_encryption_too(alice, settings, trusted):
    a_mailbox()
    letter = Letter.objects.create(
        user=alice, address="alice@staff.example", subject="Hi", text="Hi", html="Hi"
    )
    keeper = Keeper()

    with running(keeper, tls_context=trusted.for_servers()) as port:
        by_the_site(settings, port, is_encrypted=False)
        letters.send(letter.pk)
        letter.refresh_from_db()
        assert letter.state == Letter.State.QUEUED
        assert "EMAIL_USE_TLS" in letter.error
        assert keeper.mails == []

        by_the_site(settings, port, is_encrypted=True)
        Letter.objects.update(next_try_at=Now())
        letters.send(letter.pk)

    letter.refresh_from_db()
    assert letter.state == Letter.State.SENT
    assert keeper.by_starttls == [True]


a_source = partial(Source.objects.create, host="imap.example.com", port=993)
a_server = partial(OutgoingServer.objects.create, host="smtp.example.com", port=465)


def test_what_would_stop_is_named_and_all_else_is_counted(
    db, settings, django_assert_max_num_queries
):
    by_the_site(settings, 25, is_encrypted=False)
    support, press = a_mailbox(), a_mailbox("press@example.com")
    a_mailbox("sales@example.com")
    a_source(mailbox=support, name="Good")
    open_source = a_source(mailbox=press, name="Bad", security="none")
    a_source(mailbox=press, name="Asleep", security="none", is_active=False)
    good, bad = a_server(name="Good"), a_server(name="Bad", security="none")
    a_server(name="Unused", security="none")
    Mailbox.objects.filter(pk=support.pk).update(outgoing_server=good)
    Mailbox.objects.filter(pk=press.pk).update(outgoing_server=bad)

    with django_assert_max_num_queries(2):
        found = encryption.survey()

    assert (found.sources, found.servers, found.uses_site) == (2, 2, True)
    assert [(stop.label, stop.edit_url_name, stop.pk) for stop in found.stops] == [
        ("press@example.com", "ecp_sources:edit", open_source.pk),
        ("Bad", "ecp_outgoing_servers:edit", bad.pk),
        ("the site's e-mail settings", "", None),
    ]
    assert encryption.would_stop() == list(found.stops)
    words = encryption.in_words(requires_ssl=False)
    assert words.startswith("Would stop: press@example.com (IMAP, no TLS), Bad (SMTP")
    assert "EMAIL_USE_TLS" in words
    assert encryption.in_words(requires_ssl=True).startswith("Stopped: press@")


def test_where_all_can_encrypt_that_is_said_in_numbers(db):
    mailbox = a_mailbox()
    a_source(mailbox=mailbox, name="One")
    a_source(mailbox=mailbox, name="Two", security="starttls")
    Mailbox.objects.update(outgoing_server=a_server(name="Ours"))

    words = encryption.in_words(requires_ssl=True)

    assert words == "2 sources, 1 outgoing server: all can."


def test_many_that_would_stop_are_not_all_named(db):
    mailbox = a_mailbox()
    for number in range(8):
        a_source(mailbox=mailbox, name=str(number), security="none")

    words = encryption.in_words(requires_ssl=False)

    assert words.count(SUPPORT) == 5
    assert words.endswith("3 more.")
