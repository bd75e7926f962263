"""The owner at work: the options in both places, and handing the account over."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.builders import a_mailbox, a_user, an_account
from tests.end_to_end.browser import (
    find,
    log_in,
    main_text,
    picture,
    press,
    violations,
)
from tests.end_to_end.conftest import until
from wagtail_ecp.accounts.models import Account

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def people(transactional_db):
    """Olga, who owns the account, and Nora, who could."""
    olga, nora = a_user("olga"), a_user("nora")
    olga.first_name, olga.last_name = "Olga", "Owen"  # Wagtail's form asks for them.
    olga.save()
    an_account(olga)
    a_mailbox(readers=[olga, nora])
    return olga, nora


def zone_input(browser):
    return browser.find_element(By.NAME, "ecp_options-time_zone")


def zones_offered(browser):
    return [
        option.get_attribute("data-zone")
        for option in browser.find_elements(By.CSS_SELECTOR, "[role=option]")
        if option.is_displayed()
    ]


def test_a_time_zone_is_found_by_typing_and_chosen_with_the_keyboard(
    people, live_server, chromium
):
    log_in(chromium, live_server.url, "olga")
    chromium.get(f"{live_server.url}/admin/mail/account/")
    picture(chromium, "account-options")

    field = zone_input(chromium)
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys("berlin")
    assert zones_offered(chromium) == ["Europe/Berlin"]
    field.send_keys(Keys.ARROW_DOWN)
    picture(chromium, "time-zone")
    field.send_keys(Keys.ENTER)
    press(chromium, find(chromium, "main form [type=submit]"))

    until(lambda: "Saved: Time zone." in chromium.page_source)
    assert Account.objects.get().time_zone == "Europe/Berlin"
    assert "from “America/Los_Angeles” to “Europe/Berlin”" in main_text(chromium)
    assert violations(chromium) == []


def test_the_tab_of_the_account_page_saves_the_options(people, live_server, chromium):
    log_in(chromium, live_server.url, "olga")
    chromium.get(f"{live_server.url}/admin/account/#tab-ecp-account-options")
    box = find(chromium, "[name=ecp_options-receives_only]")
    until(box.is_displayed)
    picture(chromium, "account-options-tab")

    press(chromium, box)
    press(chromium, find(chromium, "footer button[type=submit]"))

    until(lambda: "changed successfully" in chromium.page_source)
    assert Account.objects.get().receives_only
    assert violations(chromium) == []


def test_others_have_no_such_tab_and_no_such_menu(people, live_server, chromium):
    a_user("root", is_superuser=True)
    log_in(chromium, live_server.url, "root")

    chromium.get(f"{live_server.url}/admin/account/")

    assert "Account Options" not in chromium.page_source
    chromium.get(f"{live_server.url}/admin/mail/account/")
    until(lambda: chromium.current_url == f"{live_server.url}/admin/")


def test_the_account_is_handed_over_and_the_new_owner_finds_the_options(
    people, live_server, chromium
):
    log_in(chromium, live_server.url, "olga")
    chromium.get(f"{live_server.url}/admin/mail/billing/")
    picture(chromium, "billing-owner")
    Select(chromium.find_element(By.NAME, "to")).select_by_visible_text("nora")
    chromium.find_element(
        By.XPATH, "//button[contains(., 'Make this person the account owner')]"
    ).click()
    until(lambda: "Make nora the account owner?" in main_text(chromium))
    picture(chromium, "change-owner")

    chromium.find_element(By.LINK_TEXT, "Cancel").click()
    until(lambda: chromium.current_url.endswith("/admin/mail/billing/"))
    chromium.back()
    until(lambda: "Make nora the account owner?" in main_text(chromium))
    chromium.find_element(By.NAME, "password").send_keys("pw")
    chromium.find_element(By.XPATH, "//button[contains(., 'Assign ownership')]").click()

    until(lambda: "/admin/login/" in chromium.current_url)
    assert "nora owns the account now" in chromium.page_source
    assert Account.objects.get().owner == people[1]
    log_in(chromium, live_server.url, "nora")
    chromium.get(f"{live_server.url}/admin/mail/account/")
    assert "Account name" in main_text(chromium)


def test_closing_and_reopening_the_account(people, live_server, chromium):
    log_in(chromium, live_server.url, "olga")
    chromium.get(f"{live_server.url}/admin/mail/account/")

    press(chromium, chromium.find_element(By.LINK_TEXT, "Close the account"))
    until(lambda: chromium.find_elements(By.NAME, "close"))
    picture(chromium, "close-the-account")
    chromium.find_element(By.NAME, "close").click()
    until(lambda: "This account is closed since" in main_text(chromium))
    chromium.find_element(By.LINK_TEXT, "Reopen the account").click()
    until(lambda: chromium.find_elements(By.NAME, "reopen"))
    chromium.find_element(By.NAME, "reopen").click()

    until(lambda: "is open: mail moves again" in chromium.page_source)
    assert Account.objects.get().closed_at is None
