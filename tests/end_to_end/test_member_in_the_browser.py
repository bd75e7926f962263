"""A member's own preferences, and the owner's export, as they look and feel."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.select import Select

from tests.builders import a_mailbox, a_user, an_account, an_email, receive_and_process
from tests.end_to_end.browser import (
    find,
    log_in,
    picture,
    press,
    scroll_to,
    violations,
)
from tests.end_to_end.conftest import until
from wagtail_ecp.inbox import blobs, export_parts, exports, profiles
from wagtail_ecp.inbox.models import Conversation, Export, MemberProfile, Outbox
from wagtail_ecp.mail.parsing import parse

pytestmark = [pytest.mark.chromium, pytest.mark.slow]


@pytest.fixture
def ann(transactional_db):
    ann = a_user("ann")
    ann.first_name, ann.last_name = "Ann", "Finch"
    ann.save()
    return ann


@pytest.fixture
def support(ann):
    return a_mailbox(repliers=[ann])


def test_member_fills_in_the_mail_tab_and_finds_it_again(
    ann, support, live_server, chromium
):
    sales = a_mailbox("sales@example.com", readers=[ann])
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/account/#tab-ecp-mail")

    find(chromium, "#id_ecp_profile-signature").send_keys("Ann Finch\nAlder & Co")
    mailbox = Select(find(chromium, "#id_ecp_profile-default_mailbox"))
    mailbox.select_by_value(str(sales.pk))
    Select(find(chromium, "#id_ecp_profile-starting_tab")).select_by_value("archive")
    press(chromium, find(chromium, "#id_ecp_profile-archive_on_reply"))
    press(chromium, find(chromium, "#id_ecp_profile-alert_mailboxes_0"))
    scroll_to(chromium, find(chromium, "#id_ecp_profile-signature"))
    picture(chromium, "profile")
    press(chromium, find(chromium, "footer button[type=submit]"))
    until(lambda: "changed successfully" in chromium.page_source)

    profile = MemberProfile.objects.of(ann)
    assert profile.signature == "Ann Finch\nAlder & Co"
    assert profile.default_mailbox == sales
    assert profile.archive_on_reply
    assert profile.alert_assigned
    assert profile.alert_mailboxes.count() == 1
    assert violations(chromium) == []
    chromium.get(f"{live_server.url}/admin/mail/")
    assert chromium.current_url.endswith(f"/admin/mail/{sales.pk}/archive/")


def test_answer_is_typed_above_the_signature_and_archived(
    ann, support, live_server, chromium
):
    profiles.change({"signature": "Ann Finch", "archive_on_reply": True}, by=ann)
    receive_and_process(an_email())
    conversation = Conversation.objects.get()
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/mail/conversations/{conversation.pk}/")

    editor = find(chromium, "[role=textbox]")
    first = find(chromium, "[role=textbox] [data-block]")
    assert "Ann Finch" in editor.text
    press(chromium, first)
    editor.send_keys("It left yesterday.")
    press(chromium, find(chromium, ".ecp-send button:not(.button-secondary)"))
    until(lambda: "is archived" in chromium.page_source)

    raw = blobs.read(Outbox.objects.get().message.blob_id)
    written, _mark, quoted = parse(raw).text.partition("\n\nOn ")
    assert written.splitlines()[0] == "It left yesterday."
    assert written.splitlines()[-2:] == ["-- ", "Ann Finch"]
    assert quoted.endswith("> where is it?")
    conversation.refresh_from_db()
    assert conversation.folder == "archive"


@pytest.fixture
def much_mail(monkeypatch, ann):
    an_account(owner=ann)
    a_mailbox(repliers=[ann])
    receive_and_process(*(an_email(f"Mail {number}") for number in range(20)))
    monkeypatch.setattr(export_parts, "PART_BYTES", 1000)


def test_owner_sees_the_export_grow_and_downloads_it(
    much_mail, ann, live_server, chromium
):
    log_in(chromium, live_server.url, "ann")
    chromium.get(f"{live_server.url}/admin/mail/account/export/")
    press(chromium, find(chromium, "main form button"))
    bar = find(chromium, "main progress")
    assert bar.get_attribute("value") == "0"

    export = Export.objects.get()
    Export.objects.unfinished().claim("browser", lease=exports.LEASE, limit=1)
    export.refresh_from_db()
    exports._update(export, total=export_parts.total())
    archive = export_parts.Archive({})
    for _part in range(8):
        exports._write_part(export, archive)
    until(lambda: float(bar.get_attribute("value")) > 0)
    assert "mails and rows" in find(chromium, ".ecp-export__facts").text
    picture(chromium, "export")
    exports._give_back(export)
    exports.work(export.pk, seconds=60)

    download = find(chromium, "main [formaction$='/download/']")
    assert chromium.find_elements(By.TAG_NAME, "progress") == []
    response = chromium.execute_async_script(
        """
        const [button, done] = arguments;
        fetch(button.formAction, {method: 'POST', body: new FormData(button.form)})
          .then(async (got) => done({
            type: got.headers.get('Content-Type'),
            bytes: (await got.arrayBuffer()).byteLength,
          }));
        """,
        download,
    )
    export.refresh_from_db()
    assert response == {"type": "application/zip", "bytes": export.size}
    assert violations(chromium) == []


def test_export_can_be_followed_without_javascript(
    much_mail, ann, live_server, chromium
):
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        log_in(chromium, live_server.url, "ann")
        chromium.get(f"{live_server.url}/admin/mail/account/export/")
        press_without_script(chromium, "main form button")
        find(chromium, "main progress")
        exports.work(Export.objects.get().pk, seconds=60)

        press_without_script(chromium, ".ecp-export__buttons a")

        assert find(chromium, "main [formaction$='/download/']")
    finally:
        chromium.execute_cdp_cmd(
            "Emulation.setScriptExecutionDisabled", {"value": False}
        )


def press_without_script(browser, selector):
    find(browser, selector).click()
