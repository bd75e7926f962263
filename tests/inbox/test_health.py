"""Every trouble that rows tell of is found, said in words, and leads somewhere."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.builders import (
    a_mailbox,
    a_user,
    an_account,
    an_email,
    grant,
    receive_and_process,
)
from wagtail_ecp.accounts import installation
from wagtail_ecp.accounts.models import Account, Installation, Letter
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.answers import Answer
from wagtail_ecp.inbox.health import CHECKS
from wagtail_ecp.inbox.models import (
    Conversation,
    IncomingMail,
    Outbox,
    OutgoingServer,
    Source,
)
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.mail.addresses import Address

pytestmark = pytest.mark.django_db

User = get_user_model()


@pytest.fixture(autouse=True)
def _site_with_tls(settings):
    settings.EMAIL_USE_TLS = True


@pytest.fixture
def olga(db):
    owner = a_user("olga")
    an_account(owner)
    return owner


def found():
    account = Account.objects.select_related("installation", "owner").first()
    return [one for check in CHECKS for one in check(account or Account())]


def troubles():
    return [one for one in found() if one.level != "ok"]


def the_trouble():
    [one] = troubles()
    return one


def a_source(mailbox, **columns):
    columns = {"security": "tls", "last_success_at": timezone.now(), **columns}
    return Source.objects.create(
        mailbox=mailbox, name="Ours", host="imap.example.com", port=993, **columns
    )


def an_answer(mailbox, by, **columns):
    """Return the outbox row of an answer, with these columns."""
    receive_and_process(an_email(), to=mailbox.address)
    conversation = Conversation.objects.latest("pk")
    answer = Answer(
        to=[Address("", "vera@customer.example")], subject="Re: parcel", html="<p>Y</p>"
    )
    message = actions.reply(
        conversation, answer, answers=conversation.messages.first(), by=by
    )
    Outbox.objects.filter(message=message).update(**columns)
    return Outbox.objects.get(message=message)


# All is well


def test_nothing_is_wrong_with_a_centre_that_works(olga, alice):
    mailbox = a_mailbox(readers=[alice])
    a_source(mailbox)
    receive_and_process(an_email())

    everything = found()

    assert {one.level for one in everything} == {"ok"}
    assert {one.title for one in everything} == {
        "Account",
        "Account owner",
        "Sources",
        "Outgoing servers",
        "Incoming mail",
        "Outgoing mail",
        "Quarantine",
    }


def test_looking_costs_the_same_however_much_there_is(olga, alice, bob):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            found()
        return len(captured)

    mailbox = a_mailbox(repliers=[alice])
    a_source(mailbox)
    an_answer(mailbox, alice, state=Outbox.State.FAILED, error="550")
    before = cost()

    for number in range(5):
        a_source(mailbox, last_error="refused")
        an_answer(mailbox, alice, state=Outbox.State.FAILED, error=f"55{number}")
        grant(a_user(f"member{number}"), mailbox, "read")
        [row] = receive(an_email(), recipients=[mailbox.address])
        IncomingMail.objects.filter(pk=row.pk).update(state="quarantined")

    assert cost() <= before
    assert before < 30


# The account and its people


def test_no_account_is_an_error_that_leads_to_the_wizard(db):
    [one, *rest] = found()

    assert one.level == "error"
    assert "no account" in one.words
    assert one.url == "/admin/mail/"
    assert {other.level for other in rest} == {"ok"}


def test_pause_is_named_and_silences_what_only_follows_from_it(olga, settings):
    mailbox = a_mailbox()
    a_source(mailbox, last_success_at=timezone.now() - timedelta(days=2))
    receive(an_email(), recipients=[mailbox.address])
    IncomingMail.objects.update(received_at=timezone.now() - timedelta(days=1))
    installation.check()
    Installation.objects.update(pause="is-a-copy", paused_at=timezone.now())

    one = the_trouble()

    assert one.level == "error"
    assert "said that this is a copy" in one.words
    assert one.url == "/admin/mail/pause/"


def test_closed_account_is_no_error_and_only_the_owner_gets_the_button(olga, alice):
    Account.objects.update(closed_at=timezone.now())

    one = the_trouble()

    assert one.level == "warning"
    assert one.may_open(olga)
    assert not one.may_open(alice)


def test_trial_is_said(olga):
    Account.objects.update(receives_only=True)

    assert "nothing is sent" in the_trouble().words


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"is_active": False}, "not active"),
        ({"email": ""}, "no e-mail address"),
        ({"email": "Support+me@example.com"}, "arrives in the mailbox “Support”"),
    ],
)
def test_what_was_done_to_the_owner_elsewhere_is_said(olga, columns, words):
    a_mailbox("support@example.com")
    User.objects.filter(pk=olga.pk).update(**columns)

    one = the_trouble()

    assert one.level == "error"
    assert words in one.words
    assert one.url


def test_owner_without_access_is_said(olga):
    olga.groups.clear()

    assert "no group that lets them into the admin" in the_trouble().words


def test_people_whose_address_is_a_mailbox_are_named(olga, alice, bob, carol):
    User.objects.filter(pk=alice.pk).update(email="SUPPORT@example.com")
    User.objects.filter(pk=bob.pk).update(email="support+bob@example.com")
    a_mailbox("support@example.com")

    one = the_trouble()

    assert one.level == "warning"
    assert "alice, bob" in one.words
    assert "carol" not in one.words


def test_level_that_the_settings_lost_is_said(olga, settings):
    levels = {"free": {"label": "Free"}}
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "SERVICE_LEVELS": levels}
    Account.objects.update(service_level="gold")

    one = the_trouble()

    assert "“gold”" in one.words
    assert "“Free” holds" in one.words


def test_levels_that_make_no_sense_are_said(olga, settings):
    levels = {"free": {"label": "Free", "allows": ["tea"]}}
    settings.WAGTAIL_ECP = {**settings.WAGTAIL_ECP, "SERVICE_LEVELS": levels}

    said = [one.words for one in troubles()]

    assert any("'tea'" in words for words in said)


def test_notices_that_could_not_be_sent_are_said(olga):
    Letter.objects.create(
        user=olga, address=olga.email, subject="x", state="failed", error="550 no"
    )

    one = the_trouble()

    assert olga.email in one.words
    assert one.details == "550 no"


# Mail


def test_source_that_fails_says_since_when_and_why(olga):
    since = timezone.now() - timedelta(hours=3)
    source = a_source(
        a_mailbox(), last_success_at=since, last_error="NO [AUTHENTICATIONFAILED]"
    )

    one = the_trouble()

    assert one.level == "error"
    assert one.since == since
    assert one.details == "NO [AUTHENTICATIONFAILED]"
    assert one.url == f"/admin/mail/sources/edit/{source.pk}/"


def test_source_that_nobody_visits_is_a_warning(olga):
    a_source(a_mailbox(), last_success_at=timezone.now() - timedelta(hours=2))

    assert the_trouble().level == "warning"


def test_inactive_sources_are_nobodys_trouble(olga):
    a_source(a_mailbox(), is_active=False, last_error="refused")

    assert troubles() == []


def test_what_stops_for_want_of_encryption_is_said_once(olga, settings):
    settings.EMAIL_USE_TLS = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "smtp.example.com"
    a_source(a_mailbox(), security="none", last_error="stopped")

    by_title = {one.title: one for one in troubles()}

    assert sorted(by_title) == ["support@example.com", "the site's e-mail settings"]
    assert "has to be encrypted" in by_title["support@example.com"].words
    assert by_title["support@example.com"].url.startswith("/admin/mail/sources/edit/")

    Account.objects.update(use_ssl=False)
    assert [one.details for one in troubles()] == ["stopped"]


def test_server_that_takes_nothing_is_said_in_its_own_words(olga, alice):
    server = OutgoingServer.objects.create(name="Relay", host="smtp.example", port=465)
    mailbox = a_mailbox(repliers=[alice])
    mailbox.outgoing_server = server
    mailbox.save()
    an_answer(mailbox, alice, error="421 too busy")

    one = the_trouble()

    assert one.level == "warning"
    assert "Relay" in one.title
    assert one.details == "421 too busy"
    assert one.url == f"/admin/mail/outgoing-servers/edit/{server.pk}/"


@pytest.mark.parametrize(("minutes", "level"), [(6, "warning"), (40, "error")])
def test_mail_that_waits_for_a_worker_is_said(olga, minutes, level):
    receive(an_email(), recipients=[a_mailbox().address])
    since = timezone.now() - timedelta(minutes=minutes)
    IncomingMail.objects.update(received_at=since)

    one = the_trouble()

    assert (one.title, one.level, one.since) == ("Incoming mail", level, since)


def test_answer_that_waits_for_a_worker_is_said(olga, alice):
    mailbox = a_mailbox(repliers=[alice])
    an_answer(mailbox, alice, next_try_at=Now() - timedelta(minutes=6))

    assert the_trouble().title == "Outgoing mail"


def test_quarantine_names_its_causes_and_quotes_nothing(olga):
    rows = receive(an_email(), recipients=[a_mailbox().address])
    rows += receive(an_email("Another"), recipients=["support@example.com"])
    IncomingMail.objects.update(
        state="quarantined", reason="Traceback …\nValueError: Dear Sir"
    )

    one = the_trouble()

    assert one.level == "error"
    assert "2 x ValueError" in one.words
    assert "Dear Sir" not in one.words + one.details
    assert one.url == "/admin/mail/incoming/"


def test_answers_that_only_a_person_can_move_on_are_for_their_members(
    olga, alice, carol
):
    mailbox = a_mailbox(repliers=[alice])
    an_answer(mailbox, alice, state=Outbox.State.FAILED, error="550 vera is unknown")
    an_answer(mailbox, alice, state=Outbox.State.UNKNOWN)

    one = the_trouble()

    assert one.level == "error"
    assert "1 x failed, 1 x unknown" in one.words
    assert one.details == "550 vera is unknown"
    assert one.may_open(alice)
    assert not one.may_open(carol)
