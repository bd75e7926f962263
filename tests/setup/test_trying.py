"""Trying out real servers: each step, and their own words where one fails."""

import socket
import socketserver
import threading
from contextlib import contextmanager

import pytest

from tests.transport.dovecot import PASSWORD, UMLAUT_PASSWORD, UMLAUT_USER, USER
from tests.transport.smtp_servers import HOST, Keeper, accepting, running
from wagtail_ecp.mail.sending.connection import SmtpSettings
from wagtail_ecp.mail.sources.base import Settings
from wagtail_ecp.mail.sources.imap import ImapSource
from wagtail_ecp.mail.trying import Step, try_incoming, try_outgoing

SUPPORT = "support@example.com"
HERE = ["127.0.0.0/8", "::1/128"]


def imap(server, *, trusts=None, **changes):
    values = {
        "host": server.host,
        "port": server.imaps_port,
        "username": USER,
        "password": PASSWORD,
        "allowed_networks": HERE,
        "timeout": 5,
    }
    trusted = trusts or server.certificate
    return try_incoming(
        Settings(**(values | changes)), ssl_context=trusted.for_clients()
    )


def smtp(port, *, trusts=None, sender=SUPPORT, **changes):
    values = {
        "host": HOST,
        "port": port,
        "security": "none",
        "allowed_networks": HERE,
        "timeout": 5,
        "ssl_context": trusts.for_clients() if trusts else None,
    }
    return try_outgoing(SmtpSettings(**(values | changes)), sender=sender)


def steps(trial):
    return [outcome.step for outcome in trial.outcomes]


def words(trial):
    return trial.outcomes[-1].words


def a_closed_port():
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]


@pytest.mark.dovecot
def test_an_imap_server_goes_through_every_step_and_names_its_folders(dovecot):
    dovecot.deliver(b"Subject: x\r\n\r\nx\r\n")

    trial = imap(dovecot)

    assert trial.is_ok
    assert trial.failed is None
    assert steps(trial) == [Step.CONNECT, Step.ENCRYPT, Step.LOG_IN, Step.FOLDERS]
    assert trial.folders[0] == "INBOX"


@pytest.mark.dovecot
def test_the_folder_is_marked_so_that_nothing_is_missed_later(dovecot):
    for _number in range(3):
        dovecot.deliver(b"Subject: x\r\n\r\nx\r\n")

    mark = imap(dovecot).mark

    assert (mark.newest, mark.month) == (3, 0)
    with ImapSource(
        Settings(
            host=dovecot.host,
            port=dovecot.imaps_port,
            username=USER,
            password=PASSWORD,
            allowed_networks=HERE,
        ),
        ssl_context=dovecot.certificate.for_clients(),
    ) as source:
        assert source.uidvalidity == mark.uidvalidity


@pytest.mark.dovecot
def test_an_empty_folder_is_marked_too(dovecot):
    mark = imap(dovecot).mark

    assert (mark.newest, mark.month) == (0, 0)


@pytest.mark.dovecot
def test_starttls_is_tried_too(dovecot):
    assert imap(dovecot, port=dovecot.imap_port, security="starttls").is_ok


@pytest.mark.dovecot
def test_without_a_demand_for_encryption_there_is_no_such_step(dovecot):
    trial = imap(dovecot, port=dovecot.imap_port, security="none")

    assert trial.is_ok
    assert Step.ENCRYPT not in steps(trial)


@pytest.mark.dovecot
def test_a_password_in_any_letters_is_tried(dovecot):
    assert imap(dovecot, username=UMLAUT_USER, password=UMLAUT_PASSWORD).is_ok


@pytest.mark.dovecot
def test_a_wrong_password_fails_at_the_log_in_in_the_servers_words(dovecot):
    trial = imap(dovecot, password="wrong")

    assert steps(trial) == [Step.CONNECT, Step.ENCRYPT, Step.LOG_IN]
    assert trial.failed is Step.LOG_IN
    assert "Authentication failed" in words(trial)


@pytest.mark.dovecot
def test_a_folder_that_is_not_there_fails_and_the_others_are_named(dovecot):
    trial = imap(dovecot, folder="Posteingang")

    assert trial.failed is Step.FOLDERS
    assert "Posteingang" in words(trial)
    assert "INBOX" in trial.folders


@pytest.mark.dovecot
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_that_nobody_vouches_for_fails(dovecot, self_signed, security):
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port

    trial = imap(dovecot, port=port, security=security, trusts=self_signed)

    assert trial.failed is Step.ENCRYPT
    assert "certificate" in words(trial).lower()


