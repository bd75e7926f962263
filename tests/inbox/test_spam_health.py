"""The Health screen tells when the spam filter needs somebody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.builders import a_mailbox, an_account, an_email, receive_and_process
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.spam_health import CHECKS
from wagtail_ecp.jobs.spam import train
from wagtail_ecp.spam.models import Mark, SpamModel

pytestmark = pytest.mark.django_db

RSPAMD = {"path": "wagtail_ecp.spam.backends.rspamd.Rspamd"}


@pytest.fixture(autouse=True)
def _account(db):
    an_account()


def found():
    account = Account.objects.get()
    return [one for check in CHECKS for one in check(account)]


def test_nothing_is_said_of_a_filter_that_works():
    SpamModel.note(marks=12)

    assert found() == []


def test_other_filter_that_answers_is_fine(settings):
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {"SPAM_BACKEND": RSPAMD}

    [one] = found()

    assert (one.level, one.title) == ("ok", "The other spam filter")


def test_other_filter_that_is_down_is_told_of_in_its_own_words(settings):
    settings.WAGTAIL_ECP = settings.WAGTAIL_ECP | {"SPAM_BACKEND": RSPAMD}
    since = timezone.now() - timedelta(hours=2)
    SpamModel.note(backend_down_since=since, backend_error="connection refused")

    [one] = found()

    assert (one.level, one.since) == ("warning", since)
    assert one.details == "connection refused"


def test_trouble_of_a_filter_that_is_not_asked_any_more_is_over():
    SpamModel.note(backend_down_since=timezone.now(), backend_error="refused")

    assert found() == []


def test_damaged_model_is_told_of():
    since = timezone.now()
    SpamModel.note(damaged_at=since)

    [one] = found()

    assert (one.level, one.since) == ("warning", since)
    assert "the last good state is used" in one.words


def test_marks_that_nobody_learns_are_told_of_until_they_are(alice):
    a_mailbox(repliers=[alice])
    receive_and_process(an_email())
    actions.mark(Conversation.objects.get(), Mark.Verdict.SPAM, by=alice)
    assert found() == []
    at = timezone.now() - timedelta(minutes=31)
    Mark.objects.update(at=at)

    [one] = found()
    train()

    assert (one.level, one.since) == ("warning", at)
    assert found() == []
