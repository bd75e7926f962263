"""The spam threshold in a browser: the slider, its preview, and filing again."""

import random

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.builders import a_mailbox, a_user, an_account
from tests.end_to_end.browser import (
    find,
    log_in,
    main_text,
    picture,
    press,
    scroll_to,
    violations,
)
from tests.end_to_end.conftest import until
from tests.scores import a_score
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import Conversation, Folder, Rejudging
from wagtail_ecp.jobs import spam as jobs
from wagtail_ecp.spam.models import SpamModel

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

SUBJECTS = (
    "Where is my parcel?",
    "Your invoice 2231",
    "Last chance: 80 % off everything",
    "Question about an order",
    "Your account will be closed",
)


@pytest.fixture
def olga(transactional_db):
    """The owner, who reads a mailbox with a month's mail in it."""
    olga = a_user("olga")
    olga.first_name, olga.last_name = "Olga", "Owen"  # Wagtail's form asks for them.
    olga.save()
    an_account(olga)
    mailbox = a_mailbox(readers=[olga])
    dice = random.Random(7)  # noqa: S311 - no secret
    for number in range(160):
        is_wanted = dice.random() < 0.6
        share = dice.betavariate(0.6, 5 if is_wanted else 1.5)
        value = min(100 * share if is_wanted else 100 - 60 * share, 99.0)
        said = ("answered", "wanted") if is_wanted else ("spam", "")
        decision = dice.choice(["", *said]) if value < 60 or value > 75 else ""
        a_score(
            mailbox,
            value,
            decision=decision,
            is_spam=True if decision == "spam" else None,
            days_ago=dice.uniform(0, 29),
            subject=SUBJECTS[number % len(SUBJECTS)],
        )
    for value in (61.0, 64.0, 68.0):
        a_score(mailbox, value, subject="In between")
    a_score(mailbox, 63.0, decision="answered", subject="An answered one")
    a_score(mailbox, 80.0, standing="contact")
    SpamModel.note(marks=37)
    return olga


def slider(browser):
    return find(browser, "input[type=range]")


def number(browser):
    return find(browser, "[name=ecp_options-spam_threshold]")


def sentence(browser):
    """Return what the preview says, read at once: it may be on its way out."""
    script = "return document.querySelector('[data-sentence]').textContent"
    return browser.execute_script(script)


def line(browser):
    return find(browser, ".ecp-histogram__line").get_attribute("x1")


def open_options(browser, site):
    log_in(browser, site.url, "olga")
    browser.get(f"{site.url}/admin/mail/account/")
    until(slider(browser).is_displayed)


def test_the_arrow_keys_move_the_number_the_line_and_the_preview(
    olga, live_server, chromium
):
    open_options(chromium, live_server)

    slider(chromium).send_keys(Keys.ARROW_LEFT * 9)

    until(lambda: sentence(chromium).startswith("At 61: "))
    assert number(chromium).get_attribute("value") == line(chromium) == "61"
    spoken = slider(chromium).get_attribute("aria-valuetext")
    assert spoken.startswith("61: ")
    assert spoken.endswith(" in Spam")
    assert Account.objects.get().spam_threshold == 70
    scroll_to(chromium, slider(chromium))
    picture(chromium, "spam-threshold")
    assert violations(chromium) == []


def test_a_typed_number_moves_the_slider(olga, live_server, chromium):
    open_options(chromium, live_server)

    number(chromium).send_keys(Keys.CONTROL, "a")
    number(chromium).send_keys("100")

    until(lambda: sentence(chromium).startswith("At 100: "))
    assert slider(chromium).get_attribute("value") == line(chromium) == "100"


def test_the_lists_stay_open_while_the_slider_moves(olga, live_server, chromium):
    open_options(chromium, live_server)
    slider(chromium).send_keys(Keys.ARROW_LEFT * 5)
    until(lambda: sentence(chromium).startswith("At 65: "))
    press(chromium, find(chromium, "[data-list=going] summary"))

    slider(chromium).send_keys(Keys.ARROW_LEFT * 5)
    until(lambda: sentence(chromium).startswith("At 60: "))

    shown = find(chromium, "[data-list=going]")
    assert shown.get_attribute("open") is not None
    assert "In between" in shown.text
    assert find(chromium, "[role=status][data-ecp-preview-target]").get_attribute(
        "textContent"
    ) == sentence(chromium)


