"""What the guard decides, whoever asks."""

import pytest
from django.contrib.auth.models import Group, Permission

from tests.builders import a_mailbox, a_user, an_account
from wagtail_ecp.accounts import guard, members

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(db):
    owner = a_user("olga")
    an_account(owner)
    return owner


@pytest.fixture
def access(db):
    return Permission.objects.get(codename="access_admin")


def test_before_there_is_an_account_nobody_is_the_owner(alice):
    assert guard.owner() is None
    assert not guard.is_the_owner(alice)
    assert not guard.is_among([alice])
    assert not guard.takes_owners_mail(alice.email)
    assert guard.needs_group(alice.groups.get()) is None


@pytest.mark.parametrize(
    ("after", "loses"),
    [
        ({}, False),
        ({"is_active": False}, True),
        ({"groups": []}, True),
        ({"groups": [], "is_superuser": True}, False),
        ({"is_active": False, "is_superuser": True}, True),
    ],
)
def test_access_is_lost_with_the_last_thing_that_gives_it(olga, after, loses):
    assert guard.loses_access(olga, after) == loses


def test_a_permission_of_ones_own_gives_access_too(olga, access):
    olga.user_permissions.add(access)

    assert not guard.loses_access(olga, {"groups": []})
    assert guard.loses_access(olga, {"groups": [], "user_permissions": []})


def test_nobody_loses_what_they_do_not_have(olga):
    olga.groups.clear()
    user = guard.owner()  # Django remembers what olga had.

    assert not guard.loses_access(user, {"is_active": False})


def test_only_the_last_group_is_needed(olga, access):
    [first] = olga.groups.all()
    assert guard.needs_group(first) == olga

    second = Group.objects.create(name="Second")
    second.permissions.add(access)
    olga.groups.add(second)

    assert guard.needs_group(first) is None
    assert guard.needs_group(Group.objects.create(name="Third")) is None


@pytest.mark.parametrize(
    ("own", "mailbox", "takes"),
    [
        ("olga@firm.example", "OLGA@Firm.example", True),
        ("olga+x@firm.example", "olga@firm.example", True),
        ("olga+x@firm.example", "olga+x@firm.example", True),
        ("olga@firm.example", "olga+x@firm.example", False),
        ("olga@firm.example", "olga@other.example", False),
        ("olga@bücher.example", "olga@xn--bcher-kva.example", True),
        ("", "olga@firm.example", False),
    ],
)
def test_mail_arrives_however_the_address_is_spelt(olga, own, mailbox, takes):
    olga.email = own
    olga.save()

    assert guard.takes_owners_mail(mailbox) == takes
    box = a_mailbox(mailbox)
    assert (members.mailbox_taking(own) == box) == takes


def test_people_in_reach_are_those_who_enter_the_admin(olga, alice, bob):
    for user in (olga, alice, bob):
        user.email = "team@example.com"
        user.save()
    bob.groups.clear()

    assert guard.people_in_reach(["team@example.com"]) == [alice]
    assert guard.people_in_reach([]) == []