@pytest.mark.dovecot
def test_tls_on_a_port_without_it_fails_at_the_encryption(dovecot):
    trial = imap(dovecot, port=dovecot.imap_port, security="tls")

    assert steps(trial) == [Step.CONNECT, Step.ENCRYPT]
    assert trial.failed is Step.ENCRYPT


class PlainImap(socketserver.StreamRequestHandler):
    """Greets, and knows no capability but IMAP itself."""

    def handle(self):
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag = line.split()[0]
            self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")


@contextmanager
def imap_without_tls():
    with socketserver.ThreadingTCPServer((HOST, 0), PlainImap) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_an_imap_server_without_starttls_fails_at_the_encryption():
    with imap_without_tls() as port:
        trial = try_incoming(
            Settings(
                host=HOST,
                port=port,
                security="starttls",
                username="x",
                password="y",
                allowed_networks=HERE,
                timeout=5,
            )
        )

    assert trial.failed is Step.ENCRYPT
    assert "does not offer encryption" in words(trial)


@pytest.mark.parametrize("side", ["incoming", "outgoing"])
def test_a_port_where_nobody_listens_fails_at_once(side):
    port = a_closed_port()
    common = {"host": HOST, "port": port, "allowed_networks": HERE, "timeout": 5}
    trial = (
        try_incoming(Settings(**common, username="x", password="y"))
        if side == "incoming"
        else try_outgoing(SmtpSettings(**common), sender=SUPPORT)
    )

    assert steps(trial) == [Step.CONNECT]
    assert words(trial) == "Connection refused"


def test_our_own_network_is_refused_unless_it_is_allowed():
    trial = smtp(a_closed_port(), allowed_networks=[])

    assert trial.failed is Step.CONNECT
    assert "not a public address" in words(trial)


def test_an_smtp_server_takes_the_sender_and_no_mail():
    keeper = Keeper()

    with running(keeper) as port:
        trial = smtp(port)

    assert trial.is_ok
    assert steps(trial) == [Step.CONNECT, Step.SENDER]
    assert keeper.mails == []


def test_smtp_with_tls_and_log_in_goes_through_every_step(certificate):
    options = {
        "ssl_context": certificate.for_servers(),
        "authenticator": accepting("me", "secret"),
        "auth_require_tls": False,
    }
    with running(Keeper(), **options) as port:
        trial = smtp(
            port, trusts=certificate, security="tls", username="me", password="secret"
        )

    assert trial.is_ok, trial
    assert steps(trial) == [Step.CONNECT, Step.ENCRYPT, Step.LOG_IN, Step.SENDER]


def test_smtp_with_starttls_is_tried(certificate):
    with running(Keeper(), tls_context=certificate.for_servers()) as port:
        assert smtp(port, trusts=certificate, security="starttls").is_ok


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_smtp_without_tls_fails_at_the_encryption(security):
    with running(Keeper()) as port:
        trial = smtp(port, security=security)

    assert trial.failed is Step.ENCRYPT
    assert steps(trial) == [Step.CONNECT, Step.ENCRYPT]
    assert words(trial)


def test_an_smtp_certificate_that_nobody_vouches_for_fails(certificate, self_signed):
    with running(Keeper(), tls_context=self_signed.for_servers()) as port:
        trial = smtp(port, trusts=certificate, security="starttls")

    assert trial.failed is Step.ENCRYPT
    assert "certificate" in words(trial)


def test_a_wrong_smtp_password_fails_in_the_servers_words():
    options = {"authenticator": accepting("me", "secret"), "auth_require_tls": False}
    with running(Keeper(), **options) as port:
        trial = smtp(port, username="me", password="wrong")

    assert trial.failed is Step.LOG_IN
    assert "535" in words(trial)


def test_a_log_in_that_is_not_on_offer_fails_there():
    with running(Keeper()) as port:
        trial = smtp(port, username="me", password="secret")

    assert trial.failed is Step.LOG_IN


def test_a_sender_that_is_not_welcome_fails_in_the_servers_words():
    class Picky(Keeper):
        async def handle_MAIL(self, *_args):  # noqa: N802 - the name is aiosmtpd's
            return "553 5.7.1 Not your address"

    with running(Picky()) as port:
        trial = smtp(port)

    assert trial.failed is Step.SENDER
    assert words(trial) == "553 5.7.1 Not your address"
