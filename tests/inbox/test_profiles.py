"""Members decide how they work; nobody decides it for another."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.builders import a_mailbox
from wagtail_ecp.inbox import profiles
from wagtail_ecp.inbox.models import Mailbox, MemberProfile

pytestmark = pytest.mark.django_db


@pytest.fixture
def support(alice):
    return a_mailbox(readers=[alice])


def test_member_without_a_profile_has_the_defaults(alice):
    profile = MemberProfile.objects.of(alice)

    assert not MemberProfile.objects.exists()
    assert (profile.signature, profile.default_mailbox_id) == ("", None)
    assert (profile.starting_tab, profile.archive_on_reply) == ("inbox", False)
    assert profile.alert_assigned


def test_first_change_makes_the_row_and_the_next_one_keeps_the_rest(alice, support):
    profiles.change({"signature": "Alice"}, by=alice)
    profiles.change(
        {"default_mailbox": support, "alert_mailboxes": [support]}, by=alice
    )

    profile = MemberProfile.objects.get()
    assert profile.user_id == alice.pk
    assert profile.signature == "Alice"
    assert profile.default_mailbox == support
    assert profile.alert_mailboxes.get() == support


def test_nobody_elses_profile_is_touched(alice, bob):
    a_mailbox(readers=[alice, bob])
    profiles.change({"signature": "Alice"}, by=alice)

    profiles.change({"signature": "Bob"}, by=bob)

    assert MemberProfile.objects.of(alice).signature == "Alice"


def test_who_has_no_mailbox_has_no_profile(carol):
    a_mailbox()

    with pytest.raises(PermissionDenied):
        profiles.change({"signature": "Carol"}, by=carol)

    assert not MemberProfile.objects.exists()


@pytest.mark.parametrize("name", ["default_mailbox", "alert_mailboxes"])
def test_mailbox_that_one_may_not_read_is_refused(alice, support, name):
    foreign = a_mailbox("secret@example.com")
    value = foreign if name == "default_mailbox" else [support, foreign]

    with pytest.raises(ValidationError) as refusal:
        profiles.change({"signature": "changed", name: value}, by=alice)

    assert list(refusal.value.message_dict) == [name]
    assert MemberProfile.objects.of(alice).signature == ""


@pytest.mark.parametrize(
    "wanted", [{"starting_tab": "attic"}, {"signature": "x" * 2001}]
)
def test_value_that_makes_no_sense_is_refused(alice, support, wanted):
    with pytest.raises(ValidationError):
        profiles.change(wanted, by=alice)

    assert not MemberProfile.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\n\nAlice  \r\nAlder & Finch\n", "Alice\nAlder & Finch"),
        ("-- \nAlice", "Alice"),
        ("--\n\nAlice", "Alice"),
        ("--", ""),
    ],
)
def test_signature_is_kept_without_blank_ends_and_delimiter(
    alice, support, typed, kept
):
    profiles.change({"signature": typed}, by=alice)

    assert MemberProfile.objects.of(alice).signature == kept


def test_profile_survives_its_default_mailbox(alice, support):
    profiles.change({"signature": "A", "default_mailbox": support}, by=alice)

    Mailbox.objects.all().delete()

    assert MemberProfile.objects.get().default_mailbox is None


def test_profile_goes_with_its_user(alice, support):
    profiles.change({"signature": "A"}, by=alice)

    alice.delete()

    assert not MemberProfile.objects.exists()


def test_only_a_change_of_alerts_begins_them_anew(alice, support):
    profiles.change({"signature": "A"}, by=alice)
    assert MemberProfile.objects.get().alerts_since is None

    profiles.change({"alert_assigned": False}, by=alice)

    assert MemberProfile.objects.get().alerts_since is not None
