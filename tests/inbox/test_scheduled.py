"""What is to be sent later leaves at its time, or its writer hears why not."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db.models.functions import Now
from django.utils import timezone

from tests.builders import a_draft, a_mailbox, an_email, receive_and_process
from wagtail_ecp.accounts.models import Account, Installation, Letter
from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox import actions, scheduled
from wagtail_ecp.inbox.drafts import DraftGoneError, NewsError
from wagtail_ecp.inbox.models import (
    Alert,
    Conversation,
    Draft,
    GroupMailboxPermission,
    Mailbox,
    Message,
    Outbox,
)

FIRST = "first@customer.example"
HOUR = timedelta(hours=1)


@pytest.fixture
def conversation(alice, bob):
    a_mailbox(repliers=[alice, bob])
    receive_and_process(an_email(message_id=FIRST))
    return Conversation.objects.get()


def schedule(draft, by, **after):
    return actions.schedule_draft(
        draft,
        at=timezone.now() + HOUR,
        by=by,
        after=actions.Afterwards(**after).as_data(),
        has_seen=0,
    )


def let_its_time_come():
    Draft.objects.exclude(send_at=None).update(send_at=Now())


def test_it_leaves_at_its_time_and_not_before(conversation, alice):
    draft = schedule(a_draft(conversation, by=alice), alice, archives=True)

    scheduled.send(draft.pk)
    assert Outbox.objects.count() == 0
    let_its_time_come()
    scheduled.send(draft.pk)
    scheduled.send(draft.pk)

    message = Message.objects.get(direction="out")
    assert message.author == alice
    assert message.outbox.undo_until is None
    assert Conversation.objects.get().folder == "archive"


def test_a_time_that_is_over_is_refused(conversation, alice):
    draft = a_draft(conversation, by=alice)

    with pytest.raises(ValidationError):
        actions.schedule_draft(draft, at=timezone.now(), by=alice, after={}, has_seen=0)


def test_what_could_not_be_sent_now_is_not_scheduled(conversation, alice):
    with pytest.raises(ValidationError):
        schedule(a_draft(conversation, by=alice, to="vera"), alice)


def test_news_must_be_seen_before_it_is_scheduled(conversation, alice):
    draft = a_draft(conversation, by=alice)
    receive_and_process(an_email("Re: x", cites=[FIRST]))

    with pytest.raises(NewsError):
        schedule(draft, alice)


def test_nobody_changes_what_is_scheduled(conversation, alice):
    draft = schedule(a_draft(conversation, by=alice), alice)

    with pytest.raises(DraftGoneError):
        actions.save_draft(draft, by=alice)
    back = actions.unschedule_draft(draft, by=alice)
    back.body = "<p>Other</p>"
    actions.save_draft(back, by=alice)

    assert Draft.objects.get().body == "<p>Other</p>"


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (
            lambda: receive_and_process(an_email("Re: x", cites=[FIRST])),
            "1 message came in after it was written.",
        ),
        (lambda: Mailbox.objects.update(is_active=False), "This mailbox is inactive"),
        (GroupMailboxPermission.objects.all().delete, "You may only read mail"),
    ],
)
def test_what_happened_meanwhile_leaves_it_a_draft_and_is_told(
    conversation, alice, happens, words
):
    draft = schedule(a_draft(conversation, by=alice), alice)
    happens()
    let_its_time_come()

    scheduled.send(draft.pk)

    draft.refresh_from_db()
    letter = Letter.objects.get(user=alice)
    assert Outbox.objects.count() == 0
    assert draft.trouble.startswith(words)
    assert draft.send_at is None
    assert words in letter.text
    assert f"/drafts/{draft.pk}/" in letter.text
    alert = Alert.objects.get(user=alice, kind="stayed")
    assert (alert.draft, alert.conversation) == (draft, conversation)
    assert words in alert.words
    assert alert not in Alert.objects.waiting()


def test_a_colleagues_answer_meanwhile_leaves_it_a_draft(conversation, alice, bob):
    draft = schedule(a_draft(conversation, by=alice), alice)
    his = a_draft(conversation, by=bob)
    actions.send_draft(his, by=bob, version=his.version)
    let_its_time_come()

    scheduled.send(draft.pk)

    assert Outbox.objects.count() == 1
    assert Draft.objects.open().get() == draft


def test_who_left_sends_nothing_any_more(conversation, alice):
    draft = schedule(a_draft(conversation, by=alice), alice)
    alice.is_active = False
    alice.save()
    let_its_time_come()

    scheduled.send(draft.pk)

    assert Outbox.objects.count() == 0
    assert Draft.objects.get().trouble == "Its writer is no longer active."


def test_while_transport_is_paused_it_waits(conversation, alice):
    draft = schedule(a_draft(conversation, by=alice), alice)
    Installation.objects.update(pause="other-site")
    let_its_time_come()

    with pytest.raises(TransportPausedError):
        scheduled.send(draft.pk)

    assert Draft.objects.due().get() == draft


def test_while_the_account_only_receives_it_waits(conversation, alice):
    draft = schedule(a_draft(conversation, by=alice), alice)
    Account.objects.update(receives_only=True)
    let_its_time_come()

    with pytest.raises(TransportPausedError):
        scheduled.send(draft.pk)


def test_what_a_copy_may_have_sent_is_left_to_a_person(conversation, alice):
    schedule(a_draft(conversation, by=alice), alice)
    account = Account.objects.get()

    actions.resume_transport(by=account.owner)

    draft = Draft.objects.open().get()
    assert draft.send_at is None
    assert "decide whether to send it" in draft.trouble
    assert "decide whether to send it" in Alert.objects.get(user=alice).words
