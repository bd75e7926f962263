"""The notice that offers to take back what was just done."""

import pytest
from django.urls import reverse

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.admin.conversation_history import history
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation, Folder
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel(alice, bob):
    a_mailbox(repliers=[alice, bob])
    (row,) = receive_and_process(an_email())
    return row.message.conversation


def list_of(conversation, folder="inbox"):
    return reverse("wagtail_ecp:folder", args=[conversation.mailbox_id, folder])


def undo_url(action=None):
    return reverse("wagtail_ecp:undo", args=[(action or last_action()).pk])


def last_action():
    return Action.objects.latest("pk")


def press(client, name, conversation, **data):
    url = reverse(f"wagtail_ecp:{name}", args=[conversation.pk])
    return client.post(url, data)


def test_archiving_offers_its_undo_on_the_next_page_alone(
    client, browse, alice, parcel
):
    get = browse(alice)
    press(client, "move", parcel, folder="archive")

    soup = get(list_of(parcel))
    notice = soup.select_one(".ecp-undo[role=status]")

    assert "is in “Archive” now" in notice.text
    assert notice.form["action"] == undo_url()
    assert not get(list_of(parcel)).select(".ecp-undo[role=status]")


def test_button_undoes_and_leads_back_to_where_one_is(client, browse, alice, parcel):
    get = browse(alice)
    press(client, "move", parcel, folder="archive")
    form = get(list_of(parcel, "trash")).select_one(".ecp-undo[role=status] form")
    data = {field["name"]: field["value"] for field in form.select("input")}

    response = client.post(form["action"], data)

    assert response.url == list_of(parcel, "trash")
    assert Conversation.objects.get().folder == Folder.INBOX
    assert f"Undone: #{parcel.pk}." in client.get(response.url).content.decode()


def test_assigning_offers_its_undo_in_the_conversation(client, browse, alice, parcel):
    get = browse(alice)
    response = press(client, "assign", parcel, assignee=alice.pk)

    notice = get(response.url).select_one(".ecp-undo[role=status]")

    assert f"alice answers for #{parcel.pk}." in notice.text
    assert notice.form["action"] == undo_url()


def test_what_changed_nothing_offers_nothing(client, browse, alice, parcel):
    get = browse(alice)
    response = press(client, "assign", parcel, assignee="")

    soup = get(response.url)

    assert "Nobody in particular answers" in soup.text
    assert not soup.select(".ecp-undo[role=status]")


def test_what_was_changed_since_is_said_and_stays(client, alice, bob, parcel):
    client.force_login(alice)
    press(client, "move", parcel, folder="archive")
    moved = last_action()
    actions.move_to(Folder.TRASH, parcel, by=bob)

    response = client.post(undo_url(moved), follow=True)

    assert "somebody has changed it again since" in response.content.decode()
    assert Conversation.objects.get().folder == Folder.TRASH


@pytest.mark.parametrize("given", ["https://evil.example/", "//evil.example", ""])
def test_nobody_is_led_to_another_site(client, alice, parcel, given):
    client.force_login(alice)
    press(client, "move", parcel, folder="archive")

    response = client.post(undo_url(), {"next": given})

    assert response.url == reverse("wagtail_ecp:start")


def test_history_says_what_was_undone(client, alice, parcel):
    client.force_login(alice)
    press(client, "move", parcel, folder="archive")
    client.post(undo_url())

    latest = history(parcel)[0]

    assert (latest.by, latest.what) == ("alice", "undid: changed folder")
