"""A conversation's buttons as they look and feel, with the keyboard alone."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.builders import a_mailbox, a_received_conversation, a_user
from tests.end_to_end.browser import find, log_in, main_text, picture, violations
from tests.end_to_end.conftest import until
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import Star

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def ann(transactional_db):
    ann = a_user("ann")
    ann.first_name, ann.last_name = "Ann", "Finch"
    ann.save()
    return ann


@pytest.fixture
def parcel(ann):
    bo = a_user("bo")
    a_mailbox(repliers=[ann, bo])
    a_mailbox("sales@example.com", repliers=[ann])
    actions.tag(a_received_conversation("Another"), ["order", "vip"], by=ann)
    return a_received_conversation()


def focused(browser):
    return browser.switch_to.active_element


def overflow(browser):
    """Return by how much the page is wider than the window."""
    script = "const e = document.documentElement; return e.scrollWidth - e.clientWidth"
    return browser.execute_script(script)


def test_buttons_menus_and_completion_work_with_the_keyboard(
    ann, parcel, live_server, chromium
):
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/mail/conversations/{parcel.pk}/")

    tag = find(chromium, "summary[data-ecp-key='t']")
    tag.send_keys(Keys.ENTER)
    until(lambda: focused(chromium).get_attribute("id") == "ecp-tags")
    focused(chromium).send_keys("new, OR")
    until(lambda: chromium.find_elements(By.CSS_SELECTOR, "[role=option]"))
    focused(chromium).send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    assert focused(chromium).get_attribute("value") == "new, order, "
    picture(chromium, "conversation-tag")
    focused(chromium).send_keys(Keys.ENTER)
    until(lambda: "is tagged: new, order." in main_text(chromium))

    assign = find(chromium, "summary[data-ecp-key='A']")
    assign.send_keys(Keys.ENTER)
    until(lambda: focused(chromium).get_attribute("id") == "ecp-assignee")
    focused(chromium).send_keys(Keys.ESCAPE)
    assert focused(chromium) == assign
    assert not chromium.find_elements(By.CSS_SELECTOR, ".ecp-tool[open]")

    star = find(chromium, "button[data-ecp-key='*']")
    star.send_keys(Keys.ENTER)
    until(lambda: star.get_attribute("aria-pressed") == "true")
    assert Star.objects.get().user == ann

    note = find(chromium, "#ecp-note")
    note.send_keys("Ask @b")
    until(lambda: chromium.find_elements(By.CSS_SELECTOR, ".ecp-note-form li"))
    note.send_keys(Keys.ARROW_DOWN, Keys.TAB, "for it")
    assert note.get_attribute("value") == "Ask @bo for it"
    note.submit()
    until(lambda: "Mentioned: bo." in main_text(chromium))
    assert violations(chromium) == []


def test_buttons_fit_a_telephone(ann, parcel, live_server, chromium):
    log_in(chromium, live_server.url, "ann")
    size = chromium.get_window_size()
    chromium.set_window_size(360, 800)
    try:
        chromium.get(f"{live_server.url}/admin/mail/conversations/{parcel.pk}/")
        find(chromium, "summary[data-ecp-key='s']").click()
        menu = find(chromium, ".ecp-tool[open] .ecp-tool__content").rect

        assert overflow(chromium) <= 0
        assert menu["x"] + menu["width"] <= 360
    finally:
        chromium.set_window_size(size["width"], size["height"])
