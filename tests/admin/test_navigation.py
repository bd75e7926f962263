"""Wagtail's sidebar, on any admin page."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.admin.queries import queries_of
from tests.builders import (
    a_mailbox,
    a_user,
    an_account,
    an_email,
    receive_and_process,
)
from wagtail_ecp.accounts.models import Installation
from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.admin.menu import links
from wagtail_ecp.admin.navigation import Navigation
from wagtail_ecp.inbox.models import Mailbox

pytestmark = pytest.mark.django_db

ANY_PAGE = "/admin/account/"


def mail_menu(client, user):
    """Return the labels below "Mail", None where there is no such menu."""
    client.force_login(user)
    soup = client.get(ANY_PAGE).content.decode()
    start = soup.index(">", soup.index('id="wagtail-sidebar-props"')) + 1
    props = json.loads(soup[start : soup.index("</script>", start)])
    return find(props, "ecp-mail")


def find(node, name):
    """Return the labels of the submenu that packs under ``name``."""
    if isinstance(node, dict):
        if node.get("name") == name:
            return node["label"]
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            found = find(child, name)
            if found:
                return found
    return None


def links_of(user):
    """Return (label, address) of each link below "Mail"."""
    found = []
    for link in links(Navigation(user)):
        found += getattr(link, "menu_items", [link])
    return [(str(link.label), link.url) for link in found]


def administrators_of_the_centre(*users):
    for user in users:
        user.user_permissions.add(Permission.objects.get(codename="administer_ecp"))


def test_each_readable_mailbox_is_listed_with_what_is_unread(alice):
    sales = a_mailbox("sales@example.com", readers=[alice])
    support = a_mailbox(repliers=[alice])
    a_mailbox("secret@example.com")
    receive_and_process(an_email(), an_email("Another"))

    assert links_of(alice)[:4] == [
        ("Dashboard", reverse("wagtail_ecp:dashboard")),
        ("All mailboxes (2)", reverse("wagtail_ecp:all_mailboxes", args=["inbox"])),
        ("Sales", reverse("wagtail_ecp:folder", args=[sales.pk, "inbox"])),
        ("Support (2)", reverse("wagtail_ecp:folder", args=[support.pk, "inbox"])),
    ]


def test_menu_is_in_the_sidebar_of_any_page(client, alice):
    a_mailbox(readers=[alice])

    assert mail_menu(client, alice) == "Mail"


def test_whom_mail_does_not_concern_sees_no_menu(client, carol):
    a_mailbox()

    assert mail_menu(client, carol) is None


def test_administration_is_for_administrators(alice, bob):
    a_mailbox(readers=[alice, bob])
    administrators_of_the_centre(bob)
    bob = type(bob).objects.get(pk=bob.pk)

    labels = [label for label, _url in links_of(bob)]
    screens = ["Mailboxes", "Sources", "Outgoing servers", "Tags", "Health"]
    assert labels[-5:] == screens
    assert "Sources" not in [label for label, _url in links_of(alice)]


def test_superuser_without_rights_administers_but_sees_no_mailbox(admin_user):
    a_mailbox()

    labels = [label for label, _url in links_of(admin_user)]
    assert "Support" not in labels
    assert "Mailboxes" in labels


@pytest.mark.parametrize("who", ["alice", "administrator", "owner", "superuser"])
def test_navigation_agrees_with_the_permissions(who, alice, bob):
    users = {
        "alice": alice,
        "administrator": bob,
        "superuser": a_user("root", is_superuser=True),
        "owner": an_account().owner,
    }
    administrators_of_the_centre(bob)
    user = type(alice).objects.get(pk=users[who].pk)

    assert Navigation(user).is_administrator == can_administer(user)


@pytest.mark.parametrize("has_mailbox", [True, False])
def test_sidebar_costs_one_query(client, alice, has_mailbox):
    an_account()
    for index in range(5 * has_mailbox):
        a_mailbox(f"box{index}@example.com", readers=[alice])
    client.force_login(alice)

    ours = [sql for sql in queries_of(client, "/admin/") if "wagtail_ecp_" in sql]

    # The home page's own panel is the other one.
    assert len(ours) == 1 + has_mailbox


def test_pause_is_on_top_of_the_menu(alice):
    a_mailbox(readers=[alice])
    Installation.objects.update_or_create(
        pk=1, defaults={"pause": Installation.Pause.OTHER_SITE}
    )

    assert links_of(alice)[0] == (
        "All mail is paused",
        reverse("wagtail_ecp:pause"),
    )


def test_before_there_is_an_account_the_menu_leads_to_the_first_step(admin_user):
    assert not Mailbox.objects.exists()

    assert links_of(admin_user)[0] == (
        "Getting started",
        reverse("wagtail_ecp:start"),
    )


def test_who_may_answer_somewhere_can_compose(alice, bob):
    a_mailbox(repliers=[alice], readers=[bob])

    address = reverse("wagtail_ecp:compose")

    assert ("Compose", address) in links_of(alice)
    assert address not in [url for _label, url in links_of(bob)]
