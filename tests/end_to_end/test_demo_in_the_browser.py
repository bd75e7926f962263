"""The demo's mail as a member sees it; with ECP_SCREENSHOTS set, pictures for the docs."""

import pytest
from django.utils import timezone
from selenium.webdriver.common.by import By

from sandbox.demo.mails import demo_mails
from tests.builders import a_mailbox, a_user, inbox_of
from tests.end_to_end.browser import log_in, picture
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.answers import Answer, reply_subject
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.processing import process_batch
from wagtail_ecp.inbox.receiving import receive
from wagtail_ecp.inbox.recipients import reply_address

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def busy_mailbox(transactional_db):
    """support@, full of the demo's mail, some of it read, assigned and answered."""
    ann = a_user("ann")
    ann.first_name, ann.last_name = "Ann", "Finch"
    ann.save()
    mailbox = a_mailbox("support@sandbox.test", repliers=[ann])
    for mail in demo_mails(timezone.now()):
        if mailbox.address in mail.recipients:
            receive(mail.content, recipients=[mailbox.address])
    while process_batch():
        pass
    conversations = inbox_of(mailbox)
    for conversation in conversations[::3]:
        actions.mark_read(conversation, by=ann)
    for conversation in conversations[::4]:
        actions.assign(conversation, to=ann, by=ann)
    return mailbox


def test_the_inbox_shows_what_the_demo_sent(busy_mailbox, live_server, chromium):
    log_in(chromium, live_server.url, "ann")

    chromium.get(f"{live_server.url}/admin/mail/{busy_mailbox.pk}/inbox/")

    rows = chromium.find_elements(By.CSS_SELECTOR, ".ecp-list tbody tr")
    assert len(rows) == 50
    assert chromium.find_elements(By.CSS_SELECTOR, ".ecp-list .ecp-unread")
    picture(chromium, "inbox")


def test_a_conversation_shows_question_and_answer(busy_mailbox, live_server, chromium):
    ann = busy_mailbox.group_permissions.get().group.user_set.get()
    conversation = Conversation.objects.filter(message_count=3).latest("pk")
    question = conversation.messages.filter(direction="in").latest("at")
    actions.reply(
        conversation,
        Answer(
            to=[reply_address(question)],
            subject=reply_subject(question.subject),
            html="<p>Thank you. We have just put it on the press for you again.</p>",
        ),
        answers=question,
        by=ann,
    )
    log_in(chromium, live_server.url, "ann")

    chromium.get(f"{live_server.url}/admin/mail/conversations/{conversation.pk}/")

    shown = chromium.find_element(By.TAG_NAME, "main").text
    assert question.sender_address in shown
    frame = chromium.find_elements(By.TAG_NAME, "iframe")[-1]
    chromium.execute_script("arguments[0].scrollIntoView({block: 'end'})", frame)
    picture(chromium, "conversation")
    chromium.switch_to.frame(frame)
    assert "on the press for you again" in chromium.page_source
