"""The Mail tab of a member's Account page, and what it changes elsewhere."""

import json
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from tests.admin.queries import queries_of
from tests.admin.test_replying import errors, rich_text, sent
from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import profiles
from wagtail_ecp.inbox.models import (
    Conversation,
    GroupMailboxPermission,
    MemberProfile,
    Outbox,
)
from wagtail_ecp.inbox.rich_text import is_untouched, with_signature

pytestmark = pytest.mark.django_db

ACCOUNT = "/admin/account/"


@pytest.fixture
def support(alice):
    return a_mailbox(repliers=[alice])


@pytest.fixture
def sales(alice):
    return a_mailbox("sales@example.com", repliers=[alice])


def fields_of(soup):
    """Return what a browser would submit of the Account page, as it stands."""
    data = {}
    for field in soup.select("main form input[name], main form textarea[name]"):
        kind = field.get("type", "text")
        if kind in ("file", "submit") or (
            kind in ("checkbox", "radio") and not field.has_attr("checked")
        ):
            continue
        without = "on" if kind == "checkbox" else ""
        value = field.get("value", without)
        if field.name == "textarea":
            value = field.text.removeprefix("\n")
        data.setdefault(field["name"], []).append(value)
    for field in soup.select("main form select[name]"):
        chosen = field.select("option[selected]") or field.select("option")[:1]
        data[field["name"]] = [option["value"] for option in chosen]
    # Wagtail wants a name; the cast has none.
    return data | {"name_email-first_name": "A", "name_email-last_name": "B"}


@pytest.fixture
def submit(client, browse, alice):
    """Submit the Account page as it came, with changes."""

    def post(**changes):
        data = fields_of(browse(alice)(ACCOUNT))
        data |= {f"ecp_profile-{name}": value for name, value in changes.items()}
        return client.post(ACCOUNT, data)

    return post


def profile_of(user):
    return MemberProfile.objects.of(user)


def test_member_has_the_tab_and_others_have_not(browse, alice, carol, support):
    assert browse(alice)(ACCOUNT).select_one("#tab-ecp-mail")
    assert browse(carol)(ACCOUNT).select_one("#tab-ecp-mail") is None


def test_every_field_of_the_tab_has_a_label(browse, alice, support):
    tab = browse(alice)(ACCOUNT).select_one("#tab-ecp-mail")

    labelled = {label.get("for") for label in tab.select("label")}
    fields = tab.select("input:not([type=hidden]), select, textarea")
    assert len(fields) == 15
    assert [field["id"] for field in fields if field["id"] not in labelled] == []


def test_changes_are_saved(submit, alice, support, sales):
    response = submit(
        signature="Alice\nAlder & Finch",
        default_mailbox=str(sales.pk),
        starting_tab="archive",
        archive_on_reply="on",
        alert_mailboxes=[str(support.pk)],
    )

    assert response.status_code == 302
    profile = profile_of(alice)
    assert profile.signature == "Alice\nAlder & Finch"
    assert profile.default_mailbox == sales
    assert profile.starting_tab == "archive"
    assert profile.archive_on_reply
    assert profile.alert_assigned
    assert list(profile.alert_mailboxes.all()) == [support]


def test_page_saved_as_it_stands_makes_no_profile(submit, support):
    assert submit().status_code == 302
    assert not MemberProfile.objects.exists()


def test_boxes_can_be_unticked(submit, alice, client, browse, support):
    submit(archive_on_reply="on", alert_mailboxes=[str(support.pk)])
    data = fields_of(browse(alice)(ACCOUNT))
    for name in ("archive_on_reply", "alert_assigned", "alert_mailboxes"):
        del data[f"ecp_profile-{name}"]

    client.post(ACCOUNT, data)

    profile = profile_of(alice)
    assert not profile.archive_on_reply
    assert not profile.alert_assigned
    assert not profile.alert_mailboxes.exists()


def test_old_page_takes_nothing_back(client, browse, alice, support):
    old = fields_of(browse(alice)(ACCOUNT))
    profiles.change(
        {"signature": "New", "alert_mailboxes": [support], "alert_assigned": False},
        by=alice,
    )

    client.post(ACCOUNT, old | {"ecp_profile-starting_tab": "archive"})

    profile = profile_of(alice)
    assert profile.signature == "New"
    assert not profile.alert_assigned
    assert profile.alert_mailboxes.get() == support
    assert profile.starting_tab == "archive"


def test_form_without_our_fields_changes_nothing(client, browse, alice, support):
    profiles.change({"signature": "A", "archive_on_reply": True}, by=alice)
    data = fields_of(browse(alice)(ACCOUNT))
    without = {k: v for k, v in data.items() if not k.startswith("ecp_profile")}

    assert client.post(ACCOUNT, without).status_code == 302

    assert profile_of(alice).signature == "A"
    assert profile_of(alice).archive_on_reply


@pytest.mark.parametrize("name", ["default_mailbox", "alert_mailboxes"])
def test_forged_mailbox_is_refused(submit, alice, support, name):
    secret = a_mailbox("secret@example.com")

    response = submit(signature="A", **{name: str(secret.pk)})

    assert response.status_code == 200
    assert "Select a valid choice" in response.content.decode()
    assert not MemberProfile.objects.exists()


