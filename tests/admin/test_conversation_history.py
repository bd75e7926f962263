"""A conversation's history says who did what to it, and why the machine did."""

import pytest
from django.urls import reverse

from tests.builders import a_mailbox, an_email, receive_and_process
from wagtail_ecp.admin.conversation_history import ROWS, history
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import UNTIL_REPLY, Conversation, Folder
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def conversation(client, alice, bob):
    a_mailbox(repliers=[alice, bob])
    receive_and_process(an_email())
    client.force_login(alice)
    return Conversation.objects.get()


def the_panel(client, conversation):
    url = reverse("wagtail_ecp:beside", args=[conversation.pk, "history"])
    return client.get(url).content.decode()


def test_it_says_who_assigned_and_moved_it(client, conversation, alice, bob):
    actions.assign(conversation, to=bob, by=alice)
    actions.assign(conversation, to=None, by=bob)
    actions.move_to(Folder.ARCHIVE, conversation, by=alice)

    panel = the_panel(client, conversation)

    assert "alice: assigned it to bob" in panel
    assert "bob: assigned it to nobody in particular" in panel
    assert "alice: moved it from Inbox to Archive" in panel
    assert "automatically: received" in panel


def test_it_says_why_the_machine_assigned_it(client, conversation):
    told = {"to": "bob", "why": "last-reply"}
    record(Action.Kind.ASSIGNED, conversation=conversation.pk, data=told)
    told = {"to": "bob", "why": "our-own-words", "key": "1"}
    record(Action.Kind.ASSIGNED, conversation=conversation.pk, data=told)

    panel = the_panel(client, conversation)

    assert "automatically: assigned it to bob, who replied last" in panel
    assert "automatically: assigned it to bob, our-own-words" in panel


def test_it_says_why_the_machine_left_it(client, conversation):
    told = {"to": "bob", "why": "last-reply", "because": "inactive"}
    record(Action.Kind.ASSIGNMENT_KEPT, conversation=conversation.pk, data=told)

    panel = the_panel(client, conversation)

    assert "left the assignee as it was: bob, who replied last, is inactive" in panel


def test_names_are_escaped(client, conversation):
    told = {"to": "<b>bob</b>", "why": "turn"}
    record(Action.Kind.ASSIGNED, conversation=conversation.pk, data=told)

    assert "<b>bob</b>" not in the_panel(client, conversation)


def test_a_long_history_is_cut(client, conversation):
    for number in range(ROWS + 5):
        record(Action.Kind.RECEIVED, conversation=conversation.pk, message=number)

    assert the_panel(client, conversation).count("automatically: received") == ROWS


def test_what_members_do_is_told_with_names_and_numbers(alice, bob):
    a_mailbox(repliers=[alice, bob])
    sales = a_mailbox("sales@example.com", repliers=[alice])
    receive_and_process(an_email(message_id="a@x"), an_email("Other"))
    conversation, other = Conversation.objects.order_by("pk")
    actions.assign(conversation, to=bob, by=alice)
    actions.assign(conversation, to=alice, by=bob)
    actions.assign(conversation, to=bob, by=alice)
    actions.tag(conversation, ["order", "vip"], by=alice)
    actions.star(conversation, by=alice)
    actions.snooze(conversation, until=UNTIL_REPLY, by=alice)
    actions.merge(conversation, other, by=alice)
    actions.switch(conversation, to=sales, by=alice)

    told = [entry.what for entry in history(conversation)]

    assert told[:2] == [
        "moved it from Support to Sales, where bob may not answer and so is not"
        " assigned",
        f"merged #{other.pk} into it",
    ]
    assert "snoozed it until the next reply" in told
    assert "tagged it: order, vip" in told
    assert "assigned it to alice, who takes over from bob" in told
    assert not any("star" in what for what in told)
