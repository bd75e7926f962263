"""Mail that arrives over real sockets, by SMTP and by LMTP."""

import logging
import re
import smtplib
import socket
import ssl
import threading
from contextlib import contextmanager

import pytest

from wagtail_ecp.exceptions import (
    MailboxUnknownError,
    MessageTooLargeError,
    TransportPausedError,
)
from wagtail_ecp.mail import listening
from wagtail_ecp.mail.listening import MailHandler, listener
from wagtail_ecp.mail.own_host import is_own_host

HOST = "127.0.0.1"
SUPPORT, SALES = "support@example.com", "sales@example.com"
SENDER = "jane@example.org"
MAIL = b"Subject: Hello\r\n\r\nOne\r\n.two\r\n\xfc\r\n"


class Post:
    """Mailboxes that keep what arrives; an error set on it is raised instead."""

    def __init__(self):
        self.mails = []
        self.error = None

    def knows(self, address):
        if self.error is not None and not self.mails:
            raise self.error
        return address in {SUPPORT, SALES}

    def store(self, raw, *, envelope_from, recipients):
        self.mails.append((raw, envelope_from, recipients))
        if self.error is not None:
            raise self.error


class FailingStore(Post):
    """Fails only once a mail is there."""

    def knows(self, address):
        return True


@pytest.fixture
def post():
    return Post()


@contextmanager
def listening_for(post, **options):
    controller = listener(
        MailHandler(knows=post.knows, store=post.store),
        host=HOST,
        port=0,
        server_name="mx.example.com",
        **({"max_bytes": 10_000} | options),
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def smtp_to(post, **options):
    with (
        listening_for(post, **options) as port,
        smtplib.SMTP(HOST, port, local_hostname="client.example.org") as client,
    ):
        yield client


@contextmanager
def lmtp_to(post, **options):
    with (
        listening_for(post, protocol="lmtp", **options) as port,
        smtplib.LMTP(HOST, port, local_hostname="client.example.org") as client,
    ):
        yield client


def test_mail_is_stored_byte_for_byte_behind_its_trace(post):
    with smtp_to(post) as client:
        client.sendmail(SENDER, [SUPPORT, SALES], MAIL)

    ((raw, envelope_from, recipients),) = post.mails
    assert raw.endswith(b"\r\n" + MAIL)
    assert envelope_from == SENDER
    assert recipients == (SUPPORT, SALES)


def test_the_trace_says_who_brought_the_mail(post):
    with smtp_to(post) as client:
        client.sendmail(SENDER, [SUPPORT], MAIL)

    trace = post.mails[0][0].removesuffix(MAIL).decode()
    assert re.fullmatch(
        r"Return-Path: <jane@example\.org>\r\n"
        r"Received: from client\.example\.org \(\[127\.0\.0\.1\]\)\r\n"
        r"\tby mx\.example\.com with ESMTP;\r\n"
        r"\t\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000\r\n",
        trace,
    )


def test_what_a_client_calls_itself_cannot_forge_a_header(post):
    with smtp_to(post) as client:
        client.send("EHLO evil (comment) \x0bX: y\u2028\r\n".encode())
        client.getreply()
        client.sendmail(SENDER, [SUPPORT], MAIL)

    received = post.mails[0][0].split(b"\r\n")[1]
    assert re.fullmatch(rb"Received: from [\w?:.]+ \(\[127\.0\.0\.1\]\)", received)


def test_an_unknown_mailbox_is_refused_at_once(post):
    with smtp_to(post) as client:
        client.ehlo()
        client.mail(SENDER)

        assert client.rcpt("nobody@example.com")[0] == 550
        assert client.rcpt(SUPPORT)[0] == 250


def test_an_address_of_broken_bytes_is_refused(post):
    with smtp_to(post) as client:
        client.ehlo()
        client.mail(SENDER)
        client.send(b"RCPT TO:<b\xfcro@example.com>\r\n")

        assert client.getreply()[0] == 553


@pytest.mark.parametrize("error", [TransportPausedError(), RuntimeError("no database")])
def test_while_mailboxes_cannot_be_looked_up_the_sender_keeps_the_mail(post, error):
    post.error = error

    with smtp_to(post) as client:
        client.ehlo()
        client.mail(SENDER)

        assert client.rcpt(SUPPORT)[0] == 451


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TransportPausedError(), 451),
        (RuntimeError("no database"), 451),
        (OSError("disk full"), 451),
        (MailboxUnknownError(), 550),
        (MessageTooLargeError(), 552),
    ],
)
def test_what_cannot_be_stored_is_not_accepted(error, code):
    post = FailingStore()
    post.error = error

    with smtp_to(post) as client, pytest.raises(smtplib.SMTPDataError) as refusal:
        client.sendmail(SENDER, [SUPPORT], MAIL)

    assert refusal.value.smtp_code == code