def test_fields_of_somebody_without_a_mailbox_are_not_read(
    client, browse, alice, carol, support
):
    data = fields_of(browse(alice)(ACCOUNT)) | {"ecp_profile-signature": "Forged"}
    carols = fields_of(browse(carol)(ACCOUNT))

    assert client.post(ACCOUNT, data | carols).status_code == 302

    assert not MemberProfile.objects.exists()


def test_member_may_save_after_losing_the_default_mailbox(
    submit, alice, support, sales
):
    profiles.change(
        {"default_mailbox": sales, "alert_mailboxes": [sales, support]}, by=alice
    )
    GroupMailboxPermission.objects.filter(mailbox=sales).delete()

    assert submit(signature="A").status_code == 302

    assert profile_of(alice).signature == "A"
    assert list(profile_of(alice).alert_mailboxes.all()) == [support]


def test_account_page_costs_the_same_with_many_mailboxes(client, alice, support):
    client.force_login(alice)
    few = len(queries_of(client, ACCOUNT))

    for number in range(20):
        a_mailbox(f"box{number}@example.com", readers=[alice])

    assert len(queries_of(client, ACCOUNT)) == few


def test_mail_leads_to_the_default_mailbox_and_tab(client, alice, support, sales):
    client.force_login(alice)
    start = reverse("wagtail_ecp:start")
    assert client.get(start).url == f"/admin/mail/{sales.pk}/inbox/"

    profiles.change({"default_mailbox": support, "starting_tab": "spam"}, by=alice)

    assert client.get(start).url == f"/admin/mail/{support.pk}/spam/"


def test_default_mailbox_that_one_may_no_longer_read_is_passed_over(
    client, alice, support, sales
):
    profiles.change({"default_mailbox": support}, by=alice)
    GroupMailboxPermission.objects.filter(mailbox=support).delete()
    client.force_login(alice)

    url = client.get(reverse("wagtail_ecp:start")).url

    assert urlsplit(url).path == f"/admin/mail/{sales.pk}/inbox/"


@pytest.fixture
def conversation(support):
    receive_and_process(an_email())
    return Conversation.objects.get()


@pytest.fixture
def answer(client, alice, conversation):
    """Return a function that submits the form with this body."""
    client.force_login(alice)

    def submit(*lines, **more):
        data = {
            "key": "a" * 32,
            "version": "0",
            "kind": "reply",
            "conversation": str(conversation.pk),
            "mailbox": str(conversation.mailbox_id),
            "to": "vera@customer.example",
            "subject": "Re: parcel",
            "body": rich_text(*lines),
            "seen": str(conversation.messages.latest("pk").pk),
        }
        return client.post(reverse("wagtail_ecp:send_draft"), data | more)

    return submit


def buttons(soup):
    return [
        (button.text, button["value"], "button-secondary" in button["class"])
        for button in soup.select(".ecp-send [name=then]")
    ]


def test_signature_stands_in_the_editor(browse, alice, conversation):
    profiles.change({"signature": "Alice <Finch>\nAlder & Co"}, by=alice)

    soup = browse(alice)(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    body = soup.select_one(".ecp-reply [name=body]")["value"]
    blocks = json.loads(body)["blocks"]
    assert [block["text"] for block in blocks] == [
        "",
        "",
        "--\nAlice <Finch>\nAlder & Co",
    ]


def test_signature_is_delimited_in_the_text_that_is_sent(answer, alice):
    profiles.change({"signature": "Alice"}, by=alice)

    answer("It is on its way.", "", "--\nAlice")

    [mail] = sent()
    assert mail.text.splitlines() == ["It is on its way.", "", "-- ", "Alice"]


def test_signature_alone_is_no_answer(answer, alice):
    profiles.change({"signature": "Alice"}, by=alice)

    response = answer("", "", "--\nAlice")

    assert "There is nothing to send yet." in errors(response)
    assert "Alice" in response.content.decode()
    assert Outbox.objects.count() == 0


def test_image_above_the_signature_is_an_answer():
    body = f'<embed embedtype="image" id="1"/>{with_signature("Alice")}'

    assert not is_untouched(body, signature="Alice")


def test_archiving_is_the_second_button_by_default(browse, alice, conversation):
    soup = browse(alice)(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    assert buttons(soup) == [
        ("Send", "send", False),
        ("Send and archive", "archive", True),
    ]


def test_archiving_is_the_main_button_for_who_wants_that(browse, alice, conversation):
    profiles.change({"archive_on_reply": True}, by=alice)

    soup = browse(alice)(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    assert buttons(soup) == [
        ("Send and archive", "archive", False),
        ("Send", "send", True),
    ]


@pytest.mark.parametrize(
    ("prefers", "pressed", "folder"),
    [
        (False, {}, "inbox"),
        (False, {"then": "archive"}, "archive"),
        (True, {}, "archive"),
        (True, {"then": "send"}, "inbox"),
        (True, {"then": "forged"}, "archive"),
    ],
)
def test_button_decides_and_without_one_the_preference(
    answer, alice, conversation, prefers, pressed, folder
):
    profiles.change({"archive_on_reply": prefers}, by=alice)

    assert answer("Yes.", **pressed).status_code == 302

    conversation.refresh_from_db()
    assert conversation.folder == folder


def test_form_with_an_error_keeps_the_preferred_button(answer, alice):
    profiles.change({"archive_on_reply": True}, by=alice)

    soup = BeautifulSoup(answer("Yes.", to="").content, "html.parser")

    assert buttons(soup)[0] == ("Send and archive", "archive", False)
