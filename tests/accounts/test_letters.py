"""Notices to our own people: written first, sent as the account's options demand."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.users.models import UserProfile

from tests.builders import a_user, an_account
from tests.transport.smtp_servers import Keeper, running, scripted
from wagtail_ecp.accounts import actions, letters
from wagtail_ecp.accounts.models import Account, Letter
from wagtail_ecp.exceptions import TransportPausedError

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(settings):
    """What the new owner is told, and an account that sends without encryption."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    an_account()
    Account.objects.update(use_ssl=False)
    actions.set_owner(a_user("nora"))
    return Letter.objects.get(address="nora@staff.example")


def test_a_letter_arrives_as_text_and_html_and_counts_as_sent(letter, settings):
    keeper = Keeper()
    with running(keeper) as settings.EMAIL_PORT:
        letters.send(letter.pk)

    letter.refresh_from_db()
    (raw,) = keeper.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert letter.state == Letter.State.SENT
    assert mail["To"] == "nora@staff.example"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "handed over to you by olga" in mail.get_body(("plain",)).get_content()
    assert "<p>" in mail.get_body(("html",)).get_content()


def test_a_sent_letter_is_not_sent_again(letter, settings):
    keeper = Keeper()
    with running(keeper) as settings.EMAIL_PORT:
        letters.send(letter.pk)
        letters.send(letter.pk)

    assert len(keeper.mails) == 1


def test_a_server_that_is_down_means_later(letter, settings):
    settings.EMAIL_PORT = 1

    letters.send(letter.pk)

    letter.refresh_from_db()
    assert letter.state == Letter.State.QUEUED
    assert letter.next_try_at > timezone.now() + timedelta(minutes=9)
    assert "can't be reached" in letter.error


def test_a_server_that_refuses_for_good_means_failed(letter, settings):
    answers = (b"250 hi\r\n", b"250 ok\r\n", b"550 no such user\r\n", b"221 bye\r\n")
    with scripted(*answers) as port:
        settings.EMAIL_PORT = port
        letters.send(letter.pk)

    letter.refresh_from_db()
    assert letter.state == Letter.State.FAILED
    assert "no such user" in letter.error


def test_while_ssl_is_demanded_no_letter_leaves_in_the_clear(letter, settings):
    Account.objects.update(use_ssl=True)
    keeper = Keeper()
    with running(keeper) as settings.EMAIL_PORT:
        letters.send(letter.pk)

    letter.refresh_from_db()
    assert keeper.mails == []
    assert letter.state == Letter.State.QUEUED
    assert "without encryption" in letter.error


def test_a_closed_account_sends_no_letters(letter):
    Account.objects.update(closed_at=timezone.now())

    with pytest.raises(TransportPausedError):
        letters.send(letter.pk)


def test_a_letter_is_in_its_readers_language_and_zone(db, monkeypatch):
    nora = a_user("nora")
    profile = UserProfile.get_for_user(nora)
    profile.preferred_language, profile.current_time_zone = "de", "Asia/Tokyo"
    profile.save()
    heard = set()

    def render(_template, _context):
        heard.add((get_language(), timezone.get_current_timezone_name()))
        return "words"

    monkeypatch.setattr(letters, "render_to_string", render)

    letters.write_to([nora], template="owner_is", context={})

    assert heard == {("de", "Asia/Tokyo")}


def test_whoever_has_no_address_gets_no_letter(db):
    an_account()
    nora = a_user("nora")
    nora.email = ""
    nora.save()

    actions.set_owner(nora)

    assert not Letter.objects.filter(user=nora).exists()
