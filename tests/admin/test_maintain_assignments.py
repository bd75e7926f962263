"""The owner's option "Maintain assignments": what it says, and that it is theirs alone."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.admin.test_account_options import change
from tests.builders import a_mailbox, a_user, an_account, an_email, receive_and_process
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.assignment_trial import trial
from wagtail_ecp.inbox.models import Outbox
from wagtail_ecp.inbox.recipients import reply_address

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(client):
    owner = a_user("olga")
    an_account(owner)
    client.force_login(owner)
    return owner


@pytest.fixture
def answered_twice(olga, alice):
    """A conversation of alice's in which two more mails came."""
    a_mailbox(readers=[olga], repliers=[alice])
    Account.objects.update(use_ssl=False)
    (row,) = receive_and_process(an_email("Where is <it>?", message_id="q@x"))
    sent = actions.reply(
        row.message.conversation,
        Answer(to=[reply_address(row.message)], subject="Re: it", html="<p>Soon.</p>"),
        answers=row.message,
        by=alice,
    )
    Outbox.objects.update(state=Outbox.State.SENT, sent_at=timezone.now())
    for text in ("And now?", "Thanks!"):
        receive_and_process(an_email("Re: it", text, cites=[sent.message_id]))
    return row.message.conversation


def test_the_row_says_what_it_would_have_done(client, answered_twice):
    page = client.get(reverse("wagtail_ecp:account_options")).content.decode()

    assert "it would have assigned 2 of 3 messages" in page
    assert reverse("wagtail_ecp:assignments") in page


def test_the_list_names_conversations_and_members(client, answered_twice):
    page = client.get(reverse("wagtail_ecp:assignments")).content.decode()

    assert page.count("Where is &lt;it&gt;?") == 2
    assert "alice" in page


def test_the_list_keeps_to_itself_what_the_owner_may_not_read(
    client, answered_twice, olga
):
    olga.groups.filter(mailbox_permissions__isnull=False).delete()

    page = client.get(reverse("wagtail_ecp:assignments")).content.decode()

    assert "Where is" not in page
    assert "2 more lie in mailboxes that you may not read" in page


def test_who_may_no_longer_answer_would_have_got_nothing(answered_twice, alice):
    alice.groups.clear()

    assert trial().assigned == []


def test_the_trial_costs_the_same_for_many(answered_twice, django_assert_num_queries):
    for number in range(5):
        receive_and_process(an_email(f"Order {number}", sender=f"c{number}@x.example"))

    with django_assert_num_queries(4):
        assert trial().total == 8


def test_saving_it_lets_it_act(client, olga):
    change(client, reverse("wagtail_ecp:account_options"), maintain_assignments=True)

    assert Account.objects.get().maintain_assignments


def test_others_see_neither_option_nor_list(client, answered_twice, alice):
    client.force_login(alice)

    found = client.get(reverse("wagtail_ecp:assignments"))

    assert found.status_code in (302, 403)
    assert b"parcel" not in found.content
