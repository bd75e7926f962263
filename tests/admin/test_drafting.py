"""What is written is saved as one writes, by script and by form."""

import json
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from tests.admin.test_replying import errors, rich_text, value_of
from tests.builders import a_draft, a_mailbox, an_email, grant, receive_and_process
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import (
    Conversation,
    Draft,
    Mailbox,
    MemberProfile,
    Message,
    Outbox,
)

pytestmark = pytest.mark.django_db

SAVE = reverse("wagtail_ecp:save_draft")
SEND = reverse("wagtail_ecp:send_draft")


@pytest.fixture
def conversation(alice, bob):
    a_mailbox(repliers=[alice, bob])
    receive_and_process(an_email(message_id="first@customer.example"))
    return Conversation.objects.get()


def fields(conversation=None, **changes):
    """Return what the form submits."""
    data = {
        "key": "a" * 32,
        "version": "0",
        "kind": "reply" if conversation else "new",
        "is_plain": "False",
        "to": "vera@customer.example",
        "subject": "Re: Parcel",
        "body": rich_text("Soon."),
        "seen": "0",
        "then": "send",
    }
    if conversation:
        latest = conversation.messages.latest("pk").pk
        data |= {"conversation": conversation.pk, "answers": latest, "seen": latest}
        data["mailbox"] = conversation.mailbox_id
    return data | changes


def by_script(client, **data):
    return client.post(SAVE, data, headers={"Accept": "application/json"})


def page_of(client, conversation, **query):
    url = reverse("wagtail_ecp:conversation", args=[conversation.pk])
    return BeautifulSoup(client.get(url, query).content, "html.parser")


def soup_of(response):
    return BeautifulSoup(response.content, "html.parser")


def test_opening_a_form_makes_no_draft(client, alice, conversation):
    client.force_login(alice)

    for kind in ("", "reply", "reply-all", "forward"):
        page_of(client, conversation, write=kind)

    assert not Draft.objects.exists()


def test_the_script_learns_the_version_and_saves_on(client, alice, conversation):
    client.force_login(alice)
    first = by_script(client, **fields(conversation)).json()

    body = rich_text("Soon, and more.")
    again = by_script(client, **fields(conversation, version=1, body=body)).json()

    assert (first["version"], again["version"]) == (1, 2)
    assert Draft.objects.get().body == '<p data-block-key="k0">Soon, and more.</p>'


def test_a_form_without_script_saves_and_shows_it_again(client, alice, conversation):
    client.force_login(alice)

    response = client.post(SAVE, fields(conversation), follow=True)

    assert "Draft saved." in response.content.decode()
    assert "Soon." in value_of(soup_of(response), "body")
    assert value_of(soup_of(response), "version") == "1"


def test_one_finds_ones_draft_where_one_left_it(client, alice, conversation):
    a_draft(conversation, by=alice)
    client.force_login(alice)

    soup = page_of(client, conversation)

    assert "It is on its way." in value_of(soup, "body")


def test_a_colleagues_draft_is_named_and_opens_signed_by_oneself(
    client, alice, bob, conversation
):
    MemberProfile.objects.create(user=alice, signature="Alice")
    MemberProfile.objects.create(user=bob, signature="Bob")
    draft = a_draft(conversation, by=alice, body="<p>Soon.</p><p>--<br/>Alice</p>")
    client.force_login(bob)

    soup = page_of(client, conversation)
    assert "alice is writing a reply" in soup.select_one(".ecp-drafts").text

    body = value_of(page_of(client, conversation, draft=draft.pk), "body")
    assert "Bob" in body
    assert "Alice" not in body


def test_a_private_draft_is_nowhere_for_others(client, alice, bob, conversation):
    draft = a_draft(conversation, by=alice, is_private=True)
    client.force_login(bob)

    soup = page_of(client, conversation, draft=draft.pk)

    assert soup.select(".ecp-drafts") == []
    assert "It is on its way." not in str(soup)
    url = reverse("wagtail_ecp:draft", args=[draft.pk])
    assert client.get(url).status_code == 404
    assert client.post(SAVE, fields(key=draft.key)).status_code == 404


