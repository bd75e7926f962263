"""The demo's mail as a member sees it; with ECP_SCREENSHOTS set, pictures for the docs."""

import pytest
from django.utils import timezone
from selenium.webdriver.common.by import By

from sandbox.demo import teamwork
from sandbox.demo.mails import demo_mails
from sandbox.home.people import PEOPLE
from tests.builders import a_mailbox, a_user, inbox_of
from tests.end_to_end.browser import find, log_in, picture, scroll_to
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def busy_mailbox(transactional_db):
    """support@ as the sandbox's member sees it: full of mail, some of it worked on."""
    people = {name: a_user(name) for name in ("member", "colleague", "administrator")}
    for name, user in people.items():
        user.first_name, user.last_name = PEOPLE[name]
        user.save()
    mailbox = a_mailbox("support@sandbox.test", repliers=people.values())
    for mail in demo_mails(timezone.now()):
        if mailbox.address in mail.recipients:
            receive(mail.content, recipients=[mailbox.address])
    while process_batch():
        pass
    teamwork.do()
    for conversation in inbox_of(mailbox)[12::2]:
        actions.mark_read(conversation, by=people["member"])
    return mailbox


def test_the_inbox_shows_what_the_demo_sent(busy_mailbox, live_server, chromium):
    log_in(chromium, live_server.url, "member")

    chromium.get(f"{live_server.url}/admin/mail/{busy_mailbox.pk}/inbox/")

    rows = chromium.find_elements(By.CSS_SELECTOR, ".ecp-list tbody tr")
    assert len(rows) == 50
    assert chromium.find_elements(By.CSS_SELECTOR, ".ecp-list .ecp-unread")
    assert chromium.find_elements(By.CSS_SELECTOR, ".ecp-list .ecp-tag")
    picture(chromium, "inbox")


def test_a_conversation_shows_files_notes_and_a_draft(
    busy_mailbox, live_server, chromium
):
    conversation = Conversation.objects.get(
        subject="Notebook arrived with a bent corner", merged_into=None
    )
    log_in(chromium, live_server.url, "member")

    chromium.get(f"{live_server.url}/admin/mail/conversations/{conversation.pk}/")

    shown = find(chromium, "main").text
    assert "Two rolls came today" in shown
    assert "bent-corner.jpg" in shown
    assert "A new notebook leaves the house" in find(chromium, "[role=textbox]").text
    scroll_to(chromium, find(chromium, ".ecp-note"))
    picture(chromium, "conversation")