def test_a_failure_is_logged_and_not_told_to_strangers(post, caplog):
    failing = FailingStore()
    failing.error = RuntimeError("password is hunter2")

    with (
        caplog.at_level(logging.ERROR, logger=listening.__name__),
        smtp_to(failing) as client,
        pytest.raises(smtplib.SMTPDataError) as refusal,
    ):
        client.sendmail(SENDER, [SUPPORT], MAIL)

    assert b"hunter2" not in refusal.value.smtp_error
    assert "hunter2" in caplog.text


def test_a_failure_outside_our_part_asks_for_another_try(post, monkeypatch):
    def broken(*arguments):
        raise RuntimeError("hunter2")

    monkeypatch.setattr(listening, "_trace", broken)

    with smtp_to(post) as client, pytest.raises(smtplib.SMTPDataError) as refusal:
        client.sendmail(SENDER, [SUPPORT], MAIL)

    assert refusal.value.smtp_code == 451
    assert b"hunter2" not in refusal.value.smtp_error


def test_the_connection_goes_on_after_a_failure():
    post = FailingStore()
    post.error = RuntimeError("no database")

    with smtp_to(post) as client:
        with pytest.raises(smtplib.SMTPDataError):
            client.sendmail(SENDER, [SUPPORT], MAIL)
        post.error = None
        client.sendmail(SENDER, [SUPPORT], MAIL)

    assert len(post.mails) == 2


def test_mail_is_accepted_only_after_it_is_stored(post):
    may_finish, has_begun = threading.Event(), threading.Event()
    answers = []

    def slow(raw, *, envelope_from, recipients):
        has_begun.set()
        may_finish.wait(5)

    post.store = slow
    with smtp_to(post) as client:
        client.ehlo()
        client.mail(SENDER)
        client.rcpt(SUPPORT)
        sending = threading.Thread(target=lambda: answers.append(client.data(MAIL)))
        sending.start()
        assert has_begun.wait(5)
        assert answers == []
        may_finish.set()
        sending.join(5)

    assert answers[0][0] == 250


def test_the_size_limit_is_announced_and_kept(post):
    with smtp_to(post, max_bytes=1000) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == "1000"
        assert client.mail(SENDER, ["SIZE=1001"])[0] == 552

        client.mail(SENDER)
        client.rcpt(SUPPORT)
        assert client.data(b"x" * 70 + b"\r\n" + b"y" * 940)[0] == 552

        client.sendmail(SENDER, [SUPPORT], MAIL)

    assert len(post.mails) == 1


def test_lines_that_are_too_long_by_the_standard_are_accepted(post):
    mail = b"Subject: Long\r\n\r\n" + b"x" * 50_000 + b"\r\n"

    with smtp_to(post, max_bytes=100_000) as client:
        client.sendmail(SENDER, [SUPPORT], mail)

    assert post.mails[0][0].endswith(mail)


def test_a_bounce_has_an_empty_sender(post):
    with smtp_to(post) as client:
        client.sendmail("", [SUPPORT], MAIL)

    raw, envelope_from, _ = post.mails[0]
    assert envelope_from == ""
    assert raw.startswith(b"Return-Path: <>\r\n")


def test_addresses_in_other_scripts_arrive(post):
    with smtp_to(post) as client:
        client.ehlo()
        client.sendmail(
            "jürgen@example.org", [SUPPORT], MAIL, mail_options=["SMTPUTF8"]
        )

    raw, envelope_from, _ = post.mails[0]
    assert envelope_from == "jürgen@example.org"
    assert b"with UTF8SMTP;" in raw


def test_there_is_a_limit_to_recipients(post, monkeypatch):
    monkeypatch.setattr(listening, "MAX_RECIPIENTS", 2)

    with smtp_to(post) as client:
        client.ehlo()
        client.mail(SENDER)

        codes = [client.rcpt(SUPPORT)[0] for _ in range(3)]

    assert codes == [250, 250, 452]


def test_a_lone_line_feed_does_not_smuggle_in_a_second_mail(post):
    evil = b"Subject: One\r\n\r\nHi\n.\nMAIL FROM:<x@example.org>\r\n"

    with smtp_to(post) as client:
        client.ehlo()
        client.mail(SENDER)
        client.rcpt(SUPPORT)
        client.docmd("DATA")
        client.send(evil + b".\r\n")
        assert client.getreply()[0] == 250

    ((raw, _, _),) = post.mails
    assert raw.endswith(evil)