@pytest.mark.parametrize("is_script", [True, False])
def test_a_version_that_one_has_not_seen_is_not_overwritten(
    client, alice, bob, conversation, is_script
):
    draft = a_draft(conversation, by=bob, body="<p>Theirs</p>")
    actions.save_draft(Draft.objects.get(), by=bob)
    client.force_login(alice)
    data = fields(conversation, key=draft.key, version=1)

    response = by_script(client, **data) if is_script else client.post(SAVE, data)

    assert response.status_code == 409
    assert "bob saved another version" in response.content.decode()
    assert Draft.objects.get().body == "<p>Theirs</p>"
    if not is_script:
        soup = soup_of(response)
        assert "Theirs" in soup.select_one(".ecp-theirs").text
        assert "Soon." in value_of(soup, "body")
        data["version"] = value_of(soup, "version")
        client.post(SAVE, data)
        assert "Soon." in Draft.objects.get().body


def test_what_one_wrote_on_is_kept_when_a_colleague_sent_the_draft(
    client, alice, bob, conversation
):
    draft = a_draft(conversation, by=alice)
    actions.send_draft(draft, by=bob, version=draft.version)
    client.force_login(alice)

    response = client.post(SEND, fields(conversation, key=draft.key, version=1))

    soup = soup_of(response)
    assert response.status_code == 409
    assert "bob has sent this draft" in errors(response)
    assert "Soon." in value_of(soup, "body")
    assert value_of(soup, "key") != draft.key
    assert Outbox.objects.count() == 1


def test_what_came_in_is_named_while_one_writes(client, alice, conversation):
    client.force_login(alice)
    data = fields(conversation)
    receive_and_process(an_email("Re: x", cites=["first@customer.example"]))

    answer = by_script(client, **data).json()

    assert answer["news"][0].endswith("Vera Holm wrote.")


@pytest.mark.parametrize(
    ("turn", "kind"), [("reply-all", "reply-all"), ("forward", "forward")]
)
def test_an_answer_becomes_another_kind_and_keeps_its_text(
    client, alice, conversation, turn, kind
):
    client.force_login(alice)

    response = client.post(SAVE, fields(conversation, turn=turn), follow=True)

    assert value_of(soup_of(response), "kind") == kind
    assert "Soon." in Draft.objects.get().body


def test_an_empty_answer_becomes_another_kind_without_a_draft(
    client, alice, conversation
):
    client.force_login(alice)

    response = client.post(
        SAVE, fields(conversation, turn="forward", body=rich_text(""))
    )

    assert response.url.endswith("?write=forward#write")
    assert not Draft.objects.exists()


def test_one_switches_to_plain_text_and_back(client, alice, conversation):
    client.force_login(alice)

    response = client.post(SAVE, fields(conversation, turn="switch"), follow=True)

    [body] = soup_of(response).select("textarea[name=body]")
    assert body.text.strip() == "Soon."
    assert Draft.objects.get().is_plain


def test_one_answers_between_the_lines(client, alice, conversation):
    client.force_login(alice)

    client.post(SAVE, fields(conversation, turn="inline", has_quote="on"))

    draft = Draft.objects.get()
    assert "<blockquote>where is it?</blockquote>" in draft.body
    assert not draft.has_quote


def test_who_writes_plain_text_begins_so(client, alice, conversation):
    MemberProfile.objects.create(user=alice, writes_plain=True, signature="Alice")
    client.force_login(alice)

    [body] = page_of(client, conversation).select("textarea[name=body]")

    assert body.text.strip() == "-- \nAlice"


def test_a_draft_that_was_thrown_away_comes_back(client, alice, conversation):
    draft = a_draft(conversation, by=alice)
    client.force_login(alice)
    url = reverse("wagtail_ecp:discard_draft", args=[draft.pk])

    response = client.post(url, follow=True)

    [undo] = soup_of(response).select(".ecp-undo form")
    assert not Draft.objects.open().exists()
    response = client.post(undo["action"], follow=True)
    assert "It is on its way." in value_of(soup_of(response), "body")


def test_new_email_is_written_from_a_mailbox_of_ones_own(client, alice, conversation):
    a_mailbox("press@example.com", readers=[alice])
    client.force_login(alice)

    soup = soup_of(client.get(reverse("wagtail_ecp:compose")))

    options = [option.text for option in soup.select("[name=mailbox] option")]
    assert options == ["Support <support@example.com>"]


def test_new_email_is_sent_and_shown(client, alice, conversation):
    client.force_login(alice)

    response = client.post(SEND, fields(mailbox=conversation.mailbox_id))

    message = Message.objects.get(direction="out")
    assert response.url.endswith(f"#message-{message.pk}")
    assert message.conversation != conversation


