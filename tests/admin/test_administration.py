"""Mailboxes and mail servers in Wagtail's own screens."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.urls import reverse
from wagtail.models import ModelLogEntry
from wagtail.permissions import policy_registry

from tests.builders import a_mailbox, a_user, an_account
from wagtail_ecp.inbox.models import Mailbox, OutgoingServer, Source
from wagtail_ecp.mail import probing

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _servers_that_encrypt(monkeypatch):
    monkeypatch.setattr(probing, "tls_problem", lambda *_place, **_how: "")


@pytest.fixture
def admin(client, alice):
    """Log in an administrator of the e-mail centre who is no superuser."""
    alice.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    client.force_login(alice)
    return client


SERVER = {
    "name": "Our server",
    "host": "mail.example.com",
    "port": "465",
    "security": "tls",
    "username": "support",
    "password": "s3cret",
}


def a_source(mailbox, **changes):
    source = Source(
        mailbox=mailbox,
        name="Ours",
        host="imap.example.com",
        port=993,
        username="support",
        **changes,
    )
    source.password = "s3cret"
    source.save()
    return source


def source_form(source, **changes):
    return {
        "mailbox": source.mailbox_id,
        "name": source.name,
        "host": source.host,
        "port": source.port,
        "security": source.security,
        "username": source.username,
        "folder": source.folder,
        "start": source.start,
        "is_active": "on",
        **changes,
    }


def errors(response):
    soup = BeautifulSoup(response.content, "html.parser")
    return " ".join(error.text.strip() for error in soup.select(".error-message"))


def test_mailbox_is_added_and_that_is_logged(admin, alice):
    an_account()

    admin.post(
        reverse("ecp_mailboxes:add"),
        {"name": "Support", "address": "Support@Example.com", "is_active": "on"},
    )

    mailbox = Mailbox.objects.get()
    assert mailbox.address_key == "support@example.com"
    [entry] = ModelLogEntry.objects.filter(action="wagtail.create")
    assert (entry.user, entry.object_id) == (alice, str(mailbox.pk))


def test_address_that_is_taken_is_a_form_error(admin):
    a_mailbox("support@example.com")

    response = admin.post(
        reverse("ecp_mailboxes:add"),
        {"name": "Again", "address": "SUPPORT@example.com", "is_active": "on"},
    )

    assert "already" in errors(response)
    assert Mailbox.objects.count() == 1


def test_mailbox_needs_an_account(admin):
    response = admin.post(
        reverse("ecp_mailboxes:add"),
        {"name": "Support", "address": "support@example.com", "is_active": "on"},
    )

    assert "open the Mail menu" in response.content.decode()
    assert not Mailbox.objects.exists()


def test_mailbox_is_deactivated_but_never_deleted(admin):
    mailbox = a_mailbox()

    refused = admin.post(reverse("ecp_mailboxes:delete", args=[mailbox.pk]))
    admin.post(
        reverse("ecp_mailboxes:edit", args=[mailbox.pk]),
        {"name": "Support", "address": mailbox.address},
    )

    mailbox.refresh_from_db()
    assert refused.url == reverse("wagtailadmin_home")
    assert not mailbox.is_active


def test_password_is_stored_encrypted(admin):
    admin.post(reverse("ecp_outgoing_servers:add"), SERVER)

    server = OutgoingServer.objects.get()
    assert server.password == "s3cret"
    assert "s3cret" not in server.secret


def test_password_is_never_shown_again(admin):
    source = a_source(a_mailbox())

    page = admin.get(reverse("ecp_sources:edit", args=[source.pk]))

    html = page.content.decode()
    assert "s3cret" not in html
    assert source.secret not in html
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.select_one("[name=password]").get("value")


def test_empty_password_keeps_the_stored_one(admin):
    source = a_source(a_mailbox())

    admin.post(
        reverse("ecp_sources:edit", args=[source.pk]),
        source_form(source, name="New name"),
    )

    source.refresh_from_db()
    assert (source.name, source.password) == ("New name", "s3cret")


@pytest.mark.parametrize(
    "change",
    [
        {"host": "evil.example"},
        {"port": "143"},
        {"security": "starttls"},
        {"username": "eve"},
    ],
)
def test_stored_password_goes_to_no_other_place(admin, change):
    source = a_source(a_mailbox())
    url = reverse("ecp_sources:edit", args=[source.pk])

    refused = admin.post(url, source_form(source, **change))
    assert "Type the password again" in errors(refused)

    admin.post(url, source_form(source, password="other", **change))
    source.refresh_from_db()
    assert source.password == "other"


def test_place_of_a_visited_source_is_fixed(admin):
    source = a_source(a_mailbox(), uidvalidity=7, last_uid=41)

    admin.post(
        reverse("ecp_sources:edit", args=[source.pk]),
        source_form(source, folder="Other", host="other.example", name="New name"),
    )

    source.refresh_from_db()
    assert (source.folder, source.host) == ("INBOX", "imap.example.com")
    assert source.name == "New name"


def test_saving_a_source_leaves_the_workers_columns_alone(admin, monkeypatch):
    source = a_source(a_mailbox(), uidvalidity=7, last_uid=41)
    clean = Source.full_clean

    def a_worker_comes_between(self, *args, **kwargs):
        Source.objects.filter(pk=source.pk).update(last_uid=99)
        return clean(self, *args, **kwargs)

    monkeypatch.setattr(Source, "full_clean", a_worker_comes_between)
    admin.post(
        reverse("ecp_sources:edit", args=[source.pk]),
        source_form(source, name="New name"),
    )

    source.refresh_from_db()
    assert (source.name, source.last_uid) == ("New name", 99)


def test_lists_lead_to_what_they_list(admin):
    source = a_source(a_mailbox())

    for name, row in (("ecp_mailboxes", source.mailbox), ("ecp_sources", source)):
        soup = BeautifulSoup(admin.get(reverse(f"{name}:index")).content, "html.parser")
        edit = reverse(f"{name}:edit", args=[row.pk])
        labels = [link.text.strip() for link in soup.select(f"a[href='{edit}']")]
        assert row.name in labels


def test_list_of_sources_shows_the_last_error(admin):
    a_source(a_mailbox(), last_error="certificate has expired")

    page = admin.get(reverse("ecp_sources:index")).content.decode()

    assert "certificate has expired" in page


@pytest.mark.parametrize(
    "name", ["ecp_mailboxes", "ecp_sources", "ecp_outgoing_servers"]
)
def test_who_is_no_administrator_is_led_home(client, bob, name):
    a_mailbox(managers=[bob])
    client.force_login(bob)

    response = client.get(reverse(f"{name}:index"))

    assert response.url == reverse("wagtailadmin_home")


def test_policy_names_all_administrators(alice, bob):
    root = a_user("root", is_superuser=True)
    owner = an_account().owner
    alice.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    policy = policy_registry.get_by_type(Mailbox)

    assert set(policy.users_with_any_permission(["change"])) == {root, owner, alice}
    assert not policy.users_with_any_permission(["delete"]).exists()
