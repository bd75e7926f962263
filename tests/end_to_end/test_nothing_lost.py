"""Workers die and Redis forgets: no mail is lost, none is stored or sent twice."""

import smtplib
from collections import Counter
from email import message_from_bytes

import pytest
from django.db.models.functions import Now
from redis import Redis

from tests.builders import SUPPORT, a_mailbox, a_user, an_email
from tests.end_to_end.conftest import until
from tests.transport.smtp_servers import HOST, Keeper, running
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.models import Conversation, IncomingMail, Message, Outbox
from wagtail_ecp.jobs.sweep import sweep
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.management import sessions

pytestmark = [pytest.mark.redis, pytest.mark.slow]

MAILS = 60
ANSWERS = 15
State = IncomingMail.State


def let_leases_run_out():
    """Be some minutes later."""
    IncomingMail.objects.exclude(lease_until=None).update(lease_until=Now())
    Outbox.objects.exclude(lease_until=None).update(lease_until=Now())


def test_received_mail_outlives_its_worker_and_the_queue(
    listener, rq_worker, rq_queues
):
    a_mailbox()
    worker = rq_worker("ecp-in")
    with smtplib.SMTP(HOST, listener) as smtp:
        for number in range(MAILS):
            mail = an_email(f"Mail {number}", sender=f"u{number}@customer.example")
            smtp.sendmail("u@customer.example", [SUPPORT], mail)
    assert IncomingMail.objects.count() == MAILS
    until(lambda: Message.objects.count() >= 5)

    sessions.kill([worker.pid])
    Redis.from_url(rq_queues).flushall()
    interrupted_at = Message.objects.count()
    let_leases_run_out()
    rq_worker("ecp-in")
    sweep()

    until(lambda: not IncomingMail.objects.exclude(state=State.STORED).exists())
    assert interrupted_at < MAILS, "the worker was done before it was killed"
    subjects = Counter(Message.objects.values_list("subject", flat=True))
    assert subjects == Counter(f"Mail {number}" for number in range(MAILS))


class SlowKeeper(Keeper):
    """Takes its time after the mail, so that a worker can die in between."""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        import asyncio

        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(0.15)
        return answer


def test_answers_outlive_their_worker_and_none_goes_out_twice(rq_worker, rq_queues):
    alice = a_user("alice")
    a_mailbox(repliers=[alice])
    Account.objects.update(use_ssl=False)
    from tests.builders import receive_and_process

    receive_and_process(*(an_email(f"Mail {n}") for n in range(ANSWERS)))
    keeper = SlowKeeper()
    with running(keeper) as port:
        worker = rq_worker("ecp-out", ECP_TEST_SMTP_PORT=str(port))
        for conversation in Conversation.objects.all():
            actions.reply(
                conversation,
                Answer(
                    to=[Address("", "vera@customer.example")],
                    subject=f"Re: {conversation.subject}",
                    html="<p>Soon.</p>",
                ),
                answers=conversation.messages.get(),
                by=alice,
            )
        until(lambda: len(keeper.mails) >= 3)

        sessions.kill([worker.pid])
        Redis.from_url(rq_queues).flushall()
        interrupted_at = len(keeper.mails)
        let_leases_run_out()
        rq_worker("ecp-out", ECP_TEST_SMTP_PORT=str(port))
        sweep()
        ends = (Outbox.State.SENT, Outbox.State.UNKNOWN)
        until(lambda: not Outbox.objects.exclude(state__in=ends).exists())

    arrived = Counter(message_from_bytes(raw)["Message-ID"] for raw in keeper.mails)
    sent = {
        f"<{message_id}>"
        for message_id in Message.objects.filter(direction="out").values_list(
            "message_id", flat=True
        )
    }
    assert interrupted_at < ANSWERS, "the worker was done before it was killed"
    assert set(arrived) == sent
    assert set(arrived.values()) == {1}
    # At most the one that was in the worker's hands.
    assert Outbox.objects.filter(state=Outbox.State.UNKNOWN).count() <= 1