def test_a_mail_that_breaks_off_is_not_stored(post):
    with listening_for(post) as port:
        with socket.create_connection((HOST, port)) as client:
            stream = client.makefile("rwb", buffering=0)
            stream.readline()
            for line in (
                b"HELO x",
                b"MAIL FROM:<a@b.example>",
                b"RCPT TO:<%s>" % SUPPORT.encode(),
                b"DATA",
            ):
                stream.write(line + b"\r\n")
                stream.readline()
            stream.write(b"Subject: Half\r\n\r\nof it")
        with smtplib.SMTP(HOST, port) as client:
            client.sendmail(SENDER, [SALES], MAIL)

    assert [recipients for _, _, recipients in post.mails] == [(SALES,)]


def test_helo_is_enough(post):
    with smtp_to(post) as client:
        client.helo("old.example.org")
        client.mail(SENDER)
        client.rcpt(SUPPORT)
        client.data(MAIL)

    assert b"with SMTP;" in post.mails[0][0]


def test_a_port_that_is_taken_is_an_error(post):
    with listening_for(post) as port:
        second = listener(
            MailHandler(knows=post.knows, store=post.store),
            host=HOST,
            port=port,
            max_bytes=1000,
        )

        with pytest.raises(OSError, match="in use"):
            second.start()


def test_lmtp_answers_once_for_each_recipient(post):
    with lmtp_to(post) as client:
        client.ehlo()
        client.mail(SENDER)
        assert client.rcpt(SUPPORT)[0] == 250
        assert client.rcpt("nobody@example.com")[0] == 550
        assert client.rcpt(SALES)[0] == 250

        first = client.data(MAIL)[0]
        second = client.getreply()[0]
        next_command = client.noop()

    assert (first, second) == (250, 250)
    assert next_command == (250, b"OK")
    assert post.mails[0][2] == (SUPPORT, SALES)
    assert b"with LMTP;" in post.mails[0][0]


