"""The pause of all transport, and who lifts it."""

import pytest
from django.urls import reverse

from tests.builders import a_mailbox
from wagtail_ecp.accounts import installation
from wagtail_ecp.accounts.models import Installation

pytestmark = pytest.mark.django_db

URL = "/admin/mail/pause/"


@pytest.fixture
def copied(settings):
    """Make this look like a copy of the site under another address."""
    installation.check()
    settings.WAGTAILADMIN_BASE_URL = "http://staging.example"
    assert installation.check().pause == Installation.Pause.OTHER_SITE


@pytest.fixture
def pages(alice):
    mailbox = a_mailbox(readers=[alice])
    return ["/admin/", reverse("wagtail_ecp:folder", args=[mailbox.pk, "inbox"])]


def test_pause_is_said_on_the_home_page_and_on_every_mail_page(
    browse, alice, pages, copied
):
    get = browse(alice)

    for page in pages:
        banner = get(page).select_one(".help-critical")
        assert "All mail is paused" in banner.text
        assert "the site has another address than before" in banner.text
        assert banner.a["href"] == URL


def test_nothing_is_said_while_mail_moves(browse, alice, pages):
    installation.check()
    get = browse(alice)

    for page in pages:
        assert get(page).select(".help-critical") == []


def test_home_page_says_nothing_to_whom_mail_does_not_concern(
    browse, carol, pages, copied
):
    assert "All mail is paused" not in browse(carol)("/admin/").text


def test_reader_is_told_who_decides(browse, alice, pages, copied):
    soup = browse(alice)(URL)

    assert "An administrator of the e-mail centre can decide" in soup.text
    assert soup.select(".ecp-choices") == []


def test_administrator_makes_it_the_live_installation(
    client, browse, admin_user, pages, copied
):
    choices = browse(admin_user)(URL).select(".ecp-choices button")
    assert [choice["value"] for choice in choices] == ["live", "copy"]

    client.post(URL, {"this_is": "live"})

    assert installation.check().pause == ""


def test_administrator_declares_it_a_copy(client, admin_user, pages, copied):
    client.force_login(admin_user)

    client.post(URL, {"this_is": "copy"})

    assert installation.check().pause == Installation.Pause.IS_A_COPY


def test_reader_lifts_nothing(client, alice, pages, copied):
    client.force_login(alice)

    response = client.post(URL, {"this_is": "live"})

    assert response.status_code == 403
    assert installation.check().pause == Installation.Pause.OTHER_SITE


def test_there_is_no_third_choice(client, admin_user, pages, copied):
    client.force_login(admin_user)

    assert client.post(URL, {"this_is": "both"}).status_code == 400
    assert installation.check().pause == Installation.Pause.OTHER_SITE


def test_page_says_so_when_nothing_is_paused(browse, alice, pages):
    assert "Mail is not paused" in browse(alice)(URL).text
