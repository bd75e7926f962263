"""The buttons of a conversation, and where they lead."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.admin.queries import queries_of
from tests.builders import (
    a_mailbox,
    a_received_conversation,
    a_user,
    account_zone,
    an_email,
    grant,
    receive_and_process,
)
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import (
    UNTIL_REPLY,
    Conversation,
    Folder,
    Follow,
    MemberProfile,
    Merge,
    Note,
    Star,
    Tag,
)
from wagtail_ecp.inbox.models.profiles import Then

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(client, alice, bob):
    """A mailbox, and alice logged in."""
    client.force_login(alice)
    return a_mailbox(repliers=[alice, bob])


def address(conversation, name="conversation"):
    return reverse(f"wagtail_ecp:{name}", args=[conversation.pk])


@pytest.fixture
def press(client):
    """Press a button; return the response."""

    def pressed(conversation, name, **data):
        return client.post(address(conversation, name), data)

    return pressed


def the_page(browse, user, conversation):
    return browse(user)(address(conversation))


def told(browse, user, response):
    """Return what the page says that one is led to."""
    return browse(user)(response.url).text


# What is shown


def test_the_buttons_name_their_keys(browse, support, alice):
    conversation = a_received_conversation()

    soup = the_page(browse, alice, conversation)

    keys = {button["data-ecp-key"] for button in soup.select("[data-ecp-key]")}
    assert {"e", "#", "!", "a", "A", "s", "t", "*", "U", "m"} <= keys


def test_who_only_reads_gets_a_star_and_no_choice(browse, support, carol):
    grant(carol, support, "read")
    conversation = a_received_conversation()

    soup = the_page(browse, carol, conversation)

    forms = soup.select(".ecp-tools form")
    names = {form["action"].rstrip("/").rpartition("/")[2] for form in forms}
    assert names == {"star", "follow", "mark-unread"}
    assert soup.select_one("#ecp-note") is None


def test_the_buttons_cost_the_same_whatever_there_is(client, support, alice):
    one, other = a_received_conversation(), a_received_conversation("Another")
    actions.tag(other, [f"tag {n}" for n in range(20)], by=alice)
    actions.star(other, by=alice)
    for number in range(3):
        a_mailbox(f"more{number}@example.com", repliers=[alice])

    few = len(queries_of(client, address(one)))
    many = len(queries_of(client, address(other)))

    assert few == many


# Assigning, and what opens then


def test_one_key_assigns_to_oneself(press, support, alice):
    conversation = a_received_conversation()

    press(conversation, "assign", assignee="me")

    conversation.refresh_from_db()
    assert conversation.assignee == alice


def test_a_colleague_is_assigned_with_a_note(browse, press, support, alice, bob):
    conversation = a_received_conversation()

    response = press(conversation, "assign", assignee=bob.pk, note="You know them")

    assert list(Note.objects.get().mentioned.all()) == [bob]
    assert "bob answers for" in told(browse, alice, response)


def test_a_note_that_is_too_long_assigns_nobody(press, support, bob):
    conversation = a_received_conversation()

    press(conversation, "assign", assignee=bob.pk, note="x" * 20_001)

    conversation.refresh_from_db()
    assert (conversation.assignee, Note.objects.count()) == (None, 0)


@pytest.mark.parametrize("chosen", ["me", "", "x"])
def test_who_may_only_read_assigns_nobody_not_even_themselves(client, carol, chosen):
    grant(carol, a_mailbox(), "read")
    conversation = a_received_conversation()
    client.force_login(carol)

    response = client.post(address(conversation, "assign"), {"assignee": chosen})

    conversation.refresh_from_db()
    assert response.status_code == 403
    assert conversation.assignee is None


def test_nobody_is_assigned_who_may_not_answer(press, support, carol):
    assert (
        press(a_received_conversation(), "assign", assignee=carol.pk).status_code == 400
    )


@pytest.fixture
def three(support):
    """Three conversations, the newest first."""
    rows = [a_received_conversation(str(number)) for number in range(3)]
    return list(reversed(rows))


def test_the_next_of_the_list_opens_and_knows_the_list(press, three, support):
    response = press(three[0], "move", folder="archive", **{"from": "all/inbox"})

    assert response.url == f"{address(three[1])}?from=all/inbox"


def test_after_the_last_one_comes_the_one_above(press, three, support):
    response = press(three[2], "move", folder="archive")

    assert response.url == f"{address(three[1])}?from={support.pk}/inbox"


def test_after_the_only_one_comes_the_list(press, support):
    response = press(a_received_conversation(), "move", folder="archive")

    assert response.url == reverse("wagtail_ecp:folder", args=[support.pk, "inbox"])


@pytest.mark.parametrize("then", list(Then))
def test_a_member_chooses_what_opens(press, three, support, alice, then):
    MemberProfile.objects.create(user=alice, then_shows=then)

    response = press(three[0], "assign", assignee="me")

    assert (
        response.url
        == {
            Then.NEXT: f"{address(three[1])}?from={support.pk}/inbox",
            Then.LIST: reverse("wagtail_ecp:folder", args=[support.pk, "inbox"]),
            Then.STAY: address(three[0]),
        }[then]
    )


@pytest.mark.parametrize(
    ("button", "data"),
    [
        ("move", {"folder": "trash"}),
        ("mark", {"verdict": "spam"}),
        ("snooze", {"until": "reply"}),
        ("tag", {"tags": "order"}),
        ("star", {"on": "1"}),
        ("assign", {"assignee": "me"}),
    ],
)
def test_a_list_that_acts_on_a_row_is_shown_again(press, three, button, data):
    place = {"from": "all/unassigned", "then": "list"}

    response = press(three[1], button, **data, **place)

    assert response.url == reverse("wagtail_ecp:all_mailboxes", args=["unassigned"])


def test_spam_is_undone_from_where_one_is_led(browse, press, three, support, alice):
    response = press(three[0], "mark", verdict="spam")

    notice = browse(alice)(response.url).select_one(".ecp-undo")
    assert "1 conversation is in Spam now." in notice.text
    assert notice.select_one("form")["action"].startswith("/admin/mail/actions/")


# Snoozing


@pytest.mark.parametrize("choice", ["later", "tomorrow", "next-week", "reply"])
def test_it_sleeps_until_a_usual_time(browse, press, support, alice, choice):
    conversation = a_received_conversation()

    response = press(conversation, "snooze", until=choice)

    conversation.refresh_from_db()
    assert conversation.snoozed_until > timezone.now()
    assert (conversation.snoozed_until == UNTIL_REPLY) == (choice == "reply")
    assert f"#{conversation.pk} sleeps until" in told(browse, alice, response)


def test_a_chosen_time_is_on_the_members_clock(press, support):
    conversation = a_received_conversation()
    zone = account_zone()
    at = timezone.now().astimezone(zone) + timedelta(days=3)

    press(conversation, "snooze", until="time", at=at.strftime("%Y-%m-%dT%H:%M"))

    conversation.refresh_from_db()
    assert conversation.snoozed_until == at.replace(second=0, microsecond=0)


@pytest.mark.parametrize("at", ["", "soon", "2001-01-01T10:00", "9999-12-31T23:59"])
def test_a_time_that_makes_no_sense_is_said_to(browse, press, support, alice, at):
    conversation = a_received_conversation()

    response = press(conversation, "snooze", until="time", at=at)

    conversation.refresh_from_db()
    assert conversation.snoozed_until is None
    assert response.url == address(conversation)
    assert re.search("Choose|too far", told(browse, alice, response))


def test_a_sleeping_one_is_woken_by_a_button(browse, press, support, alice):
    conversation = a_received_conversation()
    actions.snooze(conversation, until=UNTIL_REPLY, by=alice)
    assert "sleeps until the next reply" in the_page(browse, alice, conversation).text

    press(conversation, "wake")

    conversation.refresh_from_db()
    assert conversation.snoozed_until is None


# Tags


def test_tags_are_put_on_between_commas_and_taken_off(browse, press, support, alice):
    conversation = a_received_conversation()

    press(conversation, "tag", tags="order, <b>vip</b>")
    shown = the_page(browse, alice, conversation).select(".ecp-tags li span")
    press(conversation, "untag", tag=Tag.objects.get(key="order").pk)

    assert [tag.text for tag in shown] == ["<b>vip</b>", "order"]
    assert [tag.name for tag in conversation.tags.all()] == ["<b>vip</b>"]


def test_a_tag_that_is_none_is_said_to_be(browse, press, support, alice):
    response = press(a_received_conversation(), "tag", tags="x" * 60)

    assert "at most 50 characters" in told(browse, alice, response)
    assert not Tag.objects.exists()


@pytest.mark.parametrize("tag", ["", "x", "999999999999999999"])
def test_taking_off_a_tag_that_is_not_there_changes_nothing(press, support, tag):
    assert press(a_received_conversation(), "untag", tag=tag).status_code == 302


def test_only_tags_of_mail_that_one_may_read_are_completed(client, support, alice, bob):
    a_mailbox("secret@example.com", repliers=[bob])
    secret = a_received_conversation("Secret", to="secret@example.com")
    actions.tag(a_received_conversation(), ["Order", "Other"], by=alice)
    actions.tag(secret, ["organisation"], by=bob)

    found = client.get(reverse("wagtail_ecp:complete_tags"), {"q": " OR"}).json()

    assert [item["value"] for item in found["items"]] == ["Order"]


# Stars and follows


def test_a_star_answers_a_script_with_json(client, support, alice):
    conversation = a_received_conversation()
    headers = {"Accept": "application/json"}

    on = client.post(address(conversation, "star"), {"on": "1"}, headers=headers)
    assert (on.json(), Star.objects.count()) == ({"on": True}, 1)
    off = client.post(address(conversation, "star"), {"on": "0"}, headers=headers)

    assert (off.json(), Star.objects.count()) == ({"on": False}, 0)


def test_a_conversation_is_followed(browse, press, support, alice):
    conversation = a_received_conversation()

    press(conversation, "follow", on="1")

    button = the_page(browse, alice, conversation).find("button", string="Follow")
    assert (Follow.objects.get().user, button["aria-pressed"]) == (alice, "true")


def test_a_star_is_on_or_off(press, support):
    assert press(a_received_conversation(), "star", on="maybe").status_code == 400


# Moving, merging, splitting


def test_it_is_moved_to_another_mailbox(browse, press, support, alice):
    sales = a_mailbox("sales@example.com", repliers=[alice])
    conversation = a_received_conversation()

    response = press(conversation, "switch", mailbox=sales.pk)

    conversation.refresh_from_db()
    assert conversation.mailbox == sales
    assert f"#{conversation.pk} is in Sales now." in told(browse, alice, response)


@pytest.mark.parametrize("mailbox", ["", "x", "-1"])
def test_a_mailbox_that_is_none_is_refused(press, support, mailbox):
    response = press(a_received_conversation(), "switch", mailbox=mailbox)

    assert response.status_code == 400


def test_a_mailbox_that_one_may_not_read_does_not_exist(press, support, bob):
    secret = a_mailbox("secret@example.com", repliers=[bob])

    response = press(a_received_conversation(), "switch", mailbox=secret.pk)

    assert response.status_code == 400


def test_a_mailbox_where_one_may_not_answer_is_refused(press, support, alice):
    other = a_mailbox("other@example.com", readers=[alice])
    conversation = a_received_conversation()

    assert press(conversation, "switch", mailbox=other.pk).status_code == 403


def test_conversations_of_the_same_people_are_offered_to_merge(
    browse, press, support, alice
):
    one, other = a_received_conversation("One"), a_received_conversation("<i>Two</i>")
    a_received_conversation("Else", sender="else@customer.example")

    soup = browse(alice)(address(one, "merge"))
    offered = [radio["value"] for radio in soup.select("input[name=other]")]
    response = press(one, "merge", other=other.pk)

    assert offered == [str(other.pk), ""]
    assert response.url == address(one)
    assert Merge.objects.get().gone == other
    assert f"#{other.pk} is part of #{one.pk} now." in told(browse, alice, response)


def test_a_number_is_enough_to_merge_and_the_old_one_leads_there(
    press, client, support
):
    one, other = a_received_conversation("One"), a_received_conversation("Two")

    response = press(other, "merge", number=f" #{one.pk} ")

    assert response.url == address(one)
    assert client.get(address(other)).url == address(one)


@pytest.mark.parametrize("number", ["", "x", "0", "9" * 30, "own", "secret", "read"])
def test_a_number_that_can_not_be_merged_is_kept_with_the_reason(
    client, support, alice, bob, number
):
    a_mailbox("secret@example.com", repliers=[bob])
    a_mailbox("read@example.com", repliers=[bob], readers=[alice])
    conversation = a_received_conversation()
    numbers = {
        "own": conversation.pk,
        "secret": a_received_conversation("S", to="secret@example.com").pk,
        "read": a_received_conversation("R", to="read@example.com").pk,
    }
    given = str(numbers.get(number, number))

    response = client.post(address(conversation, "merge"), {"number": given})

    assert response.status_code == 200
    page = response.content.decode()
    assert 'role="alert"' in page
    assert f'value="{given}"' in page
    assert not Merge.objects.exists()


def a_thread():
    first = a_received_conversation(message_id="1@x")
    receive_and_process(an_email("Re: parcel", message_id="2@x", cites=["1@x"]))
    first.refresh_from_db()
    return first


def test_a_message_is_split_off_and_that_is_undone(
    browse, press, client, support, alice
):
    thread = a_thread()
    second = thread.messages.in_order()[1]

    soup = browse(alice)(address(thread, "split") + f"?message={second.pk}")
    response = press(thread, "split", message=second.pk, how="later")
    notice = browse(alice)(response.url).select_one(".ecp-undo form")
    client.post(notice["action"])

    assert soup.select_one("input[name=message][checked]")["value"] == str(second.pk)
    thread.refresh_from_db()
    assert thread.message_count == 2


@pytest.mark.parametrize("which", ["", "x", "first"])
def test_what_can_not_be_split_is_said_to(client, support, which):
    thread = a_thread()
    chosen = thread.messages.in_order()[0].pk if which == "first" else which

    response = client.post(address(thread, "split"), {"message": chosen})

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert Conversation.objects.count() == 1


# Notes


def test_a_note_is_written_and_says_whom_it_mentions(
    browse, press, support, alice, bob
):
    conversation = a_received_conversation()

    response = press(conversation, "add_note", text="@bob <script>")

    note = Note.objects.get()
    assert response.url == f"{address(conversation)}#note-{note.pk}"
    assert "Mentioned: bob." in told(browse, alice, response)


def test_a_note_that_is_refused_keeps_its_text(client, support):
    conversation = a_received_conversation()
    text = "x" * 20_001

    response = client.post(address(conversation, "add_note"), {"text": text})

    page = response.content.decode()
    assert response.status_code == 200
    assert text in page
    assert "at most 20000 characters" in page


def test_one_changes_and_deletes_ones_own_note(browse, client, support, alice):
    note = actions.add_note(a_received_conversation(), "Call </textarea>", by=alice)
    url = reverse("wagtail_ecp:change_note", args=[note.pk])

    assert browse(alice)(url).select_one("#ecp-note").text == "Call </textarea>"
    response = client.post(url, {"text": "Called"})
    undo = browse(alice)(response.url).select_one(".ecp-undo form")["action"]
    client.post(undo)
    note.refresh_from_db()
    assert note.text == "Call </textarea>"
    client.post(url, {"text": "Called"})
    note.refresh_from_db()
    assert note.text == "Called"
    response = client.post(reverse("wagtail_ecp:delete_note", args=[note.pk]))
    undo = browse(alice)(response.url).select_one(".ecp-undo form")["action"]
    assert not Note.objects.exists()
    client.post(undo)

    assert Note.objects.get().text == "Called"


def test_nobody_changes_or_deletes_anothers_note(client, support, bob):
    note = actions.add_note(a_received_conversation(), "Call", by=bob)

    for name in ("change_note", "delete_note"):
        url = reverse(f"wagtail_ecp:{name}", args=[note.pk])
        assert client.post(url, {"text": "x"}).status_code == 403

    note.refresh_from_db()
    assert note.text == "Call"


def test_colleagues_who_may_read_are_completed(client, support, bob, carol):
    bob.first_name, bob.last_name = "Bo", "Ibsen"
    bob.save()
    conversation = a_received_conversation()

    def complete(begin):
        url = address(conversation, "colleagues")
        return [i["value"] for i in client.get(url, {"q": begin}).json()["items"]]

    assert complete("IB") == ["bob"]
    assert complete("") == ["alice", "bob"]
    assert complete("carol") == []


# Tags, as administrators keep them


def test_an_administrator_renames_merges_and_deletes_tags(
    browse, client, support, alice
):
    root = a_user("root", is_superuser=True)
    conversation = a_received_conversation()
    actions.tag(conversation, ["order", "orders", "vip"], by=alice)
    order, orders, vip = Tag.objects.order_by("key")
    client.force_login(root)

    def edit(tag, **data):
        return client.post(reverse("ecp_tags:edit", args=[tag.pk]), data)

    assert edit(vip, name="ORDER").status_code == 200  # There is one of this name.
    assert edit(vip, name="a,b").status_code == 200
    assert edit(order, name="Purchase").status_code == 302
    assert edit(orders, name="orders", into=order.pk).status_code == 302
    assert client.post(reverse("ecp_tags:delete", args=[vip.pk])).status_code == 302

    assert [tag.name for tag in conversation.tags.all()] == ["Purchase"]
    assert Tag.objects.count() == 1


def test_moving_in_the_folders_is_undone_by_the_notice(
    browse, client, press, support, alice
):
    conversation = a_received_conversation()

    response = press(conversation, "move", folder="archive")
    undo = browse(alice)(response.url).select_one(".ecp-undo form")["action"]
    client.post(undo)

    conversation.refresh_from_db()
    assert conversation.folder == Folder.INBOX