def test_new_email_from_a_mailbox_one_only_reads_is_refused(
    client, carol, conversation
):
    grant(carol, conversation.mailbox, "read")
    client.force_login(carol)

    assert client.get(reverse("wagtail_ecp:compose")).status_code == 302
    response = client.post(SEND, fields(mailbox=conversation.mailbox_id))
    assert response.status_code in (200, 403)
    assert not Draft.objects.exists()


def test_what_is_sent_later_waits_and_can_be_taken_off(client, alice, conversation):
    client.force_login(alice)
    at = timezone.now() + timedelta(days=1)

    response = client.post(
        SEND, fields(conversation, then=f"later {at.isoformat()}"), follow=True
    )

    draft = Draft.objects.get()
    assert draft.send_at == at
    assert "To be sent on" in response.content.decode()
    client.post(reverse("wagtail_ecp:unschedule_draft", args=[draft.pk]))
    assert Draft.objects.get().send_at is None


def test_what_is_sent_later_is_shown_line_by_line(client, alice, conversation):
    client.force_login(alice)
    draft = a_draft(
        conversation, by=alice, body="<p>Sorry.</p><p>--<br/>Alder &amp; Finch</p>"
    )
    actions.schedule_draft(
        draft,
        at=timezone.now() + timedelta(days=1),
        by=alice,
        after={},
        has_seen=draft.seen,
    )

    soup = page_of(client, conversation)

    assert soup.select_one(".ecp-draft-text").text == "Sorry.\n\n--\nAlder & Finch"


def test_what_is_sent_later_can_be_sent_at_once(client, alice, conversation):
    client.force_login(alice)
    at = timezone.now() + timedelta(days=1)
    client.post(SEND, fields(conversation, then=f"later {at.isoformat()}"))

    client.post(reverse("wagtail_ecp:send_now", args=[Draft.objects.get().pk]))

    assert Outbox.objects.count() == 1


@pytest.mark.parametrize("when", ["", " nonsense", " 2001-01-01T10:00"])
def test_a_time_that_is_none_or_over_sends_nothing(client, alice, conversation, when):
    client.force_login(alice)

    response = client.post(SEND, fields(conversation, then=f"later{when}"))

    assert "Choose" in errors(response)
    assert Draft.objects.open().get().send_at is None
    assert Outbox.objects.count() == 0


def test_sent_and_snoozed_it_sleeps(client, alice, conversation):
    client.force_login(alice)
    until = timezone.now() + timedelta(days=1)

    client.post(SEND, fields(conversation, then=f"snooze {until.isoformat()}"))

    assert Conversation.objects.get().snoozed_until == until


