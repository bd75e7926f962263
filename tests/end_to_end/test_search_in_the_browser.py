"""Finding mail in a browser: the box completes, and a search is kept."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from tests.end_to_end.axe import barriers
from tests.end_to_end.browser import (
    find,
    log_in,
    main_text,
    picture,
    press,
    violations,
)
from tests.end_to_end.conftest import until
from wagtail_ecp.inbox.models import SavedSearch
from wagtail_ecp.inbox.search.indexing import index_waiting

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def searching(transactional_db, live_server, chromium):
    """The browser on a list of mail that is in the index."""
    mailbox = a_mailbox(repliers=[a_user("ann")])
    receive_and_process(
        an_email("Where is my parcel?"),
        an_email("Parcel came", sender="Tomas Rey <tomas@shop.example>"),
        an_email("Invoice 2231"),
    )
    while index_waiting():
        pass
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/mail/{mailbox.pk}/inbox/")
    return chromium


def options(browser):
    found = browser.find_elements(By.CSS_SELECTOR, "#ecp-search-list [role=option]")
    return [option.text for option in found if option.is_displayed()]


def is_focused_by_its_key(browser, box):
    """Press the key, unless it was heard already; scripts may not be there yet."""
    if browser.switch_to.active_element != box:
        find(browser, "body").send_keys("q")
    return browser.switch_to.active_element == box


def test_a_search_is_typed_completed_run_and_kept(searching):
    box = find(searching, "#ecp-search-box")
    until(lambda: is_focused_by_its_key(searching, box))

    box.send_keys("parcel fro")
    until(lambda: options(searching) == ["from:"])
    box.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    assert box.get_attribute("value") == "parcel from:"
    box.send_keys("ve")
    until(lambda: options(searching) == ["Vera Holm <vera@customer.example>"])
    picture(searching, "search-completes")
    box.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    assert box.get_attribute("value") == "parcel from:vera@customer.example "
    box.send_keys(Keys.ENTER)

    until(lambda: "Where is my parcel?" in main_text(searching))
    assert "Parcel came" not in main_text(searching)
    picture(searching, "search")
    assert barriers(searching) == []
    press(searching, find(searching, "a[href*='saved-searches/new']"))
    find(searching, "[name=name]").send_keys("Vera's parcels")
    picture(searching, "saved-search")
    assert barriers(searching) == []
    press(searching, find(searching, ".ecp-rules__end [type=submit]"))

    until(lambda: "is saved" in searching.page_source)
    assert SavedSearch.objects.get().name == "Vera's parcels"
    assert violations(searching) == []


def test_a_rule_offers_what_its_type_takes(searching):
    searching.get(
        searching.current_url.split("/admin/")[0] + "/admin/mail/saved-searches/new/"
    )
    kind = find(searching, "[name=type-0]")

    kind.find_element(By.CSS_SELECTOR, "[value=unread]").click()

    how = find(searching, "[name=operator-0]")
    shown = how.find_elements(By.CSS_SELECTOR, "option:not([hidden])")
    assert [option.get_attribute("value") for option in shown] == ["true", "false"]
    assert not find(searching, "[name=values-0]").is_displayed()
