"""A trial beside a running mailbox: mail comes in, and nothing goes out."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from django.db.models.functions import Now
from django.urls import reverse

from tests.admin.test_replying import conversation, send  # noqa: F401 - fixtures
from tests.builders import an_email, receive_and_process
from tests.inbox.test_sending import reply, use_server
from tests.transport.smtp_servers import Keeper, running
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.exceptions import TransportPausedError
from wagtail_ecp.inbox import sending
from wagtail_ecp.inbox.models import Message, Outbox

pytestmark = pytest.mark.django_db


def receive_only(value):
    Account.objects.update(receives_only=value, use_ssl=False)


def test_an_answer_is_refused_in_words(conversation, alice):  # noqa: F811
    receive_only(True)

    with pytest.raises(ValidationError, match="only receives for now"):
        reply(conversation, alice)

    assert not Outbox.objects.exists()


def test_the_form_says_so_and_keeps_what_was_written(send, conversation):  # noqa: F811
    receive_only(True)

    soup = BeautifulSoup(send().content, "html.parser")

    form = soup.select_one(".ecp-reply")
    assert "This account only receives for now" in form.text
    assert "It is on its way." in str(form)
    assert not Message.objects.filter(direction="out").exists()


def test_the_form_says_nothing_of_it_otherwise(send, client, conversation):  # noqa: F811
    page = client.get(reverse("wagtail_ecp:conversation", args=[conversation.pk]))

    assert "only receives for now" not in page.content.decode()


def test_what_waits_already_goes_on_waiting_and_leaves_later(conversation, alice):  # noqa: F811
    message = reply(conversation, alice)
    Outbox.objects.update(next_try_at=Now())
    receive_only(True)
    keeper = Keeper()

    with running(keeper) as port:
        use_server(port)
        with pytest.raises(TransportPausedError, match="only receives"):
            sending.send(message.outbox.pk)
        assert Outbox.objects.get().state == Outbox.State.QUEUED
        assert keeper.mails == []

        receive_only(False)
        sending.send(message.outbox.pk)

    assert len(keeper.mails) == 1


def test_mail_still_comes_in(conversation):  # noqa: F811
    receive_only(True)

    [mail] = receive_and_process(an_email("Another"))

    assert mail.state == "stored"
