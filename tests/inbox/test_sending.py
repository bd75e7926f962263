"""An answer leaves once, and what became of it can be seen."""

from datetime import timedelta
from email import message_from_bytes

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models.functions import Now
from django.utils import timezone

from tests.builders import a_mailbox, an_email, receive_and_process
from tests.transport.smtp_servers import Keeper, running, scripted
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox import actions, sending
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.models import (
    Conversation,
    Mailbox,
    Message,
    Outbox,
    OutboxRecipient,
    OutgoingServer,
)
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.composing import OutgoingFile

VERA = Address("Vera Holm", "vera@customer.example")
State = Outbox.State


def an_answer(**more):
    return Answer(
        **({"to": [VERA], "subject": "Re: Parcel", "html": "<p>Soon.</p>"} | more)
    )


@pytest.fixture
def conversation(alice):
    a_mailbox(repliers=[alice])
    receive_and_process(
        an_email("Parcel", message_id="p1@x"),
        an_email("Re: Parcel", message_id="p2@x", cites=["p1@x"]),
    )
    return Conversation.objects.get()


def reply(conversation, by, **more):
    answered = conversation.messages.filter(direction="in").latest("pk")
    return actions.reply(conversation, an_answer(**more), answers=answered, by=by)


def use_server(port):
    Account.objects.update(use_ssl=False)
    server = OutgoingServer.objects.create(
        name="Test", host="127.0.0.1", port=port, security="none"
    )
    Mailbox.objects.update(outgoing_server=server)


def send(message):
    Outbox.objects.update(next_try_at=Now())
    sending.send(message.outbox.pk)
    message.outbox.refresh_from_db()
    return message.outbox


def test_an_answer_arrives_threaded_and_is_marked_as_sent(conversation, alice):
    keeper = Keeper()
    message = reply(conversation, alice)
    with running(keeper) as port:
        use_server(port)

        outbox = send(message)

    (raw,) = keeper.mails
    mail = message_from_bytes(raw)
    assert outbox.state == State.SENT
    assert keeper.recipients == ["vera@customer.example"]
    assert keeper.senders == ["support@example.com"]
    assert mail["In-Reply-To"] == "<p2@x>"
    assert mail["References"].split() == ["<p1@x>", "<p2@x>"]
    assert mail["Message-ID"] == f"<{message.message_id}>"
    assert mail["Auto-Submitted"] is None
    assert mail["From"] == "Support <support@example.com>"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_bcc_is_in_the_envelope_and_nowhere_else(conversation, alice):
    keeper = Keeper()
    message = reply(conversation, alice, bcc=[Address("", "boss@example.org")])
    with running(keeper) as port:
        use_server(port)

        send(message)

    assert "boss@example.org" in keeper.recipients
    assert b"boss@" not in keeper.mails[0]


def test_attachments_go_out_whole(conversation, alice):
    keeper = Keeper()
    file = OutgoingFile(
        name="Größe.pdf", content_type="application/pdf", data=b"%PDF" * 999
    )
    message = reply(conversation, alice, files=[file])
    with running(keeper) as port:
        use_server(port)

        send(message)

    parts = list(message_from_bytes(keeper.mails[0]).walk())
    assert parts[-1].get_payload(decode=True) == b"%PDF" * 999
    assert message.attachments.get().name == "Größe.pdf"


def test_sent_mail_is_not_sent_again(conversation, alice):
    keeper = Keeper()
    message = reply(conversation, alice)
    with running(keeper) as port:
        use_server(port)
        send(message)

        send(message)

    assert len(keeper.mails) == 1


def test_a_refused_recipient_is_shown_with_the_servers_words(conversation, alice):
    keeper = Keeper(answers={"gone@example.org": "550 5.1.1 never heard of"})
    message = reply(conversation, alice, cc=[Address("", "gone@example.org")])
    with running(keeper) as port:
        use_server(port)

        outbox = send(message)

    refused = outbox.recipients.get(address="gone@example.org")
    assert outbox.state == State.SENT
    assert refused.state == OutboxRecipient.State.REFUSED
    assert "never heard of" in refused.answer


def test_who_is_busy_gets_it_later_and_nobody_gets_it_twice(conversation, alice):
    keeper = Keeper(answers={"busy@example.org": "450 4.2.1 busy"})
    message = reply(conversation, alice, cc=[Address("", "busy@example.org")])
    with running(keeper) as port:
        use_server(port)
        waiting = send(message)
        assert waiting.state == State.QUEUED
        keeper.answers.clear()

        outbox = send(message)

    assert outbox.state == State.SENT
    assert sorted(keeper.recipients) == ["busy@example.org", "vera@customer.example"]


def test_a_refusal_for_good_is_a_failure_that_the_member_sees(conversation, alice):
    keeper = Keeper(answer_to_data="554 5.7.1 we don't like it")
    message = reply(conversation, alice)
    with running(keeper) as port:
        use_server(port)

        outbox = send(message)

    assert outbox.state == State.FAILED
    assert "we don't like it" in outbox.error
    assert Action.objects.filter(kind=Action.Kind.SEND_FAILED).count() == 1


def test_an_unreachable_server_means_later_and_at_last_failure(conversation, alice):
    message = reply(conversation, alice)
    use_server(1)

    first = send(message)
    assert (first.state, first.attempts) == (State.QUEUED, 1)
    assert first.next_try_at > timezone.now()
    Outbox.objects.update(queued_at=timezone.now() - timedelta(days=6))

    assert send(message).state == State.FAILED


