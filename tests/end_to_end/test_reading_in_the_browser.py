"""Reading a long conversation by keyboard, and whether everybody can."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.builders import (
    a_mailbox,
    a_note,
    a_thread,
    a_user,
    an_email,
    receive_and_process,
)
from tests.end_to_end.axe import barriers
from tests.end_to_end.browser import find, log_in, picture, press, violations
from tests.end_to_end.conftest import until
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Conversation

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def ann(transactional_db):
    ann = a_user("ann")
    a_mailbox(repliers=[ann])
    return ann


@pytest.fixture
def conversation(ann):
    """A conversation that the team has read, with a note."""
    conversation = a_thread(12)
    actions.mark_read(conversation, by=ann)
    middle = conversation.messages.in_order()[4]
    a_note(conversation, "Called the courier, @bob knows", by=ann, at=middle.at)
    return conversation


@pytest.fixture
def reading(ann, conversation, live_server, chromium):
    """The browser on the conversation's page."""
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/mail/conversations/{conversation.pk}/")
    find(chromium, ".ecp-line summary")
    return chromium


def line(browser, message):
    return find(browser, f"#message-{message.pk}")


def focused(browser):
    return browser.switch_to.active_element


def test_a_line_is_opened_and_closed_by_keys(reading, conversation):
    message = conversation.messages.in_order()[2]
    summary = find(reading, f"#message-{message.pk} > details > summary")

    summary.send_keys(Keys.ENTER)
    text = find(reading, f"#message-{message.pk} .ecp-text")
    until(lambda: "Message 2" in text.text)
    picture(reading, "long-conversation")
    assert focused(reading) == summary
    summary.send_keys(Keys.ENTER)

    until(lambda: not text.is_displayed())
    assert violations(reading) == []


def test_keys_lead_from_message_to_message_and_back_to_the_list(reading, conversation):
    numbers = [m.pk for m in conversation.messages.in_order()]

    find(reading, "body").send_keys("j")
    focused(reading).send_keys("j")
    where = focused(reading).find_element(By.XPATH, "ancestor-or-self::li")
    assert where.get_attribute("id") == f"message-{numbers[1]}"
    focused(reading).send_keys("k")
    where = focused(reading).find_element(By.XPATH, "ancestor-or-self::li")
    assert where.get_attribute("id") == f"message-{numbers[0]}"
    focused(reading).send_keys("u")

    until(lambda: reading.current_url.endswith("/inbox/"))


def test_the_dialog_of_shortcuts_names_ours(reading):
    find(reading, "body").send_keys("?")

    dialog = until(lambda: reading.find_elements(By.ID, "keyboard-shortcuts-dialog"))[0]

    until(lambda: "Next message" in dialog.text)
    assert "Back to Support: Inbox" in dialog.text


def test_a_direct_link_opens_its_message(reading, live_server, conversation):
    message = conversation.messages.in_order()[3]
    url = f"{live_server.url}/admin/mail/conversations/{conversation.pk}/"

    reading.get("about:blank")
    reading.get(f"{url}#message-{message.pk}")

    text = find(reading, f"#message-{message.pk} .ecp-text")
    until(text.is_displayed)
    assert "Message 3" in text.text


def test_new_mail_is_told_of_and_shown_when_asked_for(reading, conversation):
    receive_and_process(an_email("Re: parcel", "News!\n", cites=["0@parcel.example"]))

    # As if the page had been left and come back to, for half a minute is long.
    reading.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    told = until(
        lambda: [
            button
            for button in reading.find_elements(By.CSS_SELECTOR, ".ecp-news button")
            if button.is_displayed()
        ]
    )[0]
    assert told.text == "1 new message"
    assert reading.title.startswith("(1) ")
    press(reading, told)

    until(
        lambda: "News!" in find(reading, ".ecp-messages > li:last-child .ecp-text").text
    )
    assert not reading.title.startswith("(")
    until(lambda: not Conversation.objects.get(pk=conversation.pk).is_unread)
    assert violations(reading) == []


def test_side_panels_open_and_the_reasons_come(reading):
    for name, words in (
        ("contact", "vera@customer.example"),
        ("history", "received"),
        ("related", "Same people, same subject"),
    ):
        find(reading, f"[data-side-panel-toggle=ecp-{name}]").click()
        panel = find(reading, f"[data-side-panel=ecp-{name}]")
        until(lambda: words in panel.text)  # noqa: B023 - called at once
    picture(reading, "side-panel")
    find(reading, "[data-form-side-close-button]").click()
    reading.execute_script("document.querySelector('.ecp-why').open = true")

    until(lambda: "It began this conversation." in find(reading, ".ecp-why").text)
    until(lambda: "of 100." in find(reading, ".ecp-why").text)
    assert violations(reading) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_kept_out(reading, conversation, theme):
    reading.execute_script(
        "document.documentElement.classList.add(`w-theme-${arguments[0]}`)", theme
    )
    reading.execute_script("document.querySelector('.ecp-menu').open = true")
    line(reading, conversation.messages.in_order()[2]).find_element(
        By.TAG_NAME, "summary"
    ).click()
    find(reading, ".ecp-line .ecp-text")

    picture(reading, f"conversation-{theme}")
    assert barriers(reading) == []


def test_it_fits_a_telephone(reading):
    size = reading.get_window_size()
    reading.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": False},
    )
    try:
        script = "return document.documentElement.scrollWidth"
        assert reading.execute_script(script) <= 360
        picture(reading, "conversation-on-a-telephone")
    finally:
        reading.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        reading.set_window_size(size["width"], size["height"])
