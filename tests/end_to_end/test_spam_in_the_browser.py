"""Marking spam with the keyboard and the mouse, with JavaScript and without it."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from tests.end_to_end.browser import find, log_in, picture, press, violations
from tests.end_to_end.conftest import until
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.spam.models import Score, SpamModel

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

CLUES = [
    ["marked-spam", "", 14.2],
    ["outside", "BAYES_99", 9.6],
    ["answered-before", "", -6.3],
]


@pytest.fixture
def ann(transactional_db):
    ann = a_user("ann")
    ann.first_name, ann.last_name = "Ann", "Finch"
    ann.save()
    return ann


@pytest.fixture
def support(ann):
    return a_mailbox(repliers=[ann])


@pytest.fixture
def without_script(chromium):
    command = "Emulation.setScriptExecutionDisabled"
    chromium.execute_cdp_cmd(command, {"value": True})
    yield chromium
    chromium.execute_cdp_cmd(command, {"value": False})


def some_spam(number=3):
    Account.objects.update(spam_threshold=0)
    receive_and_process(
        *(
            an_email(
                f"You have won {index} times", sender=f"Eve <eve{index}@x.example>"
            )
            for index in range(number)
        )
    )
    Score.objects.update(value=87.31, clues=CLUES)
    Account.objects.update(spam_threshold=70)


BUTTON = ".ecp-bulk :is([value=spam], [value=wanted])"


def folders():
    return sorted(Conversation.objects.values_list("folder", flat=True))


def is_in_view(browser, element):
    return browser.execute_script(
        "const box = arguments[0].getBoundingClientRect();"
        "const at = document.elementFromPoint(box.x + 5, box.y + 5);"
        "return arguments[0].contains(at)",
        element,
    )


def test_all_of_a_page_is_ticked_at_once_and_brought_back(
    ann, support, live_server, chromium
):
    some_spam()
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/mail/{support.pk}/spam/")
    picture(chromium, "spam-folder")

    press(chromium, find(chromium, ".ecp-bulk input"))
    boxes = chromium.find_elements(By.NAME, "row")
    assert [box.is_selected() for box in boxes] == [True] * 3
    press(chromium, boxes[0])
    assert not find(chromium, ".ecp-bulk input").is_selected()
    press(chromium, boxes[0])
    press(chromium, find(chromium, BUTTON))
    until(lambda: "3 conversations are not spam any more" in chromium.page_source)
    assert folders() == ["inbox"] * 3

    press(chromium, find(chromium, ".ecp-undo fieldset input"))
    press(chromium, find(chromium, ".ecp-undo__next button"))
    until(lambda: "These are contacts now" in chromium.page_source)
    added = Contact.objects.filter(origin=Contact.Origin.ADDED)
    assert added.count() == 2
    assert violations(chromium) == []


def test_mark_is_made_and_undone_with_the_keyboard_alone(
    ann, support, live_server, chromium
):
    receive_and_process(an_email("One"), an_email("Two"))
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/mail/{support.pk}/inbox/")

    tab_to(chromium, "[name=row]").send_keys(Keys.SPACE)
    tab_to(chromium, BUTTON, backwards=True).send_keys(Keys.ENTER)
    until(lambda: "1 conversation is in Spam now" in chromium.page_source)
    assert folders() == ["inbox", "spam"]
    tab_to(chromium, ".ecp-undo button").send_keys(Keys.ENTER)
    until(lambda: "Undone" in chromium.page_source)

    assert folders() == ["inbox", "inbox"]


def tab_to(browser, selector, *, backwards=False):
    """Press the tabulator until the element is reached, and return it."""
    wanted = find(browser, selector)
    keys = (Keys.SHIFT + Keys.TAB) if backwards else Keys.TAB
    for _step in range(80):
        if browser.switch_to.active_element == wanted:
            return wanted
        browser.switch_to.active_element.send_keys(keys)
    raise AssertionError(f"{selector} can't be reached")


def test_bar_stays_in_sight_while_rows_are_ticked(ann, support, live_server, chromium):
    some_spam(30)
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/mail/{support.pk}/spam/")

    last = chromium.find_elements(By.NAME, "row")[-1]
    press(chromium, last)

    assert is_in_view(chromium, find(chromium, BUTTON))
    assert is_in_view(chromium, last)


def test_conversations_are_marked_without_javascript(
    ann, support, live_server, without_script
):
    receive_and_process(an_email("One"), an_email("Two"))
    log_in(without_script, live_server.url, "ann")
    without_script.get(f"{live_server.url}/admin/mail/{support.pk}/inbox/")
    assert not find(without_script, ".ecp-all").is_displayed()

    find(without_script, "[name=row]").click()
    find(without_script, BUTTON).click()
    until(lambda: "1 conversation is in Spam now" in without_script.page_source)
    assert folders() == ["inbox", "spam"]
    find(without_script, ".ecp-undo button").click()
    until(lambda: "Undone" in without_script.page_source)

    assert folders() == ["inbox", "inbox"]


def test_message_tells_why_it_has_its_score(ann, support, live_server, chromium):
    some_spam(1)
    SpamModel.note(marks=34)
    number = Conversation.objects.get().pk
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/mail/conversations/{number}/")

    press(chromium, find(chromium, ".ecp-why summary"))
    why = find(chromium, ".ecp-why")
    until(lambda: "34 of some 200 marks" in why.text)
    picture(chromium, "why-this-score")
    bars = why.find_elements(By.CSS_SELECTOR, ".ecp-clues rect")
    assert [bar.size["width"] > 0 for bar in bars] == [True] * 3
    press(chromium, find(chromium, "[name=verdict][value=wanted]"))
    until(lambda: "Add eve0@x.example to contacts" in chromium.page_source)

    assert folders() == ["inbox"]
    assert violations(chromium) == []
