"""An administrator finds out what is wrong, and gets to where it is put right."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from selenium.webdriver.common.by import By

from tests.builders import a_mailbox, a_user, an_account, an_email
from tests.end_to_end.browser import log_in, picture
from tests.end_to_end.conftest import until
from wagtail_ecp.inbox.models import IncomingMail, Source
from wagtail_ecp.inbox.receiving import receive

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def trouble(transactional_db):
    """A source that fails and a mail in quarantine, and Alice, who administers."""
    an_account()
    alice = a_user("alice")
    alice.user_permissions.add(Permission.objects.get(codename="administer_ecp"))
    mailbox = a_mailbox()
    receive(an_email(), recipients=[mailbox.address])
    IncomingMail.objects.update(state="quarantined", reason="UnicodeError: …")
    return Source.objects.create(
        mailbox=mailbox,
        name="Our provider",
        host="imap.example.com",
        port=993,
        last_success_at=timezone.now() - timedelta(hours=3),
        last_error="NO [AUTHENTICATIONFAILED] Invalid credentials",
    )


def test_health_leads_from_the_trouble_to_its_cure(trouble, live_server, chromium):
    log_in(chromium, live_server.url, "alice")

    chromium.get(f"{live_server.url}/admin/mail/health/")
    picture(chromium, "health")
    chromium.find_element(By.LINK_TEXT, "Edit the source").click()

    until(lambda: chromium.current_url.endswith(f"/sources/edit/{trouble.pk}/"))


@pytest.fixture
def phone(chromium):
    """The browser as wide as a phone."""
    before = chromium.get_window_size()
    chromium.set_window_size(360, 740)
    yield chromium
    chromium.set_window_size(before["width"], before["height"])


def test_health_fits_a_phone(trouble, live_server, phone):
    log_in(phone, live_server.url, "alice")

    phone.get(f"{live_server.url}/admin/mail/health/")

    width = phone.execute_script("return document.documentElement.scrollWidth")
    assert width <= phone.execute_script("return window.innerWidth")
