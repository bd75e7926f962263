"""The listener as mail servers meet it."""

import smtplib

import pytest
from django.core.management import CommandError, call_command

from tests.builders import SUPPORT, a_mailbox, an_email
from tests.end_to_end.conftest import listener, listening  # noqa: F401 - a fixture
from tests.transport.conftest import certificate  # noqa: F401 - a fixture
from wagtail_ecp.accounts.models import Account, Installation
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import IncomingMail, Mailbox
from wagtail_ecp.management.commands.ecp_listen import server_for


@pytest.fixture
def smtp(listener):  # noqa: F811
    with smtplib.SMTP("127.0.0.1", listener) as connection:
        yield connection


def code_for(smtp, recipient=SUPPORT):
    smtp.ehlo()
    smtp.mail("vera@customer.example")
    code, _words = smtp.rcpt(recipient)
    smtp.rset()
    return code


@pytest.mark.redis
@pytest.mark.slow
def test_what_a_sender_is_told_is_what_happens_to_the_mail(smtp):
    assert code_for(smtp) == 451  # No account yet: try again later.

    a_mailbox()
    assert code_for(smtp) == 250
    assert code_for(smtp, "nobody@example.com") == 550

    Installation.objects.update(pause=Installation.Pause.IS_A_COPY)
    assert code_for(smtp) == 451
    Installation.objects.update(pause="")

    Mailbox.objects.update(is_active=False)
    assert code_for(smtp) == 550
    Mailbox.objects.update(is_active=True)

    smtp.sendmail("vera@customer.example", [SUPPORT], an_email())

    row = IncomingMail.objects.get()
    assert (row.way, row.envelope_to) == ("smtp", SUPPORT)


@pytest.mark.redis
@pytest.mark.slow
def test_with_a_certificate_it_takes_mail_encrypted(
    rq_queues,
    transactional_db,
    new_log,
    certificate,  # noqa: F811
):
    a_mailbox()
    files = ("--certificate", certificate.certificate, "--key", certificate.key)

    with (
        listening(rq_queues, new_log("listener"), *map(str, files)) as port,
        smtplib.SMTP("127.0.0.1", port) as smtp,
    ):
        smtp.starttls(context=certificate.for_clients())
        smtp.sendmail("vera@customer.example", [SUPPORT], an_email())

    assert b"with ESMTPS;" in blobs.read(IncomingMail.objects.get().blob_id)


@pytest.fixture
def as_a_stranger(transactional_db):
    """Connect to the listener as another host would."""
    server = server_for(host="127.0.0.1", port=0, is_lmtp=False, tls_context=None)
    server.handler._is_own_host = lambda peer, local: False
    server.start()
    with smtplib.SMTP("127.0.0.1", server.port) as smtp:
        smtp.ehlo()
        yield smtp
    server.stop()


def test_the_option_counts_from_the_next_mail_on(as_a_stranger):
    a_mailbox()
    assert as_a_stranger.mail("vera@customer.example")[0] == 451

    Account.objects.update(use_ssl=False)
    assert as_a_stranger.mail("vera@customer.example")[0] == 250
    as_a_stranger.rset()

    Account.objects.update(use_ssl=True)
    assert as_a_stranger.mail("vera@customer.example")[0] == 451


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"key": "/nowhere"}, "needs --certificate"),
        ({"certificate": "/nowhere"}, "can't be used"),
        ({"certificate": __file__}, "can't be used"),
    ],
)
def test_a_certificate_that_cannot_be_used_is_an_error(options, words):
    with pytest.raises(CommandError, match=words):
        call_command("ecp_listen", port=0, **options)
