"""What a server says of TLS before anybody relies on it."""

import socket
import ssl
from contextlib import contextmanager

import pytest

from tests.transport.forwarding import forwarding
from tests.transport.smtp_servers import HOST, Keeper, running, scripted
from tests.transport.test_imap_failures import imap_server
from wagtail_ecp.mail import probing
from wagtail_ecp.mail.probing import tls_problem

LOOPBACK = ["127.0.0.0/8"]


def ask(port, security, *, protocol="smtp", certificate=None, host=HOST):
    return tls_problem(
        host,
        port,
        security,
        protocol=protocol,
        allowed_networks=LOOPBACK,
        ssl_context=certificate and certificate.for_clients(),
    )


@contextmanager
def an_smtp_server(security, certificate):
    context = certificate.for_servers()
    name = "ssl_context" if security == "tls" else "tls_context"
    with running(Keeper(), **{name: context}) as port:
        yield port


BOTH = pytest.mark.parametrize("security", ["tls", "starttls"])


@BOTH
def test_a_server_that_encrypts_has_no_problem(certificate, security):
    with an_smtp_server(security, certificate) as port:
        assert ask(port, security, certificate=certificate) == ""


@BOTH
def test_a_certificate_that_nobody_vouches_for_is_one(self_signed, security):
    with an_smtp_server(security, self_signed) as port:
        problem = ask(port, security)

    assert "certificate of 127.0.0.1 can't be trusted: self-signed" in problem


def test_a_certificate_for_another_host_is_one(certificate):
    with (
        an_smtp_server("tls", certificate) as port,
        forwarding("127.0.0.2", port) as other,
    ):
        problem = ask(other, "tls", certificate=certificate, host="127.0.0.2")

    assert "not valid for '127.0.0.2'" in problem


@BOTH
def test_a_server_without_tls_is_quoted(security):
    with running(Keeper()) as port:
        problem = ask(port, security)

    assert f"can't be used by TLS at port {port}" in problem
    assert security == "tls" or "SMTPUTF8" in problem


def test_a_server_that_takes_its_offer_back_is_quoted():
    offer = b"250-me\r\n250 STARTTLS\r\n"
    with scripted(offer, b"454 4.7.0 TLS not available\r\n") as port:
        assert "454 4.7.0 TLS not available" in ask(port, "starttls")


def test_an_imap_server_without_starttls_is_quoted():
    with imap_server() as port:
        problem = ask(port, "starttls", protocol="imap")

    assert "STARTTLS is not among what it offers: * CAPABILITY IMAP4rev1" in problem


def test_an_imap_server_that_turns_us_away_is_quoted():
    with imap_server(greeting="BYE Too many connections") as port:
        assert "Too many connections" in ask(port, "starttls", protocol="imap")


@pytest.mark.dovecot
@BOTH
def test_dovecot_has_no_problem_for_who_trusts_its_authority(dovecot, security):
    port = dovecot.imaps_port if security == "tls" else dovecot.imap_port

    assert ask(port, security, protocol="imap", certificate=dovecot.certificate) == ""
    assert "can't be trusted" in ask(port, security, protocol="imap")


@BOTH
def test_a_server_that_is_down_may_be_fine_tomorrow(security):
    with socket.create_server((HOST, 0)) as closed:
        port = closed.getsockname()[1]

    assert ask(port, security) == ""


@BOTH
def test_a_server_that_keeps_silent_is_not_waited_for(monkeypatch, security):
    monkeypatch.setattr(probing, "SECONDS", 0.2)

    with socket.create_server((HOST, 0)) as silent:
        assert ask(silent.getsockname()[1], security) == ""


def test_a_server_without_an_end_is_given_up(monkeypatch):
    monkeypatch.setattr(probing, "MOST_BYTES", 100)

    with scripted(b"250-" + b"x" * 5000 + b"\r\n") as port:
        assert "250-xxx" in ask(port, "starttls")


def test_an_address_that_is_not_allowed_is_a_problem():
    problem = tls_problem(HOST, 25, "tls", protocol="smtp")

    assert "ALLOWED_NETWORKS" in problem


def test_the_systems_authorities_are_trusted_if_no_others_are_named(
    certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))

    with an_smtp_server("tls", certificate) as port:
        assert ask(port, "tls") == ""

    assert ssl.get_default_verify_paths().cafile == str(certificate.authority)