def test_a_number_out_of_range_asks_nothing_and_changes_no_line(
    olga, live_server, chromium
):
    open_options(chromium, live_server)

    number(chromium).send_keys(Keys.CONTROL, "a")
    number(chromium).send_keys("620")

    until(lambda: line(chromium) == "62")  # On the way to 620.
    assert slider(chromium).get_attribute("value") == "62"
    assert violations(chromium) == []


def test_a_new_threshold_is_saved_applied_and_undone(olga, live_server, chromium):
    open_options(chromium, live_server)
    slider(chromium).send_keys(Keys.ARROW_LEFT * 9)
    until(lambda: sentence(chromium).startswith("At 61: "))
    before = Conversation.objects.filter(folder=Folder.SPAM).count()

    press(chromium, find(chromium, "main form [type=submit]"))
    until(lambda: "The threshold of 61 holds for new mail." in chromium.page_source)
    link = find(chromium, "a[href$='#ecp-refiling']")
    until(lambda: link.rect["y"] > 0)  # Wagtail's messages slide in.
    link.click()
    apply = find(chromium, "form[action$='/refile/'] button")
    scroll_to(chromium, apply)
    picture(chromium, "spam-refiling")
    apply.click()
    until(lambda: "is being applied to the last 30 days" in main_text(chromium))
    run = Rejudging.objects.get()
    jobs.rejudge(run.pk)

    until(lambda: "The threshold of 61 was applied" in main_text(chromium))
    after = Conversation.objects.filter(folder=Folder.SPAM).count()
    assert after - before == run.changes.count() > 0
    scroll_to(chromium, find(chromium, "#ecp-refiling"))
    picture(chromium, "spam-refiled")
    press(chromium, find(chromium, "form[action$='/undo/'] button"))
    until(lambda: "is being undone" in main_text(chromium))
    jobs.rejudge(run.pk)
    until(lambda: "The re-filing was undone" in main_text(chromium))
    assert Conversation.objects.filter(folder=Folder.SPAM).count() == before
    assert violations(chromium) == []


def test_a_shorter_time_in_spam_says_at_once_what_goes(olga, live_server, chromium):
    open_options(chromium, live_server)
    days = find(chromium, "[name=ecp_options-junk_retention_days]")
    shown = days.find_element(By.XPATH, "ancestor::div[contains(@class, 'ecp-option')]")
    Conversation.objects.exclude(junked_at=None).update(junked_at="2026-01-01T00:00Z")

    days.send_keys(Keys.CONTROL, "a")
    days.send_keys("7")

    until(lambda: "deleted tonight, for good" in shown.text)


def test_the_slider_works_in_the_tab_of_the_account_page(olga, live_server, chromium):
    log_in(chromium, live_server.url, "olga")
    chromium.get(f"{live_server.url}/admin/account/#tab-ecp-account-options")
    until(slider(chromium).is_displayed)

    slider(chromium).send_keys(Keys.ARROW_RIGHT * 5)

    until(lambda: sentence(chromium).startswith("At 75: "))
    press(chromium, find(chromium, "footer button[type=submit]"))
    until(lambda: "The threshold of 75 holds for new mail." in chromium.page_source)
    assert Account.objects.get().spam_threshold == 75
    assert violations(chromium) == []


@pytest.mark.parametrize("page", ["mail/account/", "account/#tab-ecp-account-options"])
def test_nothing_is_wider_than_a_small_screen(olga, live_server, chromium, page):
    log_in(chromium, live_server.url, "olga")
    chromium.set_window_size(500, 800)
    chromium.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": False},
    )
    try:
        chromium.get(f"{live_server.url}/admin/{page}")
        until(slider(chromium).is_displayed)
        for details in chromium.find_elements(By.CSS_SELECTOR, "main details"):
            chromium.execute_script("arguments[0].open = true", details)

        widths = chromium.execute_script(
            "const root = document.documentElement;"
            "return [root.scrollWidth, root.clientWidth]"
        )
        outside = chromium.execute_script(
            "return [...document.querySelectorAll('.ecp-option *')].filter("
            "e => !e.closest('.ecp-details__scroll, .w-sr-only')"
            " && e.getBoundingClientRect().right > 360).map(e => e.outerHTML)"
        )
    finally:
        chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        chromium.set_window_size(1280, 900)

    assert widths[0] == widths[1]
    assert outside == []
