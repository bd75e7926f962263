"""Mail through the e-mail back end that the site has chosen."""

import datetime as dt
import smtplib
from types import SimpleNamespace

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from tests.transport.smtp_servers import HOST, Keeper, running
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.composing import InlineImage, OutgoingFile, OutgoingMail, compose
from wagtail_ecp.mail.sending.backend import (
    default_backend,
    deliver_with_backend,
    smtp_settings_from_django,
)
from wagtail_ecp.mail.sending.errors import (
    DeliveryError,
    PermanentDeliveryError,
    TemporaryDeliveryError,
    UncertainDeliveryError,
)
from wagtail_ecp.mail.sending.outcome import Delivery, Refusal
from wagtail_ecp.mail.sending.smtp import deliver

RECIPIENTS = ("jane@example.org", "hidden@example.net")
SMTP = "django.core.mail.backends.smtp.EmailBackend"

MAIL = compose(
    OutgoingMail(
        from_address=Address('The "Support"', "support@example.com"),
        to=(Address("Jürgen", "jane@example.org"), Address("", "bob@example.org")),
        subject="Grüße",
        message_id="1@example.com",
        in_reply_to="0@example.org",
        references=("0@example.org",),
        date=dt.datetime(2026, 3, 4, tzinfo=dt.UTC),
        text="Hello\n",
        html='<img src="cid:logo@ecp">\n',
        attachments=(OutgoingFile(name="a.bin", content_type="x/own", data=b"\0\xff"),),
        inline_images=(
            InlineImage(
                name="l.png",
                content_type="image/png",
                data=b"png",
                content_id="logo@ecp",
            ),
        ),
    )
)


MEMORY = "django.core.mail.backends.locmem.EmailBackend"


def use_smtp(settings, port):
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST = HOST
    settings.EMAIL_PORT = port


class ProviderError(RuntimeError):
    """As Anymail raises it."""

    status_code: int | None


class Backend(BaseEmailBackend):
    """Does what the test says in place of sending."""

    def __init__(self, answer=1, statuses=()):
        super().__init__()
        self.answer = answer
        self.statuses = dict(statuses)
        self.is_closed = False

    def send_messages(self, messages):
        (message,) = messages
        if self.statuses:
            message.anymail_status = SimpleNamespace(
                recipients={
                    address: SimpleNamespace(status=status)
                    for address, status in self.statuses.items()
                }
            )
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self):
        self.is_closed = True


def send(backend, *, recipients=RECIPIENTS, before_data=lambda: None):
    return deliver_with_backend(
        backend,
        envelope_from="support@example.com",
        recipients=recipients,
        data=MAIL,
        before_data=before_data,
    )


def test_the_bytes_are_those_that_were_composed(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    backend = default_backend()

    delivery = send(backend)

    (written,) = tmp_path.iterdir()
    assert written.read_bytes().startswith(MAIL)
    assert delivery == Delivery(accepted=RECIPIENTS)


def test_an_smtp_back_end_gets_the_envelope_and_the_bytes(settings):
    keeper = Keeper()

    with running(keeper) as port:
        use_smtp(settings, port)
        send(default_backend())

    assert keeper.mails == [MAIL]
    assert keeper.recipients == list(RECIPIENTS)


def test_back_ends_that_read_attributes_are_told_the_same(settings):
    settings.EMAIL_BACKEND = MEMORY
    backend = default_backend()

    send(backend)

    (message,) = django_mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.subject == "Grüße"
    assert message.from_email == '"The \\"Support\\"" <support@example.com>'
    assert message.to == ['"Jürgen" <jane@example.org>']
    assert message.cc == []
    assert message.bcc == ["hidden@example.net"]
    assert message.recipients() == list(RECIPIENTS)
    assert message.body.strip() == "Hello"
    assert "cid:logo@ecp" in str(message.alternatives[0][0])
    assert message.extra_headers["Message-ID"] == "<1@example.com>"
    assert message.extra_headers["References"] == "<0@example.org>"
    assert "Content-Type" not in message.extra_headers
    assert {
        part.get_filename(): part["Content-ID"] for part in message.attachments
    } == {
        "a.bin": None,
        "l.png": "<logo@ecp>",
    }


def test_the_marker_comes_before_anything_is_sent(settings):
    settings.EMAIL_BACKEND = MEMORY
    backend = default_backend()
    seen = []

    send(backend, before_data=lambda: seen.append(len(django_mail.outbox)))

    assert seen == [0]


def test_a_failing_marker_keeps_the_mail_from_going_out():
    backend = Backend()

    def marker():
        raise RuntimeError("the lease is lost")

    with pytest.raises(RuntimeError):
        send(backend, before_data=marker)

    assert backend.is_closed


def test_a_server_that_cannot_be_reached_is_found_before_the_marker(settings):
    began = []
    with running(Keeper()) as port:
        pass
    use_smtp(settings, port)

    with pytest.raises(TemporaryDeliveryError):
        send(default_backend(), before_data=lambda: began.append(True))

    assert began == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (0, TemporaryDeliveryError),
        (None, UncertainDeliveryError),
        (smtplib.SMTPDataError(451, b"later"), TemporaryDeliveryError),
        (smtplib.SMTPDataError(554, b"never"), PermanentDeliveryError),
        (smtplib.SMTPServerDisconnected("gone"), UncertainDeliveryError),
        (TimeoutError(), UncertainDeliveryError),
        (RuntimeError("what?"), UncertainDeliveryError),
        (
            smtplib.SMTPRecipientsRefused({"a@x.example": (550, b"gone")}),
            PermanentDeliveryError,
        ),
    ],
)
def test_what_an_answer_means(answer, error):
    backend = Backend(answer)

    with pytest.raises(DeliveryError) as failure:
        send(backend)

    assert type(failure.value) is error
    assert backend.is_closed


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, PermanentDeliveryError),
        (401, PermanentDeliveryError),
        (429, TemporaryDeliveryError),
        (502, UncertainDeliveryError),
        (None, UncertainDeliveryError),
    ],
)
def test_what_a_providers_http_status_means(status, error):
    refusal = ProviderError("the API says no")
    refusal.status_code = status

    with pytest.raises(DeliveryError) as failure:
        send(Backend(refusal))

    assert type(failure.value) is error


