"""Rights on mailboxes, in Wagtail's own page for groups."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import ModelLogEntry

from tests.builders import a_mailbox
from wagtail_ecp.inbox.models import GroupMailboxPermission

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return Group.objects.create(name="Support team")


@pytest.fixture
def edit(client, admin_user, team):
    """Return a function that gets Wagtail's page, changes boxes and submits it."""
    client.force_login(admin_user)
    url = reverse("wagtailusers_groups:edit", args=[team.pk])

    def submit(tick=(), untick=(), leave_out=()):
        soup = BeautifulSoup(client.get(url).content, "html.parser")
        pairs = [
            (field["name"], field.get("value", ""))
            for field in soup.select("#main input[name], #main select[name]")
            if field.get("type") not in ("checkbox", "radio")
            or field.has_attr("checked")
        ]
        pairs = [pair for pair in pairs if pair not in untick] + list(tick)
        data = {}
        for name, value in pairs:
            if name not in leave_out:
                data.setdefault(name, []).append(value)
        response = client.post(url, data)
        assert response.status_code == 302, response.content.decode()

    return submit


def rights(group):
    given = GroupMailboxPermission.objects.filter(group=group)
    return set(given.values_list("mailbox__address", "permission"))


def box(mailbox, permission):
    return f"ecp_mailboxes-mailbox_{mailbox.pk}", permission


def test_page_shows_a_row_of_boxes_for_each_mailbox(client, admin_user, team):
    mailbox = a_mailbox()
    GroupMailboxPermission.objects.create(
        group=team, mailbox=mailbox, permission="reply"
    )
    client.force_login(admin_user)

    page = client.get(reverse("wagtailusers_groups:edit", args=[team.pk]))
    panel = BeautifulSoup(page.content, "html.parser").select_one(
        "#mailbox-rights-section"
    )

    boxes = panel.select("input[type=checkbox]")
    assert [box["value"] for box in boxes] == ["read", "reply", "manage"]
    assert [box.has_attr("checked") for box in boxes] == [False, True, False]
    assert boxes[0]["aria-label"] == "Support <support@example.com>: read"


def test_rights_are_given_and_taken(edit, team):
    support, sales = a_mailbox(), a_mailbox("sales@example.com")
    GroupMailboxPermission.objects.create(group=team, mailbox=sales, permission="read")

    edit(
        tick=[box(support, "read"), box(support, "reply")],
        untick=[box(sales, "read")],
    )

    assert rights(team) == {
        ("support@example.com", "read"),
        ("support@example.com", "reply"),
    }


def test_change_is_in_the_audit_log_with_who_made_it(edit, team, admin_user):
    support = a_mailbox()

    edit(tick=[box(support, "manage")])

    [entry] = ModelLogEntry.objects.filter(action="wagtail_ecp.rights_changed")
    assert entry.user == admin_user
    assert entry.object_id == str(team.pk)
    assert entry.data == {"rights": {"support@example.com": ["manage"]}}


def test_saving_without_a_change_writes_nothing(edit, team):
    support = a_mailbox()
    GroupMailboxPermission.objects.create(
        group=team, mailbox=support, permission="read"
    )

    edit()

    assert rights(team) == {("support@example.com", "read")}
    assert not ModelLogEntry.objects.filter(
        action="wagtail_ecp.rights_changed"
    ).exists()


def test_mailbox_that_the_page_did_not_show_keeps_its_rights(edit, team):
    support = a_mailbox()
    GroupMailboxPermission.objects.create(
        group=team, mailbox=support, permission="read"
    )

    edit(untick=[box(support, "read")], leave_out=["ecp_mailboxes-shown"])

    assert rights(team) == {("support@example.com", "read")}


def test_new_group_gets_its_rights_at_once(client, admin_user):
    support = a_mailbox()
    client.force_login(admin_user)

    client.post(
        reverse("wagtailusers_groups:add"),
        {
            "name": "New team",
            "page_permissions-TOTAL_FORMS": 0,
            "page_permissions-INITIAL_FORMS": 0,
            "collection_permissions-TOTAL_FORMS": 0,
            "collection_permissions-INITIAL_FORMS": 0,
            "document_permissions-TOTAL_FORMS": 0,
            "document_permissions-INITIAL_FORMS": 0,
            "image_permissions-TOTAL_FORMS": 0,
            "image_permissions-INITIAL_FORMS": 0,
            "ecp_mailboxes-shown": [support.pk],
            f"ecp_mailboxes-mailbox_{support.pk}": ["read"],
        },
    )

    assert rights(Group.objects.get(name="New team")) == {
        ("support@example.com", "read")
    }


def test_administering_is_among_the_group_permissions(client, admin_user, team):
    client.force_login(admin_user)

    page = client.get(reverse("wagtailusers_groups:edit", args=[team.pk]))

    assert "Can administer the e-mail centre" in page.content.decode()
