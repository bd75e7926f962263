"""From the customer's mail program to the member's browser and back, nothing faked."""

import smtplib
from email import message_from_bytes, policy

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.builders import SUPPORT, a_mailbox, a_user, an_email
from tests.end_to_end.browser import log_in, press
from tests.end_to_end.conftest import until
from tests.transport.smtp_servers import HOST, Keeper, running
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import Message, Outbox

pytestmark = [pytest.mark.redis, pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def outside():
    """The customer's own mail server; returns what arrives there and its port."""
    keeper = Keeper()
    with running(keeper) as port:
        yield keeper, port


def write_to_us(port, raw):
    with smtplib.SMTP(HOST, port) as smtp:
        smtp.sendmail("vera@customer.example", [SUPPORT], raw)


def answer(browser, text):
    editor = until(lambda: browser.find_elements(By.CSS_SELECTOR, "[role=textbox]"))[0]
    press(browser, editor)
    # Sending at once, before Wagtail's editor has put the last words into the form.
    editor.send_keys(text)
    send = browser.find_element(By.XPATH, "//button[normalize-space()='Send']")
    send.send_keys(Keys.ENTER)
    until(lambda: "on its way" in browser.page_source)


def test_a_mail_is_answered_in_the_admin_and_the_answer_arrives_threaded(
    listener, rq_worker, live_server, chromium, outside
):
    keeper, port = outside
    a_mailbox(repliers=[a_user("alice")])
    Account.objects.update(use_ssl=False)  # The servers of this test have no TLS.
    rq_worker("ecp-in")
    rq_worker("ecp-out", "--with-scheduler", ECP_TEST_SMTP_PORT=str(port))

    write_to_us(listener, an_email("Where is my parcel?", message_id="first@customer"))
    until(Message.objects.exists)
    log_in(chromium, live_server.url, "alice")
    chromium.get(f"{live_server.url}/admin/mail/")
    link = chromium.find_element(By.PARTIAL_LINK_TEXT, "Where is my parcel?")
    chromium.get(link.get_attribute("href"))
    assert "Hello,\nwhere is it?" in chromium.find_element(By.TAG_NAME, "main").text
    answer(chromium, "It left our workshop yesterday.")
    until(lambda: keeper.mails)

    mail = message_from_bytes(keeper.mails[0], policy=policy.default)
    assert keeper.recipients == ["vera@customer.example"]
    assert mail["In-Reply-To"] == "<first@customer>"
    assert mail["References"] == "<first@customer>"
    assert mail["Subject"] == "Re: Where is my parcel?"
    assert mail["Auto-Submitted"] is None
    text = mail.get_body(["plain"]).get_content()
    assert "It left our workshop yesterday." in text
    until(lambda: Outbox.objects.filter(state=Outbox.State.SENT).exists())

    # The customer's mail program answers, citing nothing but our own id.
    own_id = mail["Message-ID"].strip("<>")
    write_to_us(
        listener, an_email("Re: Where is my parcel?", "Thanks!", cites=[own_id])
    )
    until(lambda: Message.objects.count() == 3)
    assert Message.objects.values("conversation").distinct().count() == 1
    chromium.refresh()
    until(lambda: "Thanks!" in chromium.find_element(By.TAG_NAME, "main").text)
