"""What a member writes is saved while they write, and found again whatever happens."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from tests.end_to_end.browser import (
    find,
    log_in,
    picture,
    press,
    scroll_to,
    violations,
)
from tests.end_to_end.conftest import until
from wagtail_ecp.inbox import actions
from wagtail_ecp.inbox.models import (
    Conversation,
    Draft,
    Mailbox,
    MemberProfile,
    Outbox,
)

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def url(live_server, chromium, transactional_db):
    """Return the address of a conversation; alice is logged in."""
    alice = a_user("alice")
    a_mailbox(repliers=[alice])
    MemberProfile.objects.create(user=alice, then_shows="stay", undo_seconds=30)
    receive_and_process(an_email())
    log_in(chromium, live_server.url, "alice")
    number = Conversation.objects.get().pk
    return f"{live_server.url}/admin/mail/conversations/{number}/"


def write(chromium, words):
    editor = find(chromium, "[role=textbox]")
    press(chromium, editor)
    editor.send_keys(words)


def editor_says(chromium, words):
    """Ask at once: the page may be leaving."""
    script = "return document.querySelector('[role=textbox]')?.innerText ?? ''"
    return words in chromium.execute_script(script)


def test_an_answer_saves_itself_is_sent_and_taken_back(url, chromium):
    chromium.get(url)
    write(chromium, "It left our workshop.")
    until(lambda: "saved" in find(chromium, ".ecp-saved").text)
    assert ">It left our workshop.</p>" in Draft.objects.get().body

    chromium.get(url)
    until(lambda: editor_says(chromium, "It left our workshop."))
    assert violations(chromium) == []
    scroll_to(chromium, find(chromium, "#write"))
    picture(chromium, "answer")
    press(
        chromium, chromium.find_element(By.XPATH, "//button[normalize-space()='Send']")
    )
    press(chromium, find(chromium, ".ecp-undo button"))

    until(lambda: editor_says(chromium, "It left our workshop."))
    assert not Outbox.objects.exists()
    assert not find(chromium, ".ecp-lost").is_displayed()


def test_what_a_closed_tab_could_not_save_is_offered_again(url, chromium):
    chromium.get(url)
    find(chromium, "[role=textbox]")
    chromium.execute_script("window.fetch = () => Promise.reject(new Error('gone'))")
    write(chromium, "Half an answer")
    until(lambda: "kept in this browser" in find(chromium, ".ecp-saved").text)
    assert not Draft.objects.exists()

    first = chromium.current_window_handle
    chromium.switch_to.new_window("tab")
    second = chromium.current_window_handle
    chromium.switch_to.window(first)
    chromium.close()
    chromium.switch_to.window(second)
    chromium.get(url)
    until(lambda: find(chromium, ".ecp-lost").is_displayed())
    press(chromium, find(chromium, ".ecp-lost button"))

    until(lambda: editor_says(chromium, "Half an answer"))
    assert ">Half an answer</p>" in Draft.objects.get().body


def test_a_page_that_was_merely_looked_at_saves_nothing(url, chromium):
    chromium.get(url)
    press(chromium, find(chromium, "[role=textbox]"))
    chromium.execute_script(
        "window.asked = []; window.fetch = (address) => {"
        " window.asked.push(String(address)); return Promise.reject(new Error()); }"
    )
    # The editor has put its own word for nothing in place of the server's.
    state = "return document.querySelector('[name=body]').value"
    until(lambda: chromium.execute_script(state) == "null")

    chromium.execute_script("window.dispatchEvent(new Event('pagehide'))")

    asked = chromium.execute_script("return window.asked")
    assert [address for address in asked if "/drafts/" in address] == []


def test_another_mailbox_changes_the_signature_before_ones_eyes(url, chromium):
    alice = MemberProfile.objects.get().user
    sales = a_mailbox("sales@example.com", repliers=[alice])
    support = Mailbox.objects.exclude(pk=sales.pk).get()
    for mailbox, signature in ((sales, "Sales team"), (support, "Support team")):
        Mailbox.objects.filter(pk=mailbox.pk).update(signature=signature)
    site = url.partition("/conversations/")[0]
    chromium.get(f"{site}/compose/?mailbox={support.pk}")
    until(lambda: editor_says(chromium, "Support team"))

    Select(find(chromium, "[name=mailbox]")).select_by_visible_text(str(sales))

    until(lambda: editor_says(chromium, "Sales team"))
    assert not editor_says(chromium, "Support team")
    write(chromium, "Hello")
    until(lambda: ">Hello</p>" in Draft.objects.get().body)
    assert "Sales team" in Draft.objects.get().body
    assert violations(chromium) == []


def test_an_address_is_completed_by_keys_alone(url, chromium):
    alice = MemberProfile.objects.get().user
    actions.write_down_contact("Otto, Berg", "otto@customer.example", by=alice)
    chromium.get(url)
    field = find(chromium, "[name=to]")
    press(chromium, field)
    field.clear()

    field.send_keys("vera")
    until(lambda: chromium.find_elements(By.CSS_SELECTOR, ".ecp-people [role=option]"))
    field.send_keys(Keys.ENTER, "berg")
    until(lambda: "Otto" in find(chromium, ".ecp-people").text)
    field.send_keys(Keys.ARROW_DOWN, Keys.TAB)

    assert field.get_attribute("value") == (
        'Vera Holm <vera@customer.example>, "Otto, Berg" <otto@customer.example>, '
    )
    assert field.get_attribute("aria-expanded") == "false"
    assert violations(chromium) == []
