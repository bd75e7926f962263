"""The owner's page for taking everything along."""

import io
import zipfile

import pytest
from bs4 import BeautifulSoup
from django.db.models.functions import Now
from django.urls import reverse

from tests.admin.queries import queries_of
from tests.builders import a_mailbox, a_user, an_account, an_email, receive_and_process
from wagtail_ecp.accounts import logins
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import exports
from wagtail_ecp.inbox.models import Export
from wagtail_ecp.journal.models import Action

pytestmark = pytest.mark.django_db

State = Export.State


def url(name="export_data", *args):
    return reverse(f"wagtail_ecp:{name}", args=args)


@pytest.fixture
def owner(client):
    """The owner, logged in just now."""
    owner = an_account().owner
    client.login(username=owner.username, password="pw")
    return owner


@pytest.fixture
def ready(owner):
    a_mailbox(repliers=[owner])
    receive_and_process(an_email("Kept"))
    export = exports.ask(by=owner)
    exports.work(export.pk, seconds=60)
    export.refresh_from_db()
    return export


@pytest.fixture
def long_ago(client, owner):
    """Let the log-in be older than a quarter of an hour."""
    session = client.session
    session[logins.LOGGED_IN_AT] -= logins.FRESH + 1
    session.save()


def soup_of(response):
    return BeautifulSoup(response.content, "html.parser")


def test_page_offers_one_thing_while_there_is_nothing(client, owner):
    soup = soup_of(client.get(url()))

    assert [button.text for button in soup.select("main form button")] == [
        "Export all data"
    ]
    assert soup.select_one("main progress") is None


def test_button_begins_an_export_and_the_page_shows_how_far_it_is(client, owner):
    response = client.post(url(), follow=True)

    export = Export.objects.get()
    soup = soup_of(response)
    assert (export.state, export.asked_by) == (State.RUNNING, owner)
    assert soup.select_one("progress")["value"] == "0"
    assert "as soon as a worker is free" in soup.text
    [cancel] = soup.select("main form button")
    assert cancel["formaction"] == url("export_cancel", export.pk)


def test_progress_alone_is_what_the_page_shows(client, owner):
    client.post(url())
    Export.objects.update(done=30, total=120, size=1024)

    soup = soup_of(client.get(url("export_progress")))

    assert soup.select_one("progress")["value"] == "25"
    assert "25 %: 30 mails and rows, 1.0\xa0KB so far." in soup.text
    assert soup.find("html") is None


def test_finished_export_is_listed_with_size_and_date(client, ready):
    text = soup_of(client.get(url())).text

    assert ready.file_name in text
    assert "kept until" in text


def test_owner_downloads_a_file_that_no_cache_keeps(client, ready):
    response = client.post(url("export_download", ready.pk))

    data = b"".join(response)
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    assert response["Content-Length"] == str(len(data))
    assert response["Content-Type"] == "application/zip"
    assert (
        response["Content-Disposition"] == f'attachment; filename="{ready.file_name}"'
    )
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_old_log_in_cancels_nothing_without_the_password(client, ready, long_ago):
    cancel = url("export_cancel", ready.pk)

    refused = client.post(cancel)

    assert "Give your password" in refused.content.decode()
    assert Export.objects.get().state == State.READY
    assert client.post(cancel, {"password": "pw"}).status_code == 302
    assert Export.objects.get().state == State.CANCELLED


@pytest.mark.parametrize("name", ["export_data", "export_download"])
def test_old_log_in_asks_for_the_password(client, ready, long_ago, name):
    args = [ready.pk] if name == "export_download" else []
    assert soup_of(client.get(url())).select_one("[name=password]")

    refused = client.post(url(name, *args), {"password": ""})

    assert refused.status_code == 200
    assert "Give your password" in refused.content.decode()
    assert Export.objects.count() == 1

    wrong = client.post(url(name, *args), {"password": "wrong"})
    assert "That is not your password" in wrong.content.decode()

    right = client.post(url(name, *args), {"password": "pw"})
    is_file = right.headers.get("Content-Type") == "application/zip"
    assert is_file or Export.objects.count() == 2


def test_fifth_wrong_password_ends_the_session(client, ready, long_ago):
    for _try in range(4):
        client.post(url(), {"password": "wrong"})

    response = client.post(url(), {"password": "wrong"})

    assert response.url == reverse("wagtailadmin_login")
    assert Export.objects.count() == 1


def test_export_is_cancelled(client, owner):
    client.post(url())
    export = Export.objects.get()

    response = client.post(url("export_cancel", export.pk), follow=True)

    assert "The export is cancelled." in response.content.decode()
    assert Export.objects.get().state == State.CANCELLED
    assert soup_of(response).select_one("progress") is None


def test_ready_file_is_deleted(client, ready):
    response = client.post(url("export_cancel", ready.pk), follow=True)

    assert "The file is deleted." in response.content.decode()
    assert client.post(url("export_download", ready.pk)).url == url()


def test_expired_export_is_gone(client, ready):
    Export.objects.update(expires_at=Now())

    assert ready.file_name not in client.get(url()).content.decode()
    assert client.post(url("export_download", ready.pk)).url == url()


def test_failed_export_says_why(client, owner):
    client.post(url())
    Export.objects.update(state=State.FAILED, error="No space left on device")

    soup = soup_of(client.get(url()))

    assert "No space left on device" in soup.text
    assert soup.find("button", string="Export all data")


@pytest.mark.parametrize("is_superuser", [True, False])
def test_forged_posts_change_nothing_and_are_written_down(client, ready, is_superuser):
    person = a_user("mallory", is_superuser=is_superuser)
    client.force_login(person)
    home = reverse("wagtailadmin_home")

    for name, args in (
        ("export_data", []),
        ("export_download", [ready.pk]),
        ("export_cancel", [ready.pk]),
    ):
        assert client.post(url(name, *args), {"password": "pw"}).url == home

    assert Export.objects.get().state == State.READY
    attempts = Action.objects.filter(kind=Action.Kind.ATTEMPT_REFUSED, user=person)
    assert attempts.count() == 3


def test_who_asked_for_it_and_is_no_longer_the_owner_gets_nothing(client, owner, ready):
    Account.objects.update(owner=a_user("next"))

    response = client.post(url("export_download", ready.pk))

    assert response.url == reverse("wagtailadmin_home")


def test_download_cannot_be_linked_to(client, ready):
    assert client.get(url("export_download", ready.pk)).status_code == 405


def test_page_costs_the_same_with_many_exports(client, ready, owner):
    few = len(queries_of(client, url()))
    for _number in range(15):
        export = exports.ask(by=owner)
        exports.work(export.pk, seconds=60)

    assert len(queries_of(client, url())) == few


def test_page_has_no_inline_script_or_style(client, ready):
    main = soup_of(client.get(url())).select_one("main")

    assert main.select("[style], style, script:not([src])") == []
