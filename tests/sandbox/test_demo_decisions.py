"""The demo's team has marked spam, answered, and made contacts of those who write often."""

import pytest
from django.utils import timezone

from sandbox.demo import decisions
from sandbox.demo.mails import demo_mails
from tests.builders import a_mailbox, a_user
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.spam.models import Mark, Score


@pytest.fixture
def demo(db):
    member = a_user("member")
    mailbox = a_mailbox("support@sandbox.test", repliers=[member])
    Account.objects.update(use_ssl=False)
    for mail in demo_mails(timezone.now())[:120]:
        if mailbox.address in mail.recipients:
            receive(mail.content, recipients=[mailbox.address])
    while process_batch():
        pass


def test_the_team_has_decided_on_some_of_the_mail(demo):
    decisions.make()

    kinds = set(Score.objects.values_list("decision", flat=True))
    assert kinds == set(Score.Decision.values)
    assert Mark.objects.filter(verdict=Mark.Verdict.SPAM).exists()


def test_deciding_again_changes_nothing_that_was_decided(demo):
    decisions.make()
    marked = dict(Score.objects.exclude(decision="").values_list("pk", "decision"))

    decisions.make()

    again = dict(Score.objects.filter(pk__in=marked).values_list("pk", "decision"))
    assert again == marked


def test_those_who_write_often_are_contacts(demo):
    decisions.make()

    added = Contact.objects.filter(origin=Contact.Origin.ADDED)
    assert all(contact.messages.exists() for contact in added)
