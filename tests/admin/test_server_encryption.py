"""Servers that can't encrypt are refused when they are saved, while SSL is demanded."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.builders import a_mailbox, an_account
from tests.transport.conftest import certificate, self_signed  # noqa: F401 - fixtures
from tests.transport.smtp_servers import HOST, Keeper, running
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import Mailbox, OutgoingServer, Source
from wagtail_ecp.mail import probing

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def admin(client, alice):
    """Log in an administrator; there is an account, and it demands SSL."""
    an_account()
    alice.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    client.force_login(alice)
    return client


@pytest.fixture
def asked(monkeypatch):
    """Nothing is connected; returns what would have been asked, and sets the answer."""

    class Probe:
        calls = []
        problem = ""

        def __call__(self, host, port, security, **how):
            self.calls.append((host, port, security, how["protocol"]))
            return self.problem

    probe = Probe()
    probe.calls = []
    monkeypatch.setattr(probing, "tls_problem", probe)
    return probe


def a_server(**changes):
    return {
        "name": "Ours",
        "host": "mail.example.com",
        "port": "465",
        "security": "tls",
        "username": "",
        "password": "",
        **changes,
    }


def a_source(mailbox, **changes):
    place = {"mailbox": mailbox.pk, "folder": "INBOX", "start": "now"}
    return a_server(port="993", is_active="on") | place | changes


def errors(response):
    soup = BeautifulSoup(response.content, "html.parser")
    return " ".join(error.text.strip() for error in soup.select(".error-message"))


def add(admin, name, data):
    return admin.post(reverse(f"{name}:add"), data)


@pytest.mark.parametrize("name", ["ecp_outgoing_servers", "ecp_sources"])
def test_what_need_not_encrypt_is_refused_only_while_ssl_is_demanded(
    admin, asked, name
):
    data = a_source(a_mailbox(), security="none")

    refused = add(admin, name, data)
    assert "choose TLS or STARTTLS" in errors(refused)
    assert not OutgoingServer.objects.exists()
    assert not Source.objects.exists()

    Account.objects.update(use_ssl=False)
    add(admin, name, data)
    assert OutgoingServer.objects.exists() or Source.objects.exists()
    assert asked.calls == []


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("ecp_outgoing_servers", ("mail.example.com", 993, "tls", "smtp")),
        ("ecp_sources", ("mail.example.com", 993, "tls", "imap")),
    ],
)
def test_a_server_that_fails_at_tls_is_refused_in_its_words(admin, asked, name, place):
    asked.problem = "The certificate of mail.example.com can't be trusted: expired"
    data = a_source(a_mailbox())

    refused = add(admin, name, data)

    assert "can't be trusted: expired" in errors(refused)
    assert asked.calls == [place]


def test_while_ssl_is_not_demanded_no_server_is_asked(admin, asked):
    Account.objects.update(use_ssl=False)

    add(admin, "ecp_outgoing_servers", a_server())

    assert OutgoingServer.objects.exists()
    assert asked.calls == []


def test_a_real_server_is_asked(admin, self_signed, certificate, monkeypatch):  # noqa: F811
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    with running(Keeper(), tls_context=self_signed.for_servers()) as port:
        place = {"host": HOST, "port": port, "security": "starttls"}
        refused = add(admin, "ecp_outgoing_servers", a_server(**place))
    assert "can't be trusted: self-signed" in errors(refused)

    with running(Keeper(), tls_context=certificate.for_servers()) as port:
        place = {"host": HOST, "port": port, "security": "starttls"}
        add(admin, "ecp_outgoing_servers", a_server(**place))
    assert OutgoingServer.objects.get().port == port


def test_a_server_that_is_down_is_saved(admin):
    add(admin, "ecp_outgoing_servers", a_server(host=HOST, port=1))

    assert OutgoingServer.objects.exists()


def test_a_server_is_asked_again_only_after_what_decides_about_tls(admin, asked):
    add(admin, "ecp_outgoing_servers", a_server())
    url = reverse("ecp_outgoing_servers:edit", args=[OutgoingServer.objects.get().pk])
    asked.calls.clear()

    admin.post(url, a_server(name="Other name", username="other"))
    assert asked.calls == []

    admin.post(url, a_server(port="587", security="starttls"))
    assert asked.calls == [("mail.example.com", 587, "starttls", "smtp")]


def test_a_source_that_stopped_can_be_deactivated(admin, asked):
    mailbox = a_mailbox()
    Account.objects.update(use_ssl=False)
    add(admin, "ecp_sources", a_source(mailbox, security="none"))
    Account.objects.update(use_ssl=True)
    url = reverse("ecp_sources:edit", args=[Source.objects.get().pk])

    refused = admin.post(url, a_source(mailbox, security="none"))
    assert "choose TLS or STARTTLS" in errors(refused)

    admin.post(url, a_source(mailbox, security="none", is_active=""))
    assert not Source.objects.get().is_active


def test_another_kind_of_source_is_not_asked_in_imap(admin, asked):
    mailbox = a_mailbox()
    add(admin, "ecp_sources", a_source(mailbox))
    Source.objects.update(kind="fax")
    url = reverse("ecp_sources:edit", args=[Source.objects.get().pk])
    asked.calls.clear()

    admin.post(url, a_source(mailbox, port="1"))

    assert Source.objects.get().port == 1
    assert asked.calls == []


def a_box(**changes):
    return {
        "name": "Press",
        "address": "press@example.com",
        "is_active": "on",
        **changes,
    }


def test_a_mailbox_needs_a_way_out_that_encrypts(admin, settings):
    settings.EMAIL_BACKEND = SMTP
    open_one = OutgoingServer.objects.create(
        name="Open", host="mail.example.com", port=25, security="none"
    )
    good = OutgoingServer.objects.create(name="Good", host="mail.example.com", port=465)

    by_site = add(admin, "ecp_mailboxes", a_box())
    assert "EMAIL_USE_TLS" in errors(by_site)
    assert "choose an outgoing server" in errors(by_site)
    by_open = add(admin, "ecp_mailboxes", a_box(outgoing_server=open_one.pk))
    assert "without encryption" in errors(by_open)
    assert not Mailbox.objects.exists()

    add(admin, "ecp_mailboxes", a_box(outgoing_server=good.pk))
    assert Mailbox.objects.get().outgoing_server == good


@pytest.mark.parametrize("change", [{"use_ssl": False}, {"receives_only": True}])
def test_a_mailbox_may_have_any_way_out_where_nothing_is_demanded_of_it(
    admin, settings, change
):
    settings.EMAIL_BACKEND = SMTP
    Account.objects.update(**change)

    add(admin, "ecp_mailboxes", a_box())

    assert Mailbox.objects.exists()


def test_a_mailbox_that_stopped_sending_can_be_renamed_and_deactivated(admin, settings):
    settings.EMAIL_BACKEND = SMTP
    url = reverse("ecp_mailboxes:edit", args=[a_mailbox("press@example.com").pk])

    admin.post(url, a_box(name="Journalists"))
    assert Mailbox.objects.get().name == "Journalists"

    admin.post(url, a_box(is_active=""))
    assert not Mailbox.objects.get().is_active

    assert "EMAIL_USE_TLS" in errors(admin.post(url, a_box()))
