"""The site's own e-mail settings, with and without a demand for TLS."""

import ssl

import pytest
from django.core import mail as django_mail
from django.core.mail.backends import console, locmem, smtp

from tests.transport.smtp_servers import HOST, Keeper, running
from wagtail_ecp.mail.sending.errors import DeliveryError, EncryptionMissingError
from wagtail_ecp.mail.sending.site import deliver_through_site, tls_problem_of_site

MAIL = b"Subject: Hello\r\n\r\nHi\r\n"


class Careless(smtp.EmailBackend):
    """Takes any certificate, as some sites do for a server of their own."""

    @property
    def ssl_context(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


class Own(locmem.EmailBackend):
    """May do anything with a mail."""


class Printer(console.EmailBackend):
    """May do anything with a mail."""


class ViaProvider(locmem.EmailBackend):
    """Stands for one of Anymail's."""

    __module__ = "anymail.backends.postmark"


def use(settings, port=1, *, backend=smtp.EmailBackend, tls=False):
    settings.EMAIL_BACKEND = f"{backend.__module__}.{backend.__qualname__}"
    if backend.__module__ == ViaProvider.__module__:
        settings.EMAIL_BACKEND = f"{__name__}.{backend.__qualname__}"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, port
    settings.EMAIL_USE_TLS = tls


def send(*, requires_tls):
    deliver_through_site(
        requires_tls=requires_tls,
        envelope_from="support@example.com",
        recipients=["jane@example.org"],
        data=MAIL,
        before_data=lambda: None,
    )


def test_smtp_without_tls_carries_nothing_while_tls_is_demanded(settings):
    keeper = Keeper()
    with running(keeper) as port:
        use(settings, port)

        with pytest.raises(EncryptionMissingError, match="EMAIL_USE_TLS"):
            send(requires_tls=True)
        assert keeper.mails == []

        send(requires_tls=False)
        assert keeper.by_starttls == [False]


def test_smtp_without_tls_stays_unused_even_if_the_server_offers_it(
    settings, certificate
):
    keeper = Keeper()
    with running(keeper, tls_context=certificate.for_servers()) as port:
        use(settings, port)

        with pytest.raises(EncryptionMissingError):
            send(requires_tls=True)
        assert keeper.mails == []

        send(requires_tls=False)
        assert keeper.by_starttls == [True]


def test_smtp_with_tls_and_a_trusted_certificate_carries_mail(
    settings, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    keeper = Keeper()
    with running(keeper, tls_context=certificate.for_servers()) as port:
        use(settings, port, tls=True)

        send(requires_tls=True)

    assert keeper.by_starttls == [True]


@pytest.mark.parametrize("requires_tls", [True, False])
def test_tls_that_is_set_never_falls_back(settings, self_signed, requires_tls):
    for options in ({}, {"tls_context": self_signed.for_servers()}):
        keeper = Keeper()
        with running(keeper, **options) as port:
            use(settings, port, tls=True)

            with pytest.raises(DeliveryError):
                send(requires_tls=requires_tls)

        assert keeper.mails == []


def test_a_back_end_that_trusts_everybody_is_no_encryption(settings, self_signed):
    keeper = Keeper()
    with running(keeper, tls_context=self_signed.for_servers()) as port:
        use(settings, port, backend=Careless, tls=True)

        with pytest.raises(EncryptionMissingError, match="any certificate"):
            send(requires_tls=True)
        assert keeper.mails == []

        send(requires_tls=False)
        assert keeper.by_starttls == [True]


@pytest.mark.parametrize("backend", ["console", "dummy", "locmem", "filebased"])
def test_what_leaves_nothing_from_this_machine_passes(settings, backend, tmp_path):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path

    assert tls_problem_of_site() == ""


def test_a_provider_behind_anymail_passes(settings):
    use(settings, backend=ViaProvider)

    send(requires_tls=True)

    assert len(django_mail.outbox) == 1


@pytest.mark.parametrize("backend", [Own, Printer])
def test_any_other_back_end_needs_somebody_who_vouches_for_it(settings, backend):
    use(settings, backend=backend)
    with pytest.raises(EncryptionMissingError, match=r'\["ENCRYPTED_BACKENDS"\]'):
        send(requires_tls=True)
    assert django_mail.outbox == []

    path = f"{backend.__module__}.{backend.__qualname__}"
    settings.WAGTAIL_ECP = {"ENCRYPTED_BACKENDS": [path]}

    assert tls_problem_of_site() == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"EMAIL_BACKEND": "nowhere.EmailBackend"},
        {"EMAIL_USE_TLS": True, "EMAIL_USE_SSL": True},
        {"EMAIL_USE_TLS": True, "EMAIL_SSL_CERTFILE": "/nowhere"},
        {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"},
        {
            "EMAIL_BACKEND": f"{__name__}.Own",
            "WAGTAIL_ECP": {"ENCRYPTED_BACKENDS": ["nowhere.Backend"]},
        },
    ],
)
def test_settings_that_make_no_sense_are_a_problem_too(settings, wrong):
    use(settings)
    for name, value in wrong.items():
        setattr(settings, name, value)

    assert "can't be used" in tls_problem_of_site()
