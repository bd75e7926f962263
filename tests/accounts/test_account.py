"""One account, one owner."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from tests.builders import a_user, an_account
from wagtail_ecp.accounts.actions import set_owner
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.permissions import can_administer


def test_before_there_is_a_row_options_read_as_their_defaults(db):
    account = Account.objects.current()

    assert not account.exists
    assert (account.time_zone, account.spam_threshold) == ("America/Los_Angeles", 70)
    assert account.use_ssl
    assert not account.rss_enabled


def test_there_is_never_a_second_account(alice):
    account = an_account(alice)

    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.create(
            id=2, name="Other", owner=alice, installation=account.installation
        )


def test_the_owner_cannot_be_deleted(alice):
    an_account(alice)

    with pytest.raises(ProtectedError):
        alice.delete()


def test_the_owner_administers_and_being_superuser_owns_nothing(alice):
    root = a_user("root", is_superuser=True)
    account = an_account(alice)

    assert can_administer(alice)
    assert account.is_owned_by(alice)
    assert not account.is_owned_by(root)
    assert can_administer(root)


def test_others_do_not_administer(alice, bob):
    an_account(alice)

    assert not can_administer(bob)


def test_the_command_sets_up_the_account_and_changes_the_owner(alice, bob):
    call_command("ecp_set_owner", "alice", name="Printers")
    call_command("ecp_set_owner", "bob")

    account = Account.objects.get()
    assert (account.name, account.owner) == ("Printers", bob)


def test_the_owner_must_be_able_to_enter(alice):
    alice.is_active = False
    alice.save()

    with pytest.raises(ValidationError):
        set_owner(alice)
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("ecp_set_owner", "nobody")
