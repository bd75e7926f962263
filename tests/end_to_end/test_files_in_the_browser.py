"""Files of a message and of a draft, as they look and feel."""

import pytest
from selenium.webdriver.common.by import By

from tests.admin.test_attachments import an_image
from tests.admin.test_message_parts import html_mail
from tests.builders import a_mailbox, a_user, receive_and_process
from tests.end_to_end.browser import find, log_in, picture, press, violations
from tests.end_to_end.conftest import until
from wagtail_ecp.inbox.models import Conversation, DraftFile

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

LETTER = (
    "<p>Here is the photo. <img src='https://tracker.example/pixel.png'></p>"
    "<div class='gmail_quote'>On 1 May, Support wrote: Send us a photo.</div>"
)


@pytest.fixture
def page(transactional_db, live_server, chromium):
    """Return a function that opens a conversation with files, as a member."""
    a_mailbox(repliers=[a_user("ann")])
    files = [
        ("photo.png", "image/png", an_image()),
        ("notes.txt", "text/plain", b"<b>first</b>\nsecond"),
        ("sheet.xlsx", "application/octet-stream", b"x" * 2_000),
    ]
    receive_and_process(html_mail(LETTER, files=files))
    log_in(chromium, live_server.url, "ann")
    number = Conversation.objects.get().pk
    chromium.get(f"{live_server.url}/admin/mail/conversations/{number}/")
    return chromium


def test_files_are_previewed_in_a_dialog(page):
    loaded = "return arguments[0].complete && arguments[0].naturalWidth"
    picture_of_it = find(page, ".ecp-file img")
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", picture_of_it)
    until(lambda: page.execute_script(loaded, picture_of_it))
    picture(page, "attachments")

    for link in page.find_elements(By.PARTIAL_LINK_TEXT, "Preview"):
        press(page, link)
        until(lambda: page.find_elements(By.CSS_SELECTOR, "dialog[open] figure"))
        last = find(page, "dialog[open]").text
        assert violations(page) == []
        press(page, find(page, ".ecp-dialog-close"))

    assert "<b>first</b>" in last
    assert not page.find_elements(By.CSS_SELECTOR, "dialog[open]")


def test_files_are_uploaded_and_taken_out_while_one_writes(page, tmp_path):
    (tmp_path / "plan.txt").write_text("plan")
    field = page.find_element(By.NAME, "attachments")

    field.send_keys(str(tmp_path / "plan.txt"))

    until(lambda: "plan.txt" in find(page, ".ecp-draft-attachments").text)
    assert DraftFile.objects.get().name == "plan.txt"
    page.execute_script("arguments[0].scrollIntoView({block: 'center'})", field)
    picture(page, "draft-files")
    press(page, find(page, "[name=drop]"))
    until(lambda: not DraftFile.objects.exists())


def test_the_library_opens_where_one_writes(page):
    press(page, find(page, "#ecp-library_document-chooser .unchosen button"))

    until(lambda: "Choose a document" in page.page_source)