def test_recipients_that_the_provider_refuses_are_told_apart():
    backend = Backend(
        statuses={"jane@example.org": "queued", "hidden@example.net": "rejected"}
    )

    delivery = send(backend)

    assert delivery.accepted == ("jane@example.org",)
    assert delivery.refused == {
        "hidden@example.net": Refusal(
            550, "The provider says: rejected", is_permanent=True
        )
    }


@pytest.mark.parametrize("answer", [1, RuntimeError("all recipients refused")])
def test_when_the_provider_refuses_all_it_is_final(answer):
    backend = Backend(answer, statuses=dict.fromkeys(RECIPIENTS, "invalid"))

    with pytest.raises(PermanentDeliveryError) as failure:
        send(backend)

    assert set(failure.value.refused) == set(RECIPIENTS)


def test_a_site_without_smtp_has_no_smtp_settings(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert smtp_settings_from_django() is None


@pytest.mark.parametrize(
    ("use_tls", "use_ssl", "security"),
    [(False, False, "none"), (True, False, "starttls"), (False, True, "tls")],
)
def test_the_sites_smtp_settings_are_read(settings, use_tls, use_ssl, security):
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST = "smtp.example"
    settings.EMAIL_PORT = "2525"
    settings.EMAIL_HOST_USER = "support"
    settings.EMAIL_HOST_PASSWORD = "secret"
    settings.EMAIL_USE_TLS = use_tls
    settings.EMAIL_USE_SSL = use_ssl
    settings.EMAIL_TIMEOUT = 7

    found = smtp_settings_from_django()

    assert found is not None
    assert (found.host, found.port, found.security) == ("smtp.example", 2525, security)
    assert (found.username, found.password) == ("support", "secret")
    assert found.timeout == 7
    assert found.allowed_networks is None


def test_a_client_certificate_does_not_cost_the_trust_in_authorities(
    settings, certificate
):
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_USE_SSL = True
    settings.EMAIL_SSL_CERTFILE = str(certificate.certificate)
    settings.EMAIL_SSL_KEYFILE = str(certificate.key)

    found = smtp_settings_from_django()

    assert found is not None
    assert found.ssl_context.verify_mode.name == "CERT_REQUIRED"
    assert found.ssl_context.cert_store_stats()["x509_ca"] > 0


def test_the_sites_smtp_server_may_be_on_this_machine(settings):
    keeper = Keeper()
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST = HOST

    with running(keeper) as port:
        settings.EMAIL_PORT = port
        site = smtp_settings_from_django()
        assert site is not None
        deliver(
            site,
            envelope_from="support@example.com",
            recipients=RECIPIENTS,
            data=MAIL,
            before_data=lambda: None,
        )

    assert keeper.mails == [MAIL]
