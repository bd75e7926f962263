"""Who is here, and how seldom that is written down."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import a_conversation, a_mailbox, a_user
from wagtail_ecp.inbox import online, presence
from wagtail_ecp.inbox.models import LastSeen
from wagtail_ecp.jobs.presence import remove_old_presences

pytestmark = pytest.mark.django_db


def ago(**passed):
    """Let everybody have been seen so long ago."""
    LastSeen.objects.update(seen_at=timezone.now() - timedelta(**passed))


def writes(captured):
    return [
        query["sql"]
        for query in captured.captured_queries
        if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]


def names(user, mailboxes=()):
    return [person.name for person in online.online(user, mailboxes)]


def test_who_was_heard_of_in_the_last_two_minutes_is_here(alice, bob):
    online.note(bob)
    ago(seconds=115)
    online.note(alice)
    assert names(alice) == ["bob", "alice"]

    ago(seconds=125)

    assert names(alice) == []


def test_somebody_who_may_not_enter_any_more_is_not_here(alice, bob):
    online.note(bob)
    bob.is_active = False
    bob.save()

    assert names(alice) == []


def test_coming_back_after_ten_minutes_is_coming_anew(alice):
    online.note(alice)
    since = timezone.now() - timedelta(hours=2)
    LastSeen.objects.update(since=since)

    ago(minutes=9)
    online.note(alice)
    assert LastSeen.objects.get().since == since

    ago(minutes=11)
    online.note(alice)
    assert LastSeen.objects.get().since > since


def test_fifteen_hundred_calls_by_fifty_users_in_a_minute_write_fifty_times():
    users = [a_user(f"user{number}") for number in range(50)]

    with CaptureQueriesContext(connection) as captured:
        for _call in range(30):
            for user in users:
                online.note(user)

    assert len(writes(captured)) == 50


def test_what_somebody_looks_at_is_told_of_readable_mailboxes_alone(alice, bob):
    mailbox = a_mailbox(readers=[alice, bob])
    found = a_conversation(mailbox, "Parcel")
    online.note(bob)
    presence.tell(found, user=bob, is_replying=False)

    (told,) = online.online(alice, [mailbox.pk])
    (hidden,) = online.online(alice, [])

    assert told.at == (found.pk, "Parcel")
    assert hidden.at is None


def test_who_was_not_here_for_a_week_is_forgotten(alice, bob):
    online.note(alice)
    ago(days=8)
    online.note(bob)

    remove_old_presences()

    assert LastSeen.objects.get().user == bob
