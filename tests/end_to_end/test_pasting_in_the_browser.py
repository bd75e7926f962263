"""Screenshots and tables that are pasted while one writes."""

import base64
from email import message_from_bytes, policy

import pytest
from selenium.webdriver.common.by import By

from tests.admin.test_attachments import an_image
from tests.builders import a_mailbox, a_user, an_email, receive_and_process
from tests.end_to_end.browser import find, log_in, picture, press, scroll_to, violations
from tests.end_to_end.conftest import until
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import Conversation, Draft, MemberProfile, Message

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

#: As a browser gives them: what a person pressing Ctrl+V gets.
PASTE = """
const [given] = arguments;
const data = new DataTransfer();
for (const [kind, text] of Object.entries(given.texts)) data.setData(kind, text);
for (const { name, type, bytes } of given.files) {
  const read = Uint8Array.from(atob(bytes), (one) => one.charCodeAt(0));
  data.items.add(new File([read], name, { type }));
}
const event = new ClipboardEvent(
  'paste', { clipboardData: data, bubbles: true, cancelable: true }
);
document.activeElement.dispatchEvent(event);
"""
SPREADSHEET = """
<html><head><style>td { color: red }</style></head><body>
<table><tr><td>Item</td><td>Price</td></tr><tr><td>Cup</td><td>4.50</td></tr></table>
</body></html>
"""


def paste(browser, *, texts=None, files=()):
    listed = [
        {"name": name, "type": kind, "bytes": base64.b64encode(data).decode()}
        for name, kind, data in files
    ]
    browser.execute_script(PASTE, {"texts": texts or {}, "files": listed})


@pytest.fixture
def page(live_server, chromium, transactional_db):
    """Return the browser on a conversation, its cursor in the editor."""
    alice = a_user("alice")
    a_mailbox(repliers=[alice])
    MemberProfile.objects.create(user=alice, then_shows="stay", undo_seconds=0)
    receive_and_process(an_email())
    log_in(chromium, live_server.url, "alice")
    number = Conversation.objects.get().pk
    chromium.get(f"{live_server.url}/admin/mail/conversations/{number}/")
    press(chromium, find(chromium, "[role=textbox]"))
    return chromium


def type_in(browser, words):
    browser.switch_to.active_element.send_keys(words)


def send(browser):
    press(browser, browser.find_element(By.XPATH, "//button[normalize-space()='Send']"))
    until(lambda: Message.objects.filter(direction=Message.Direction.OUT).exists())
    message = Message.objects.get(direction=Message.Direction.OUT)
    return message_from_bytes(blobs.read(message.blob_id), policy=policy.default)


def saved(browser, words):
    """Wait until a draft with these words is saved."""
    until(lambda: Draft.objects.filter(body__contains=words).exists())
    return browser


SCREENSHOT = ("image.png", "image/png", an_image(size=(640, 200)))


def test_a_screenshot_is_sent_where_it_was_pasted(page):
    type_in(page, "Before.")
    paste(page, files=[SCREENSHOT])
    type_in(page, "After.")

    until(lambda: find(page, ".ecp-block img").get_attribute("src").endswith("/"))
    saved(page, "ecp-picture")
    assert "in the text" in find(page, ".ecp-draft-attachments").text
    scroll_to(page, find(page, ".ecp-block"))
    picture(page, "pasted-screenshot")
    assert violations(page) == []

    page.refresh()
    shown = "return document.querySelector('.ecp-block img')?.naturalWidth"
    until(lambda: page.execute_script(shown) == 640)
    mail = send(page)

    html = mail.get_body(("html",)).get_content()
    assert html.index("Before.") < html.index("cid:") < html.index("After.")
    assert "multipart/related" in [part.get_content_type() for part in mail.walk()]
    assert list(mail.iter_attachments()) == []


def test_a_screenshot_pressed_send_upon_at_once_goes_along(page):
    type_in(page, "Look:")
    paste(page, files=[SCREENSHOT])

    mail = send(page)

    assert "cid:" in mail.get_body(("html",)).get_content()


def test_a_pasted_picture_is_taken_out_again(page):
    paste(page, files=[SCREENSHOT])
    saved(page, "ecp-picture")

    press(page, find(page, ".ecp-block button"))
    until(lambda: not page.find_elements(By.CSS_SELECTOR, ".ecp-block"))
    until(lambda: "ecp-picture" not in Draft.objects.get().body)


def test_what_is_no_picture_after_all_becomes_an_attachment(page):
    paste(page, files=[("image.png", "image/png", b"no picture")])

    until(lambda: "image.png" in find(page, ".ecp-draft-attachments").text)
    assert not page.find_elements(By.CSS_SELECTOR, ".ecp-block")


def test_cells_of_a_spreadsheet_are_sent_as_a_table(page):
    type_in(page, "Ours:")
    # Excel puts a picture of the cells beside them.
    texts = {"text/plain": "Item\tPrice\nCup\t4.50", "text/html": SPREADSHEET}
    paste(page, texts=texts, files=[SCREENSHOT])

    until(lambda: page.find_elements(By.CSS_SELECTOR, ".ecp-block td"))
    type_in(page, "Is it right?")
    saved(page, "Is it right?")
    scroll_to(page, find(page, ".ecp-block"))
    picture(page, "pasted-table")
    page.refresh()
    cells = [
        cell.text
        for cell in until(lambda: page.find_elements(By.CSS_SELECTOR, ".ecp-block td"))
    ]
    assert cells == ["Item", "Price", "Cup", "4.50"]
    assert violations(page) == []
    mail = send(page)

    html = mail.get_body(("html",)).get_content()
    assert html.index("Ours:") < html.index("<table") < html.index("Is it right?")
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Item  Price\nCup   4.50\n" in text
    assert list(mail.iter_attachments()) == []


def test_a_table_among_text_stands_in_its_place(page):
    html = f"<p>First</p>{SPREADSHEET}<p>Then <b>this</b></p>"
    paste(page, texts={"text/plain": "First Item Then this", "text/html": html})

    saved(page, "ecp-table")

    body = Draft.objects.get().body
    assert body.index("First") < body.index("ecp-table") < body.index("<b>this</b>")


def test_a_table_that_lays_out_a_page_is_pasted_as_text(page):
    html = "<table><tr><td><p>Just</p><p>text</p></td></tr></table>"
    paste(page, texts={"text/plain": "Just text", "text/html": html})

    saved(page, "text")

    assert "ecp-table" not in Draft.objects.get().body


def test_the_screenshot_of_who_writes_plain_text_is_an_attachment(page):
    press(page, page.find_element(By.XPATH, "//button[.='Write plain text']"))
    press(page, find(page, "textarea[name=body]"))

    paste(page, files=[SCREENSHOT])

    until(lambda: "image.png" in find(page, ".ecp-draft-attachments").text)
    assert "as an attachment" in find(page, ".ecp-draft-attachments").text
    assert not page.find_elements(By.CSS_SELECTOR, ".ecp-block")
