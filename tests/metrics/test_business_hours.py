"""Administrators say when a mailbox's team works, in its form; the numbers follow."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from tests.builders import a_mailbox, a_user, an_account
from wagtail_ecp import signals
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.jobs.metrics import rebuild_facts, write_facts
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action
from wagtail_ecp.metrics import books
from wagtail_ecp.metrics.actions import Week, set_business_hours, week_of
from wagtail_ecp.metrics.models import BusinessHours, Fact

pytestmark = pytest.mark.django_db

NINE_TO_FIVE = Week(openings=(((540, 1020),),) * 5 + ((), ()), time_zone="UTC")
FRIDAY = datetime(2026, 6, 5, 16, tzinfo=UTC)


@pytest.fixture
def olga(db):
    return a_user("olga", is_superuser=True)


@pytest.fixture
def support(olga):
    an_account(olga)
    return a_mailbox()


def answered(mailbox, *, after):
    """Have the log tell of a mail and its answer."""
    where = {"conversation": 1, "mailbox": mailbox.pk}
    first = record(Action.Kind.RECEIVED, message=1, data={"folder": "inbox"}, **where)
    second = record(Action.Kind.REPLIED, message=2, data={"folder": "inbox"}, **where)
    Action.objects.filter(pk=first.pk).update(at=FRIDAY)
    Action.objects.filter(pk=second.pk).update(at=FRIDAY + after)


def response():
    fact = Fact.objects.get(kind=Fact.Kind.RESPONSE)
    return fact.seconds, fact.business_seconds


def test_without_hours_business_time_is_calendar_time(support):
    answered(support, after=timedelta(days=3))

    write_facts()

    assert response() == (3 * 86_400, 3 * 86_400)


def test_new_hours_change_what_was_measured_by_a_job(
    support, olga, django_capture_on_commit_callbacks
):
    answered(support, after=timedelta(days=3))
    write_facts()
    rebuild_facts()
    heard = []
    signals.business_hours_changed.connect(
        lambda **told: heard.append(told["mailbox"]), weak=False, dispatch_uid="test"
    )

    with django_capture_on_commit_callbacks(execute=True):
        set_business_hours(support, NINE_TO_FIVE, by=olga)
    signals.business_hours_changed.disconnect(dispatch_uid="test")

    assert heard == [support]
    assert books.is_rebuild_due()
    rebuild_facts()
    assert response() == (3 * 86_400, 8 * 3_600)


def test_hours_are_on_the_accounts_clock_unless_they_name_another(support, olga):
    Account.objects.update(time_zone="America/Los_Angeles")
    week = Week(openings=NINE_TO_FIVE.openings)
    answered(support, after=timedelta(hours=2))  # Nine to eleven in the morning there.
    set_business_hours(support, week, by=olga)

    write_facts()

    assert response() == (7_200, 7_200)


def test_the_same_hours_again_change_nothing(support, olga):
    set_business_hours(support, NINE_TO_FIVE, by=olga)
    rebuild_facts()

    set_business_hours(support, NINE_TO_FIVE, by=olga)

    assert not books.is_rebuild_due()


def test_who_is_no_administrator_sets_no_hours(support, alice):
    with pytest.raises(PermissionDenied):
        set_business_hours(support, NINE_TO_FIVE, by=alice)

    assert not BusinessHours.objects.exists()


@pytest.fixture
def admin(client, olga, support):
    client.force_login(olga)
    return client


def posted(mailbox, **fields):
    own = {"name": mailbox.name, "address": mailbox.address, "is_active": "on"}
    return {**own, **fields}


def edit(client, mailbox, **fields):
    url = reverse("ecp_mailboxes:edit", args=[mailbox.pk])
    return client.post(url, posted(mailbox, **fields))


def test_the_form_of_a_mailbox_takes_its_hours(admin, support):
    Account.objects.update(use_ssl=False)

    answer = edit(
        admin,
        support,
        hours_0="9:00-12:30, 13:30-17:00",
        hours_4="9-12",
        hours_zone="europe/berlin",
        holidays="2026-12-25 Christmas",
    )

    assert answer.status_code == 302
    week = week_of(support)
    assert week.openings[0] == ((540, 750), (810, 1020))
    assert week.openings[4] == ((540, 720),)
    assert week.openings[5] == ()
    assert week.time_zone == "Europe/Berlin"
    assert week.holidays == (("2026-12-25", "Christmas"),)
    shown = admin.get(reverse("ecp_mailboxes:edit", args=[support.pk])).content.decode()
    assert "9:00-12:30, 13:30-17:00" in shown
    assert "2026-12-25 Christmas" in shown


def test_empty_days_are_always_open(admin, support, olga):
    Account.objects.update(use_ssl=False)
    set_business_hours(support, NINE_TO_FIVE, by=olga)

    edit(admin, support)

    assert week_of(support).is_always
    assert not BusinessHours.objects.exists()


def test_what_is_no_time_is_refused_beside_its_day(admin, support):
    answer = edit(admin, support, hours_0="all day", holidays="Christmas")

    shown = answer.content.decode()
    assert "Monday: “all day” is no time span" in shown
    assert "does not begin with a day" in shown
    assert not BusinessHours.objects.exists()


def test_a_new_mailbox_may_have_hours_at_once(admin):
    Account.objects.update(use_ssl=False)
    fields = {"name": "Sales", "address": "sales@example.com", "is_active": "on"}

    admin.post(reverse("ecp_mailboxes:add"), {**fields, "hours_0": "8-16"})

    assert week_of(Mailbox.objects.get(name="Sales")).openings[0] == ((480, 960),)
