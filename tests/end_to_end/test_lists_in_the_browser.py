"""Lists by keys alone, told of new mail, and open to everybody."""

import pytest
from django.contrib.auth import get_user_model
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.builders import a_mailbox, a_user, an_email, grant, receive_and_process
from tests.end_to_end.axe import barriers
from tests.end_to_end.browser import find, log_in, main_text, press, violations
from tests.end_to_end.conftest import until
from wagtail_ecp.inbox import actions, presence
from wagtail_ecp.inbox.models import Conversation, Folder, Mailbox, Star

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def listing(live_server, chromium, transactional_db):
    """The inbox with three conversations, in the browser of one who answers them."""
    mailbox = a_mailbox(repliers=[a_user("ann")])
    receive_and_process(an_email("First"), an_email("Second"), an_email("Third"))
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/mail/{mailbox.pk}/inbox/")
    # The keys are heard once the scripts have run.
    until(lambda: chromium.execute_script("return !!window.wagtail?.app"))
    return chromium


def keys(browser, *pressed):
    find(browser, "body").send_keys(*pressed)


def ticked(browser):
    boxes = browser.find_elements(By.CSS_SELECTOR, ".ecp-list tbody input:checked")
    return len(boxes)


def test_keys_alone_tick_and_archive(listing):
    until(
        lambda: (
            keys(listing, "j") or listing.find_elements(By.CSS_SELECTOR, ".ecp-current")
        )
    )
    keys(listing, "x")
    until(lambda: ticked(listing) == 1)

    keys(listing, "e")

    until(lambda: Conversation.objects.filter(folder=Folder.ARCHIVE).count() == 1)
    press(listing, find(listing, ".ecp-undo button"))
    until(lambda: not Conversation.objects.filter(folder=Folder.ARCHIVE).exists())
    assert violations(listing) == []


def stars(browser):
    """Return of each row whether it is starred."""
    found = browser.find_elements(By.CSS_SELECTOR, ".ecp-list td button")
    return [star.get_attribute("aria-pressed") == "true" for star in found]


def test_a_click_and_a_key_star_a_row_without_leaving_the_list(listing):
    listing.execute_script("window.isSame = true")
    press(listing, listing.find_elements(By.CSS_SELECTOR, ".ecp-list td button")[1])
    until(lambda: stars(listing) == [False, True, False])
    until(lambda: Star.objects.count() == 1)

    keys(listing, "j")
    keys(listing, "*")
    until(lambda: stars(listing) == [True, True, False])
    until(lambda: Star.objects.count() == 2)
    keys(listing, "*")
    until(lambda: stars(listing) == [False, True, False])

    until(lambda: Star.objects.count() == 1)
    assert listing.execute_script("return window.isSame")
    assert violations(listing) == []


def test_rows_say_who_is_replying_while_one_looks(listing):
    bob = a_user("bob")
    grant(bob, Mailbox.objects.get(), "reply")
    row = Conversation.objects.get(subject="First")
    presence.tell(row, user=bob, is_replying=True)

    listing.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    until(lambda: "bob is replying" in main_text(listing))
    presence.leave(row, user=bob)
    listing.execute_script("document.dispatchEvent(new Event('visibilitychange'))")

    until(lambda: "bob is replying" not in main_text(listing))
    assert violations(listing) == []


def test_a_merge_is_told_of_and_shown_where_it_stands(listing):
    first, second = (
        Conversation.objects.get(subject=name) for name in ("First", "Second")
    )
    listing.execute_script("window.isSame = true")

    actions.merge(first, second, by=get_user_model().objects.get(username="ann"))
    listing.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    press(listing, until(lambda: shown(listing, ".ecp-told button"))[0])

    until(lambda: "Second" not in main_text(listing))
    links = listing.find_elements(By.CSS_SELECTOR, ".ecp-list td a")
    assert [link.text for link in links] == ["Third", "First"]
    assert listing.execute_script("return window.isSame")
    assert violations(listing) == []


def shown(browser, selector):
    found = browser.find_elements(By.CSS_SELECTOR, selector)
    return [one for one in found if one.is_displayed()]


def test_enter_opens_the_conversation(listing):
    until(
        lambda: (
            keys(listing, "j") or listing.find_elements(By.CSS_SELECTOR, ".ecp-current")
        )
    )

    listing.switch_to.active_element.send_keys(Keys.ENTER)

    until(lambda: "/conversations/" in listing.current_url)


def test_new_mail_is_told_of_and_shown_without_losing_a_tick(listing):
    press(listing, listing.find_elements(By.CSS_SELECTOR, ".ecp-list tbody input")[2])
    receive_and_process(an_email("Fourth"))

    listing.execute_script("document.dispatchEvent(new Event('visibilitychange'))")
    told = until(
        lambda: [
            button
            for button in listing.find_elements(By.CSS_SELECTOR, ".ecp-told button")
            if button.is_displayed()
        ]
    )[0]
    assert listing.title.startswith("(1) ")
    press(listing, told)

    until(lambda: "Fourth" in main_text(listing))
    assert ticked(listing) == 1
    assert violations(listing) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_kept_out_of_a_list(listing, theme):
    listing.execute_script(
        "document.documentElement.classList.add(`w-theme-${arguments[0]}`)", theme
    )

    assert barriers(listing, "main") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nobody_is_kept_out_of_writing(listing, theme):
    listing.get(listing.current_url.split("/admin/")[0] + "/admin/mail/compose/")
    find(listing, "[role=textbox]")
    listing.execute_script(
        "document.documentElement.classList.add(`w-theme-${arguments[0]}`)", theme
    )

    assert barriers(listing, "main") == []
