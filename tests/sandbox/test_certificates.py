"""The sandbox sends by verified TLS, to a catcher whose certificate it makes itself."""

import datetime as dt
import smtplib
import ssl
from typing import Any

import pytest
from django.core.mail import EmailMessage

from sandbox import certificates
from tests.sandbox.test_catcher import CONTENT, caught  # noqa: F401 - a fixture
from tests.transport.smtp_servers import HOST
from wagtail_ecp.mail.sending.backend import default_backend
from wagtail_ecp.mail.sending.site import deliver_through_site


@pytest.fixture
def sandboxed(caught, settings):  # noqa: F811
    """The sandbox's e-mail settings; returns where mail is kept."""
    port, directory = caught
    settings.CERTIFICATE = certificates.provide(directory)
    settings.EMAIL_BACKEND = "sandbox.email_backend.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, port
    settings.EMAIL_USE_TLS = True
    return directory


def contents(directory):
    return [file.read_bytes() for file in directory.glob("*.eml")]


def test_answers_reach_the_catcher_while_ssl_is_demanded(sandboxed):
    deliver_through_site(
        requires_tls=True,
        envelope_from="a@sandbox.test",
        recipients=["b@example.org"],
        data=CONTENT,
        before_data=lambda: None,
    )

    (content,) = contents(sandboxed)
    assert content.endswith(CONTENT)


def test_what_wagtail_sends_itself_reaches_it_too(sandboxed):
    EmailMessage("Hi", "Hello", "a@sandbox.test", ["b@example.org"]).send()

    assert len(contents(sandboxed)) == 1


def test_nobody_else_trusts_the_catcher(caught):  # noqa: F811
    port, _directory = caught

    with (
        smtplib.SMTP(HOST, port) as server,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        server.starttls(context=ssl.create_default_context())


def test_the_back_end_trusts_nobody_else(settings, tmp_path):
    settings.CERTIFICATE = certificates.provide(tmp_path)

    settings.EMAIL_BACKEND = "sandbox.email_backend.EmailBackend"

    backend: Any = default_backend()
    context = backend.ssl_context

    assert context.verify_mode is ssl.CERT_REQUIRED
    (authority,) = context.get_ca_certs()
    assert "Authority of a sandbox" in str(authority["subject"])


def test_the_key_is_for_nobody_elses_eyes(tmp_path):
    own = certificates.provide(tmp_path)

    assert own.key.stat().st_mode & 0o777 == 0o600
    assert own.key.parent.stat().st_mode & 0o777 == 0o700


def test_a_certificate_is_kept_from_start_to_start(tmp_path):
    first = certificates.provide(tmp_path).certificate.read_bytes()

    assert certificates.provide(tmp_path).certificate.read_bytes() == first


@pytest.mark.parametrize("spoilt", ["certificate", "key", "authority"])
def test_what_is_missing_is_made_anew_and_fits(tmp_path, spoilt):
    getattr(certificates.provide(tmp_path), spoilt).unlink()

    own = certificates.provide(tmp_path)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own.certificate, own.key)
    assert own.authority.exists()


def test_a_certificate_about_to_expire_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(certificates, "LIFE", dt.timedelta(days=20))
    old = certificates.provide(tmp_path).certificate.read_bytes()
    monkeypatch.undo()

    assert certificates.provide(tmp_path).certificate.read_bytes() != old
