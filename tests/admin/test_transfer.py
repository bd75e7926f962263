"""Handing the account over: who may, what it asks, and what it ends."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.builders import a_mailbox, a_user, an_account
from wagtail_ecp.accounts import actions, logins
from wagtail_ecp.accounts.models import Account, Letter
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db


def transfer_url():
    return reverse("wagtail_ecp:transfer")


def billing_url():
    return reverse("wagtail_ecp:billing")


@pytest.fixture
def olga(client):
    owner = a_user("olga")
    an_account(owner)
    client.force_login(owner)
    return owner


@pytest.fixture
def nora(olga):
    member = a_user("nora")
    a_mailbox(readers=[member, olga])
    return member


def owner():
    return Account.objects.get().owner


def confirm(client, to, password="pw"):  # noqa: S107
    return client.post(transfer_url(), {"to": to.pk, "password": password})


def test_the_billing_screen_names_the_owner_and_offers_the_other_members(
    client, olga, nora
):
    a_user("outsider")

    page = client.get(billing_url()).content.decode()

    assert "You (olga)" in page
    assert f'<option value="{nora.pk}">nora</option>' in page
    assert "outsider" not in page


def test_the_confirmation_says_what_is_lost_and_leads_back(client, olga, nora):
    page = client.get(transfer_url(), {"to": nora.pk}).content.decode()

    assert "You will be logged out" in page
    assert "You lose the account options" in page
    assert f'href="{billing_url()}"' in page
    assert owner() == olga


def test_on_confirmation_the_owner_changes_and_the_old_one_is_logged_out(
    client, olga, nora
):
    response = confirm(client, nora)

    assert owner() == nora
    assert response.url == reverse("wagtailadmin_login")
    assert "_auth_user_id" not in client.session


def test_a_fresh_login_is_not_enough_without_the_password(client, olga, nora):
    response = confirm(client, nora, password="")

    assert "Give your password" in response.content.decode()
    assert owner() == olga


def test_a_wrong_password_changes_nothing(client, olga, nora):
    response = confirm(client, nora, password="wrong")

    assert "That is not your password" in response.content.decode()
    assert owner() == olga


@pytest.mark.parametrize(
    "engine",
    [
        "django.contrib.sessions.backends.db",
        "django.contrib.sessions.backends.signed_cookies",
        "django.contrib.sessions.backends.file",
    ],
)
def test_every_session_of_the_old_owner_ends_wherever_sessions_are_kept(
    client, olga, nora, settings, engine, tmp_path
):
    settings.SESSION_ENGINE = engine
    settings.SESSION_FILE_PATH = str(tmp_path)
    elsewhere, here = Client(), Client()
    for session in (elsewhere, here):
        session.force_login(olga)

    confirm(here, nora)

    response = elsewhere.get("/admin/")
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


def test_the_old_owner_keeps_password_and_mailboxes(client, olga, nora):
    confirm(client, nora)

    assert client.login(username="olga", password="pw")
    mailbox = olga.groups.get(mailbox_permissions__isnull=False)
    assert mailbox is not None
    assert client.get("/admin/").status_code == 200


def test_the_new_owner_gets_the_options_and_keeps_their_password(client, olga, nora):
    before = nora.password

    confirm(client, nora)

    nora.refresh_from_db()
    assert nora.password == before
    client.force_login(nora)
    assert client.get(reverse("wagtail_ecp:account_options")).status_code == 200
    client.force_login(get_user_model().objects.get(pk=olga.pk))
    refused = client.get(reverse("wagtail_ecp:account_options"))
    assert refused.url == reverse("wagtailadmin_home")


def test_both_are_told_by_mail(client, olga, nora):
    confirm(client, nora)

    letters = {letter.address: letter for letter in Letter.objects.all()}
    assert set(letters) == {"olga@staff.example", "nora@staff.example"}
    assert "handed over to you by olga" in letters["nora@staff.example"].text
    assert "belongs to nora now" in letters["olga@staff.example"].text


def test_the_transfer_is_in_the_journal_and_in_the_audit_log(client, olga, nora):
    confirm(client, nora)

    action = Action.objects.get(kind=Action.Kind.OWNER_CHANGED, user=olga)
    assert action.data == {"owner": ["olga", "nora"]}
    client.force_login(a_user("root", is_superuser=True))
    report = client.get(reverse("wagtailadmin_reports:site_history"))
    assert "Changed the account owner" in report.content.decode()


@pytest.mark.parametrize("name", ["administrator", "superuser", "member"])
def test_nobody_but_the_owner_reaches_or_forges_any_step(client, olga, nora, name):
    user = nora if name == "member" else a_user(name, is_superuser=name == "superuser")
    client.force_login(user)

    looked = client.get(transfer_url(), {"to": user.pk})
    forged = client.post(transfer_url(), {"to": user.pk, "password": "pw"})

    assert looked.url == forged.url == reverse("wagtailadmin_home")
    assert owner() == olga
    attempt = Action.objects.get(kind=Action.Kind.ATTEMPT_REFUSED)
    assert (attempt.user, attempt.data) == (user, {"attempt": "transfer of ownership"})


@pytest.mark.parametrize("way", ["inactive", "without admin access", "oneself", "gone"])
def test_a_transfer_to_somebody_who_cannot_own_it_is_refused_with_words(
    client, olga, nora, way
):
    key = nora.pk
    if way == "inactive":
        nora.is_active = False
        nora.save()
    elif way == "without admin access":
        nora.groups.remove(nora.groups.get(name="Admin access"))
    elif way == "oneself":
        key = olga.pk
    else:
        key = 987654

    response = client.post(transfer_url(), {"to": key, "password": "pw"}, follow=True)

    assert "can own the account" in response.content.decode()
    assert owner() == olga


def test_somebody_whose_own_address_is_a_mailbox_cannot_become_owner(
    client, olga, nora
):
    get_user_model().objects.filter(pk=nora.pk).update(email="support+n@example.com")

    response = client.post(
        transfer_url(), {"to": nora.pk, "password": "pw"}, follow=True
    )

    assert "would read the password reset" in response.content.decode()
    assert owner() == olga


def test_who_has_no_password_here_hands_over_after_a_fresh_login(client, olga, nora):
    olga.set_unusable_password()
    olga.save()
    client.force_login(olga)
    elsewhere = Client()
    elsewhere.force_login(olga)

    client.post(transfer_url(), {"to": nora.pk})

    assert owner() == nora
    assert elsewhere.get("/admin/").status_code == 302


def test_who_has_no_password_and_an_old_login_must_log_in_again(client, olga, nora):
    olga.set_unusable_password()
    olga.save()
    client.force_login(olga)
    session = client.session
    session[logins.LOGGED_IN_AT] -= logins.FRESH
    session.save()

    response = client.post(transfer_url(), {"to": nora.pk})

    assert "Log in again" in response.content.decode()
    assert owner() == olga


def test_a_second_confirmation_is_told_that_the_account_is_no_longer_theirs(
    client, olga, nora
):
    actions.transfer(to=nora, by=olga, password="pw")

    with pytest.raises(PermissionDenied, match="no longer yours"):
        actions.transfer(to=a_member("mia"), by=olga, password="pw")

    assert owner() == nora


def a_member(name):
    user = a_user(name)
    a_mailbox(f"{name}@example.com", readers=[user])
    return user


@pytest.mark.django_db(transaction=True)
def test_of_two_confirmations_at_once_one_wins_and_the_other_is_told():
    olga = a_user("olga")
    an_account(olga)
    people = [a_member("nora"), a_member("mia")]
    start, outcomes = threading.Barrier(2), []

    def hand_over(to):
        start.wait()
        try:
            actions.transfer(to=to, by=olga, password="pw")
            outcomes.append(to)
        except PermissionDenied as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_over, args=[to]) for to in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    winner = owner()
    assert winner in people
    assert sorted(map(str, outcomes)) == sorted(
        [str(winner), "The account is no longer yours; nothing changed."]
    )
    assert Letter.objects.count() == 2


def test_the_action_itself_refuses_a_wrong_password(olga, nora):
    with pytest.raises(ValidationError):
        actions.transfer(to=nora, by=olga, password="wrong")

    assert owner() == olga


def test_the_way_back_in_for_a_shell_is_logged_like_a_transfer(olga, nora):
    actions.set_owner(nora)

    action = Action.objects.filter(kind=Action.Kind.OWNER_CHANGED).latest("pk")
    assert (action.user, action.data) == (None, {"owner": ["olga", "nora"]})
    assert Letter.objects.count() == 2