@pytest.mark.parametrize(
    ("error", "size", "code"),
    [(RuntimeError("no database"), 10, 451), (None, 2000, 552)],
)
def test_lmtp_answers_for_each_recipient_when_it_fails_too(error, size, code):
    post = FailingStore()
    post.error = error

    with lmtp_to(post, max_bytes=1000) as client:
        client.ehlo()
        client.mail(SENDER)
        client.rcpt(SUPPORT)
        client.rcpt(SALES)

        answers = [client.data((b"x" * 70 + b"\r\n") * (size // 72))[0]]
        answers.append(client.getreply()[0])

        assert client.noop() == (250, b"OK")

    assert answers == [code, code]


def test_lmtp_without_a_recipient_answers_data_once(post):
    with lmtp_to(post) as client:
        client.ehlo()
        client.mail(SENDER)

        assert client.docmd("DATA")[0] == 503
        assert client.noop() == (250, b"OK")


def test_lmtp_takes_commands_in_one_go(post):
    with (
        listening_for(post, protocol="lmtp") as port,
        socket.create_connection((HOST, port)) as client,
    ):
        client.sendall(
            b"LHLO x\r\nMAIL FROM:<a@b.example>\r\n"
            b"RCPT TO:<support@example.com>\r\nRCPT TO:<sales@example.com>\r\n"
            b"DATA\r\nSubject: Hi\r\n\r\n.\r\nQUIT\r\n"
        )
        answers = client.makefile("rb").read()

    assert b"250-PIPELINING\r\n" in answers
    codes = re.findall(rb"(?m)^(\d{3}) ", answers)
    assert codes == b"220 250 250 250 250 354 250 250 221".split()
    assert len(post.mails) == 1


def test_lmtp_is_not_smtp(post):
    with lmtp_to(post) as client:
        assert client.docmd("EHLO", "x")[0] == 500


@pytest.fixture
def strict():
    """Says that mail has to be encrypted, until it is told otherwise."""
    return {"requires_tls": True}


@contextmanager
def met_by_a_stranger(post, strict, *, protocol="smtp", certificate=None):
    """Connect as another host would; TLS is on offer with a ``certificate``."""
    controller = listener(
        MailHandler(
            knows=post.knows,
            store=post.store,
            requires_tls=lambda: strict["requires_tls"],
            is_own_host=lambda peer, local: False,
        ),
        host=HOST,
        port=0,
        max_bytes=10_000,
        protocol=protocol,
        server_name="mx.example.com",
        tls_context=certificate and certificate.for_servers(),
    )
    controller.start()
    kind = smtplib.LMTP if protocol == "lmtp" else smtplib.SMTP
    try:
        with kind(HOST, controller.port, local_hostname="client.example.org") as client:
            client.ehlo()
            yield client
    finally:
        controller.stop()


PROTOCOLS = pytest.mark.parametrize("protocol", ["smtp", "lmtp"])


@PROTOCOLS
def test_strangers_must_encrypt_where_that_is_demanded(
    post, strict, certificate, protocol
):
    with met_by_a_stranger(
        post, strict, protocol=protocol, certificate=certificate
    ) as client:
        assert client.mail(SENDER) == (
            530,
            b"5.7.0 Must issue a STARTTLS command first",
        )
        assert client.rcpt(SUPPORT)[0] == 503

        client.starttls(context=certificate.for_clients())
        client.sendmail(SENDER, [SUPPORT], MAIL)

    assert len(post.mails) == 1


@PROTOCOLS
def test_without_a_certificate_of_ours_strangers_keep_their_mail(
    post, strict, caplog, protocol
):
    with (
        caplog.at_level(logging.WARNING, logger=listening.__name__),
        met_by_a_stranger(post, strict, protocol=protocol) as client,
    ):
        code, words = client.mail(SENDER)

    assert (code, words[:5]) == (451, b"4.7.0")
    assert "--certificate" in caplog.text


def test_the_demand_is_asked_for_anew_for_each_mail(post, strict):
    with met_by_a_stranger(post, strict) as client:
        assert client.mail(SENDER)[0] == 451

        strict["requires_tls"] = False
        assert client.mail(SENDER)[0] == 250
        client.rset()

        strict["requires_tls"] = True
        assert client.mail(SENDER)[0] == 451


def test_while_nobody_knows_whether_to_encrypt_the_sender_keeps_the_mail(post):
    with met_by_a_stranger(post, {}) as client:
        assert client.mail(SENDER)[0] == 451


def test_this_machine_needs_not_encrypt(post):
    with smtp_to(post) as client:
        client.sendmail(SENDER, [SUPPORT], MAIL)

    assert len(post.mails) == 1


@pytest.mark.parametrize(
    ("peer", "local", "is_own"),
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.2", "10.0.0.1", True),
        ("::1", "::1", True),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1", True),
        ("10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::1%eth0", True),
        ("10.0.0.2", "10.0.0.1", False),
        ("fe80::2%eth0", "fe80::1%eth0", False),
        ("192.0.2.1", "127.0.0.1", False),
    ],
)
def test_its_own_host_is_loopback_or_the_address_that_was_called(peer, local, is_own):
    assert is_own_host(peer, local) is is_own


@pytest.mark.parametrize(
    ("protocol", "options", "name"),
    [
        ("smtp", [], b"with ESMTPS;"),
        ("lmtp", [], b"with LMTPS;"),
        ("smtp", ["SMTPUTF8"], b"with UTF8SMTPS;"),
        ("lmtp", ["SMTPUTF8"], b"with UTF8LMTPS;"),
    ],
)
def test_the_trace_says_that_the_mail_came_encrypted(
    post, strict, certificate, protocol, options, name
):
    with met_by_a_stranger(
        post, strict, protocol=protocol, certificate=certificate
    ) as client:
        client.starttls(context=certificate.for_clients())
        client.ehlo()
        client.sendmail(SENDER, [SUPPORT], MAIL, mail_options=options)

    assert name in post.mails[0][0]


def test_nobody_is_invited_to_log_in(post, strict, certificate):
    with met_by_a_stranger(post, strict, certificate=certificate) as client:
        client.starttls(context=certificate.for_clients())
        client.ehlo()

        assert "auth" not in client.esmtp_features
        assert "starttls" not in client.esmtp_features
        assert client.docmd("AUTH", "PLAIN AGEAYg==")[0] >= 500


def test_commands_slipped_in_before_the_handshake_are_forgotten(
    post, strict, certificate
):
    with met_by_a_stranger(post, strict, certificate=certificate) as client:
        client.send(b"STARTTLS\r\nMAIL FROM:<eve@example.org>\r\n")
        assert client.getreply()[0] == 220
        client.sock = certificate.for_clients().wrap_socket(
            client.sock, server_hostname=HOST
        )
        client.file = None
        client.ehlo()

        assert client.rcpt(SUPPORT)[0] == 503


def test_a_client_that_breaks_off_the_handshake_harms_nobody(post, certificate):
    with listening_for(post, tls_context=certificate.for_servers()) as port:
        with smtplib.SMTP(HOST, port) as client:
            with pytest.raises(ssl.SSLCertVerificationError):
                client.starttls(context=ssl.create_default_context())
            client.close()
        with smtplib.SMTP(HOST, port) as client:
            client.sendmail(SENDER, [SUPPORT], MAIL)

    assert len(post.mails) == 1