def test_files_that_were_given_once_stay_when_sending_was_refused(
    client, alice, conversation
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(alice)
    file = SimpleUploadedFile("a.txt", b"A", content_type="text/plain")

    client.post(SEND, fields(conversation, to="", attachments=file))

    assert [file.name for file in Draft.objects.get().files.all()] == ["a.txt"]


def test_the_browser_is_told_what_it_need_not_keep(client, alice, conversation):
    client.force_login(alice)

    response = client.post(SEND, fields(conversation))

    assert response.cookies["ecp_saved"].value.split(".")[0] == "a" * 32


def test_one_comes_back_to_the_list_that_one_came_from(client, alice, conversation):
    client.force_login(alice)

    response = client.post(SAVE, fields(conversation, **{"from": "all/inbox"}))

    assert "from=all/inbox" in response.url
    assert response.url.endswith("#write")


def test_an_answer_leaves_from_where_the_conversation_lies_by_now(
    client, alice, conversation
):
    sales = a_mailbox("sales@example.com", repliers=[alice])
    data = fields(conversation)
    actions.switch(conversation, to=sales, by=alice)
    client.force_login(alice)

    client.post(SEND, data)

    assert Message.objects.get(direction="out").sender_address == "sales@example.com"


def test_what_the_script_could_not_save_is_told(client, alice, bob, conversation):
    draft = a_draft(conversation, by=alice)
    actions.send_draft(draft, by=bob, version=draft.version)
    client.force_login(alice)

    answer = by_script(client, **fields(conversation, key=draft.key, version=1))

    assert answer.status_code == 409
    assert "This draft has been sent" in answer.json()["words"]


@pytest.fixture
def sales(alice, conversation):
    """A second mailbox that alice answers; both have signatures of their own."""
    sales = a_mailbox("sales@example.com", repliers=[alice])
    Mailbox.objects.filter(pk=conversation.mailbox_id).update(signature="Support team")
    Mailbox.objects.filter(pk=sales.pk).update(signature="Sales team\nRoom 4")
    return Mailbox.objects.get(pk=sales.pk)


def new_email(client, mailbox):
    """Return what the form of a new e-mail submits, from this mailbox."""
    url = reverse("wagtail_ecp:compose")
    soup = soup_of(client.get(url, {"mailbox": mailbox.pk}))
    names = ("key", "version", "is_plain", "signed", "body")
    found = {name: value_of(soup, name) for name in names}
    return fields(**found, mailbox=mailbox.pk)


def test_another_mailbox_brings_its_signature(client, alice, conversation, sales):
    client.force_login(alice)
    support = conversation.mailbox
    data = new_email(client, support)
    assert "Support team" in data["body"]

    answer = by_script(client, **data | {"mailbox": sales.pk}).json()

    body = Draft.objects.get().body
    assert "Support team" not in body
    assert "--<br/>Sales team<br/>Room 4" in body
    assert "Sales team" in answer["body"]
    assert answer["signed"] == sales.pk
    unchanged = data | {"mailbox": sales.pk, "version": 1, "signed": sales.pk}
    again = by_script(client, **unchanged | {"body": answer["body"]}).json()
    assert "body" not in again
    assert Draft.objects.get().body.count("Sales team") == 1


def test_a_mailbox_without_a_signature_takes_it_away_and_one_with_brings_it(
    client, alice, conversation, sales
):
    Mailbox.objects.filter(pk=conversation.mailbox_id).update(signature="")
    client.force_login(alice)
    data = new_email(client, conversation.mailbox)

    answer = by_script(client, **data | {"mailbox": sales.pk}).json()
    assert "Sales team" in Draft.objects.get().body
    back = data | {"signed": sales.pk, "version": 1, "body": answer["body"]}
    by_script(client, **back)

    assert "Sales team" not in Draft.objects.get().body


@pytest.mark.parametrize("is_own", [True, False])
def test_a_signature_of_ones_own_or_an_edited_one_stays(
    client, alice, conversation, sales, is_own
):
    client.force_login(alice)
    if is_own:
        MemberProfile.objects.update_or_create(
            user=alice, defaults={"signature": "Alice"}
        )
    data = new_email(client, conversation.mailbox)
    body = data["body"] if is_own else data["body"].replace("team", "people")

    answer = by_script(client, **data | {"mailbox": sales.pk, "body": body}).json()

    assert "body" not in answer
    assert "Sales" not in Draft.objects.get().body
    assert ("Alice" if is_own else "Support people") in Draft.objects.get().body


def test_plain_text_is_signed_by_the_other_mailbox_too(
    client, alice, conversation, sales
):
    MemberProfile.objects.update_or_create(user=alice, defaults={"writes_plain": True})
    client.force_login(alice)
    number = conversation.mailbox_id
    page = client.get(reverse("wagtail_ecp:compose"), {"mailbox": number})
    body = soup_of(page).select_one("textarea[name=body]").text
    data = fields(is_plain="True", body=f"Hello{body}", mailbox=sales.pk)
    data["signed"] = number

    answer = by_script(client, **data).json()

    assert answer["body"] == Draft.objects.get().body
    assert answer["body"].splitlines()[-3:] == ["-- ", "Sales team", "Room 4"]
    assert "Support" not in answer["body"]


def test_without_a_script_what_is_sent_has_the_right_signature(
    client, alice, conversation, sales
):
    client.force_login(alice)
    data = new_email(client, conversation.mailbox) | {"mailbox": sales.pk}
    written = json.loads(data["body"])
    written["blocks"][0]["text"] = "Hello"

    client.post(SEND, data | {"body": json.dumps(written)})

    message = Message.objects.get(direction="out")
    assert "Sales team" in message.text
    assert "Support team" not in message.text


@pytest.mark.parametrize("signed", ["", "x", "999999", "9" * 40])
def test_a_signature_of_no_mailbox_is_nothing_to_exchange(
    client, alice, conversation, sales, signed
):
    client.force_login(alice)
    data = new_email(client, conversation.mailbox) | {"mailbox": sales.pk}

    by_script(client, **data | {"signed": signed})

    assert not Draft.objects.filter(body__contains="Sales team").exists()
