"""Two members at one conversation, each in a browser of their own."""

import shutil

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from tests.end_to_end.browser import find, log_in, main_text, picture, press, violations
from tests.end_to_end.conftest import until
from tests.servers import CHROMIUM_FLAGS
from wagtail_ecp.inbox.models import Conversation, Message, Presence

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def second(chromium, tmp_path):
    """Another browser, of somebody else."""
    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in CHROMIUM_FLAGS:
        options.add_argument(flag)
    options.add_argument(f"--user-data-dir={tmp_path / 'second'}")
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture
def conversation(transactional_db):
    a_mailbox(repliers=[a_user("ann"), a_user("bo")])
    receive_and_process(an_email(message_id="first@customer.example"))
    return Conversation.objects.get()


def present(browser):
    shown = browser.find_elements(By.CSS_SELECTOR, ".ecp-present")
    return shown[0].text if shown else ""


def test_two_members_see_each_other_and_no_answer_leaves_unseen(
    conversation, live_server, chromium, second
):
    url = f"{live_server.url}/admin/mail/conversations/{conversation.pk}/"
    for browser, name in ((chromium, "ann"), (second, "bo")):
        log_in(browser, live_server.url, name)
        browser.get(url)

    find(second, "#ecp-write [role=textbox]").send_keys("It is on its way.")
    until(lambda: "bo is replying" in present(chromium))
    assert "ann" in present(second)
    picture(chromium, "presence")

    receive_and_process(
        an_email("Re: parcel", "It is here now.", cites=["first@customer.example"])
    )
    press(second, find(second, "#ecp-write .ecp-send button[value=send]"))
    until(lambda: "Nothing has been sent yet" in main_text(second))
    assert not Message.objects.filter(direction="out").exists()
    assert "It is on its way." in find(second, "#ecp-write [role=textbox]").text

    second.get("about:blank")
    until(lambda: not Presence.objects.filter(user__username="bo").exists())
    until(lambda: "bo" not in present(chromium))
    assert violations(chromium) == []
