"""What an open dashboard asks for every half minute."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.admin.test_dashboard import URL, chosen
from tests.builders import a_conversation, a_mailbox, a_user
from tests.inbox.test_online import ago
from wagtail_ecp.inbox import online
from wagtail_ecp.inbox.models import LastSeen

pytestmark = pytest.mark.django_db

LIVE = "/admin/mail/dashboard/live/"


@pytest.fixture
def support(client, alice):
    client.force_login(alice)
    return a_mailbox(repliers=[alice])


def test_live_panels_are_sent_by_their_slots(client, support, alice, bob):
    chosen(alice, "updates", "users-online", "mailboxes")
    online.note(bob)

    bodies = client.get(LIVE).json()

    assert sorted(bodies) == ["1", "2"]
    assert "bob" in bodies["1"]
    assert "Support" in bodies["2"]


def test_while_nothing_changes_nothing_is_sent(client, support):
    first = client.get(LIVE)

    again = client.get(LIVE, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert again["ETag"] == first["ETag"]
    assert not again.content


def test_new_mail_is_sent(client, support):
    first = client.get(LIVE)
    a_conversation(support)

    again = client.get(LIVE, headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 200


def test_a_dashboard_that_is_looked_at_says_that_one_is_here(client, support, alice):
    client.get(URL)
    ago(seconds=61)
    before = LastSeen.objects.get(user=alice).seen_at

    client.get(LIVE)

    assert LastSeen.objects.get(user=alice).seen_at > before


def test_the_list_and_the_conversation_say_so_as_well(client, support, alice):
    found = a_conversation(support)

    client.get(f"/admin/mail/{support.pk}/inbox/news/")
    assert LastSeen.objects.filter(user=alice).exists()
    LastSeen.objects.all().delete()
    client.post(f"/admin/mail/conversations/{found.pk}/here/")

    assert LastSeen.objects.filter(user=alice).exists()


@pytest.mark.slow
def test_fifteen_hundred_polls_of_fifty_users_in_a_minute_write_fifty_times(
    client, db, monkeypatch
):
    users = [a_user(f"user{number}") for number in range(50)]
    a_mailbox(readers=users)
    clients = [type(client)() for _user in users]
    for one, user in zip(clients, users, strict=True):
        one.force_login(user)

    written = []

    def note(execute, sql, *rest):
        # Django itself remembers no more than 9,000 queries.
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            written.append(sql)
        return execute(sql, *rest)

    begin = timezone.now()
    with connection.execute_wrapper(note):
        for call in range(30):
            # A minute of the clock on the wall, however long a machine takes for it.
            moment = begin + timedelta(seconds=2 * call)
            monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
            for one in clients:
                assert one.get(LIVE).status_code == 200

    assert 0 < len(written) <= 50
