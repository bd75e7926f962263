"""What a shell, LDAP or a reset link does to the owner's log-in is noticed."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from tests.builders import a_user, an_account
from wagtail_ecp.accounts import actions, owner_watch
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.jobs import health
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    owner = a_user("olga")
    owner.first_name, owner.last_name = "Olga", "Owen"  # Wagtail's form asks for them.
    owner.save()
    an_account(owner)
    return owner


def look():
    owner_watch.look(last_round=timezone.now() - timedelta(minutes=1))


def noticed():
    return [action.data["changed"] for action in owner_watch.latest()]


def test_nothing_is_noticed_while_nothing_changes(olga):
    look()

    assert noticed() == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"password": "md5$a$b"}, "password"),
        ({"email": "other@staff.example"}, "address"),
        ({"is_active": False}, "active"),
    ],
)
def test_a_change_in_the_database_is_noticed_once_and_told_in_health(
    olga, change, what
):
    get_user_model().objects.filter(pk=olga.pk).update(**change)

    look()
    look()

    assert noticed() == [[what]]
    told = [finding.words for finding in health.findings()]
    name = str(owner_watch.NAMES[what])
    assert any(f"Changed outside of the admin: {name}" in words for words in told)


def test_what_the_owner_does_in_the_account_page_is_not_told(client, olga):
    client.force_login(olga)
    page = {
        "name_email-first_name": "Olga",
        "name_email-last_name": "Owen",
        "name_email-email": "new@staff.example",
        "locale-preferred_language": "",
        "locale-current_time_zone": "",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
    }
    response = client.post(reverse("wagtailadmin_account"), page)
    assert response.status_code == 302

    look()

    assert Account.objects.get().owner_state["address"] == "new@staff.example"
    assert noticed() == []


def test_a_new_owner_is_known_from_the_beginning(olga):
    actions.set_owner(a_user("nora"))

    look()

    assert noticed() == []


def test_the_owner_sees_it_in_the_history_of_the_options(client, olga):
    get_user_model().objects.filter(pk=olga.pk).update(email="other@staff.example")
    look()
    client.force_login(olga)

    page = client.get(reverse("wagtail_ecp:account_options")).content.decode()

    assert "changed outside of the admin: the owner&#x27;s e-mail address" in page


def test_before_there_is_an_account_there_is_nothing_to_look_at(db):
    look()

    assert not Action.objects.exists()