def test_no_answer_after_the_mail_is_unknown_and_only_a_person_goes_on(
    conversation, alice
):
    message = reply(conversation, alice)
    talk = (b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n", b"")
    with scripted(*talk) as port:
        use_server(port)
        outbox = send(message)

    assert outbox.state == State.UNKNOWN
    assert not Outbox.objects.due().exists()

    actions.settle_as_sent(outbox, by=alice)
    outbox.refresh_from_db()
    assert outbox.state == State.SENT


def test_sending_again_keeps_the_message_id(conversation, alice):
    message = reply(conversation, alice)
    Outbox.objects.update(state=State.UNKNOWN)
    keeper = Keeper()

    actions.send_again(message.outbox, by=alice)
    with running(keeper) as port:
        use_server(port)
        outbox = send(message)

    assert outbox.state == State.SENT
    assert f"<{message.message_id}>".encode() in keeper.mails[0]


@pytest.mark.parametrize(
    ("begun", "state"), [(None, State.QUEUED), (timezone.now(), State.UNKNOWN)]
)
def test_a_dead_workers_mail_is_sent_again_unless_data_had_begun(
    conversation, alice, begun, state
):
    reply(conversation, alice)
    Outbox.objects.update(
        state=State.SENDING,
        lease_owner="dead",
        lease_until=timezone.now() - timedelta(seconds=1),
        data_begun_at=begun,
    )

    sending.release_abandoned()

    assert Outbox.objects.get().state == state


def test_a_worker_that_lost_its_claim_stops_before_data(conversation, alice):
    keeper = Keeper()
    message = reply(conversation, alice)

    claimed = Outbox.objects.filter(pk=message.outbox.pk)
    claimed.claim("me", lease=timedelta(minutes=1), limit=1, state=State.SENDING)
    outbox = Outbox.objects.get()
    claimed.update(lease_epoch=99)
    with running(keeper) as port:
        use_server(port)

        with pytest.raises(sending.LeaseLostError):
            sending._deliver(outbox)

    assert keeper.mails == []


def test_nothing_leaves_while_transport_is_paused(conversation, alice, settings):
    message = reply(conversation, alice)
    settings.WAGTAILADMIN_BASE_URL = "https://staging.example"

    with pytest.raises(TransportPausedError):
        sending.send(message.outbox.pk)

    assert Outbox.objects.get().state == State.QUEUED


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": []},
        {"html": "<p> </p>"},
        {"subject": "Hi\nBcc: x@y.example"},
        {"to": [Address("", "x@y.example\nBcc: z@y.example")]},
    ],
)
def test_what_cannot_be_sent_is_refused_and_nothing_is_stored(
    conversation, alice, wrong
):
    with pytest.raises(ValidationError):
        reply(conversation, alice, **wrong)

    assert not Message.objects.filter(direction="out").exists()


def test_who_may_only_read_may_not_answer(conversation, bob):
    with pytest.raises(PermissionDenied):
        reply(conversation, bob)


def test_an_answer_archives_on_request_and_is_logged(conversation, alice):
    answered = conversation.messages.latest("pk")

    message = actions.reply(
        conversation, an_answer(), answers=answered, by=alice, archive=True
    )

    conversation.refresh_from_db()
    action = Action.objects.get(kind=Action.Kind.REPLIED)
    assert conversation.folder == "archive"
    assert (action.user, action.message_number) == (alice, message.pk)
    assert message.author_name == "alice"


def test_the_customers_answer_finds_us_by_our_mark_alone(conversation, alice):
    message = reply(conversation, alice)
    message_id = message.message_id
    # As after a restore of an older database: the answer's row is gone.
    message.outbox.delete()
    message.delete()

    receive_and_process(
        an_email("Re: Parcel", cites=[message_id], sender="v@other.example")
    )

    newest = conversation.messages.latest("pk")
    assert newest.reason == Message.Reason.SIGNED
    assert newest.is_newcomer


def test_a_mark_made_for_a_lost_conversation_leads_not_into_its_numbers_next_one(
    conversation, alice
):
    message = reply(conversation, alice)
    message_id = message.message_id
    message.outbox.delete()
    message.delete()
    # As after a restore: the number was given out again, to somebody else.
    Conversation.objects.update(created_at=timezone.now() + timedelta(hours=1))

    receive_and_process(
        an_email("Re: Parcel", cites=[message_id], sender="v@o.example")
    )

    assert Conversation.objects.whole().count() == 2


def test_an_answer_goes_where_the_conversation_went_while_it_was_written(
    conversation, alice
):
    (row,) = receive_and_process(an_email("Order", message_id="o@x"))
    written_in = row.message.conversation
    actions.merge(conversation, written_in, by=alice)

    message = actions.reply(written_in, an_answer(), answers=row.message, by=alice)

    assert message.conversation == conversation


def test_an_inactive_mailbox_sends_nothing(conversation, alice):
    Mailbox.objects.update(is_active=False)
    conversation.refresh_from_db()

    with pytest.raises(ValidationError):
        reply(conversation, alice)


def test_a_forged_mark_leads_nowhere(conversation):
    forged = f"ecp.{conversation.pk}.0011223344556677.aaaaaaaaaaaaaaaa@example.com"

    receive_and_process(an_email("Re: Parcel", cites=[forged], sender="m@evil.example"))

    assert Conversation.objects.whole().count() == 2
