"""What strangers sent, handed to a browser so that nothing in it acts."""

import base64
from email.message import EmailMessage

import pytest
from django.core.files.storage import storages
from django.urls import reverse

from tests.builders import SUPPORT, a_mailbox, an_email, receive_and_process
from wagtail_ecp.inbox import blobs
from wagtail_ecp.inbox.models import Message

pytestmark = pytest.mark.django_db

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def html_mail(html, *, files=()):
    """Return a mail of HTML that shows a GIF as cid:pixel@x, with these files."""
    mail = EmailMessage()
    mail["From"] = "vera@customer.example"
    mail["To"] = SUPPORT
    mail["Subject"] = "HTML"
    mail["Message-ID"] = "<html@customer.example>"
    mail.set_content("plain")
    mail.add_alternative(html, subtype="html")
    list(mail.iter_parts())[1].add_related(PIXEL, "image", "gif", cid="<pixel@x>")
    for name, kind, data in files:
        maintype, subtype = kind.split("/")
        mail.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    return mail.as_bytes()


@pytest.fixture
def get(client, alice):
    """Receive a mail and return its part by name."""
    a_mailbox(readers=[alice])
    client.force_login(alice)

    def receive_and_get(raw, name, *args):
        receive_and_process(raw)
        return client.get(
            reverse(f"wagtail_ecp:{name}", args=[Message.objects.get().pk, *args])
        )

    return receive_and_get


def test_html_is_sanitised(get):
    response = get(
        html_mail("<b>Hi</b><script>x()</script><p onclick='x()'>there</p>"),
        "message_html",
    )

    html = response.content.decode()
    assert "<b>Hi</b>" in html
    assert "x()" not in html


def test_html_comes_with_headers_under_which_nothing_acts(get):
    response = get(html_mail("<b>Hi</b>"), "message_html")

    policy = set(response["Content-Security-Policy"].split("; "))
    assert policy == {
        "sandbox allow-popups allow-popups-to-escape-sandbox",
        "default-src 'none'",
        "img-src 'self' data:",
        "style-src 'unsafe-inline'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    }
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_images_of_the_mail_itself_are_shown(get):
    response = get(html_mail("<img src='cid:pixel@x'>"), "message_html")

    encoded = base64.b64encode(PIXEL).decode()
    assert f"data:image/gif;base64,{encoded}" in response.content.decode()


def test_images_from_elsewhere_are_left_out_and_that_is_said(get):
    raw = html_mail("<img src='https://tracker.example/pixel.gif'>")

    html = get(raw, "message_html").content.decode()

    assert "tracker.example" not in html
    assert "Images from other servers are not shown" in html


def test_no_note_where_nothing_was_left_out(get):
    html = get(html_mail("<b>Hi</b>"), "message_html").content.decode()

    assert "not shown" not in html


def test_quotes_in_html_are_folded(get):
    raw = html_mail("<p>Yes.</p><div class='gmail_quote'>On … wrote: Really?</div>")

    html = get(raw, "message_html").content.decode()

    assert '<details class="ecp-quote"><summary>Quoted text</summary>' in html


def test_message_without_html_has_no_frame(get):
    assert get(an_email(), "message_html").status_code == 404


def test_page_shows_html_in_a_sandboxed_frame(browse, alice):
    a_mailbox(readers=[alice])
    receive_and_process(html_mail("<b>Hi</b>"))
    message = Message.objects.get()

    soup = browse(alice)(
        reverse("wagtail_ecp:conversation", args=[message.conversation_id])
    )

    frame = soup.select_one("iframe.ecp-frame")
    assert frame["src"] == reverse("wagtail_ecp:message_html", args=[message.pk])
    assert frame["sandbox"] == ["allow-popups", "allow-popups-to-escape-sandbox"]
    assert soup.select_one(".ecp-plain .ecp-text").text == "plain"


def test_our_pages_have_no_inline_script_or_style(browse, alice):
    a_mailbox(repliers=[alice])
    receive_and_process(html_mail("<b>Hi</b>"))
    message = Message.objects.get()

    soup = browse(alice)(
        reverse("wagtail_ecp:conversation", args=[message.conversation_id])
    )

    page = soup.select_one(".ecp-page")
    assert page.select("script, style, [style]") == []
    assert [
        attribute
        for tag in page.select("*")
        for attribute in tag.attrs
        if attribute.startswith("on")
    ] == []


FILES = [("Rechnung März.html", "text/html", b"<script>x()</script>")]


def test_file_is_downloaded_under_its_name_and_never_run(get):
    response = get(html_mail("<img src='cid:pixel@x'>", files=FILES), "attachment", 1)

    assert response.content == b"<script>x()</script>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert (
        response["Content-Disposition"]
        == "attachment; filename*=utf-8''Rechnung%20M%C3%A4rz.html"
    )


def test_image_is_shown_in_the_browser(get):
    files = [("photo.gif", "image/gif", PIXEL)]

    response = get(html_mail("<img src='cid:pixel@x'>", files=files), "attachment", 1)

    assert response["Content-Type"] == "image/gif"
    assert response["Content-Disposition"] == 'inline; filename="photo.gif"'


def test_svg_is_no_image_but_a_download(get):
    files = [("x.svg", "image/svg+xml", b"<svg onload='x()'/>")]

    response = get(html_mail("<img src='cid:pixel@x'>", files=files), "attachment", 1)

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


def test_list_of_files_leaves_out_what_the_html_shows(browse, alice):
    a_mailbox(readers=[alice])
    receive_and_process(html_mail("<img src='cid:pixel@x'>", files=FILES))
    message = Message.objects.get()

    soup = browse(alice)(
        reverse("wagtail_ecp:conversation", args=[message.conversation_id])
    )

    [link] = soup.select(".ecp-files a[href$='?download']")
    assert link.text == "Download Rechnung März.html"


@pytest.mark.parametrize("index", [7, 10**30])
def test_file_that_is_not_there_is_not_found(get, index):
    assert get(html_mail("<b>Hi</b>"), "attachment", index).status_code == 404


def test_source_is_the_mail_byte_for_byte(get):
    raw = an_email()

    response = get(raw, "message_source")

    message = Message.objects.get()
    assert response.content == raw
    assert response["Content-Type"] == "message/rfc822"
    name = f"{message.conversation_id}-{message.pk}.eml"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_text_is_plain(get):
    response = get(an_email(text="<script>x()</script>\n"), "message_text")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content == b"<script>x()</script>\n"


@pytest.mark.parametrize("name", ["message_html", "message_source"])
def test_lost_file_is_not_found_and_no_error(client, alice, name):
    a_mailbox(readers=[alice])
    receive_and_process(html_mail("<b>Hi</b>"))
    message = Message.objects.get()
    storages["ecp_raw"].delete(blobs.file_name(message.blob_id))
    client.force_login(alice)

    response = client.get(reverse(f"wagtail_ecp:{name}", args=[message.pk]))

    assert response.status_code == 404
