"""A message's files: seen small, seen in a dialog, and all at once."""

import io
import zipfile
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse
from PIL import Image

from tests.admin.test_message_parts import html_mail
from tests.builders import a_mailbox, receive_and_process
from wagtail_ecp.inbox.models import Message
from wagtail_ecp.inbox.packing import safe_name, unique_name
from wagtail_ecp.inbox.thumbnails import MOST_PIXELS, SIDE, thumbnail
from wagtail_ecp.mail.rasters import PLACEHOLDER

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>x()</script></svg>"
ORIGIN = {
    "WAGTAIL_ECP": settings.WAGTAIL_ECP | {"CONTENT_ORIGIN": "https://files.example"}
}


def an_image(kind="PNG", size=(900, 600), **more):
    """Return the bytes of an image."""
    result = io.BytesIO()
    Image.new("RGB", size, "teal").save(result, kind, **more)
    return result.getvalue()


@pytest.fixture
def message(client, alice):
    """Return a function that receives a mail with these files and logs alice in."""
    a_mailbox(readers=[alice])
    client.force_login(alice)

    def received(*files):
        receive_and_process(html_mail("<img src='cid:pixel@x'>", files=files))
        return Message.objects.get()

    return received


def get(client, name, message, index=1, query=""):
    """Return what is at the address of a file; the first is the mail's own pixel."""
    args = [message.pk] if name == "attachments_zip" else [message.pk, index]
    return client.get(reverse(f"wagtail_ecp:{name}", args=args) + query)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_thumbnail_is_small_and_made_anew(kind):
    exif = Image.Exif()
    exif[0x010E] = "our secret garden"
    exif[0x0112] = 6  # On its side.
    data = an_image(kind, exif=exif) if kind in {"JPEG", "WEBP"} else an_image(kind)

    made = thumbnail(data)
    assert made is not None
    small, content_type = made

    with Image.open(io.BytesIO(small)) as image:
        assert max(image.size) == SIDE
        assert not image.getexif()
        is_upright = image.height > image.width
    assert content_type in {"image/jpeg", "image/png"}
    assert b"garden" not in small
    assert is_upright == (kind in {"JPEG", "WEBP"})


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b"",
        b"\x89PNG\r\n\x1a\nbroken",
        an_image()[:300],
        b"GIF89a" + b"\xff" * 20,
        an_image("BMP"),
        an_image(size=(MOST_PIXELS // 1000 + 1, 1000)),
    ],
)
def test_no_thumbnail_is_made_of_what_is_broken_or_a_bomb(data):
    assert thumbnail(data) is None


def test_thumbnails_are_handed_out_so_that_nothing_acts(client, message):
    found = message(("a.png", "image/png", an_image()), ("b.png", "image/png", SVG))

    first, second = (get(client, "attachment_thumbnail", found, i) for i in (1, 2))

    assert first["Content-Type"] == "image/jpeg"
    assert second.content == PLACEHOLDER
    assert first["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in first["Content-Security-Policy"]
    assert "private" in first["Cache-Control"]


def test_an_image_is_shown_for_what_its_bytes_are(client, message):
    found = message(("a.png", "image/png", SVG), ("b.txt", "text/plain", an_image()))

    svg, picture = (get(client, "attachment", found, index) for index in (1, 2))
    download = get(client, "attachment", found, 2, "?download")

    assert svg["Content-Disposition"].startswith("attachment")
    assert picture["Content-Type"] == "image/png"
    assert download["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "kind", "data", "selector"),
    [
        ("a.jpg", "image/jpeg", an_image("JPEG"), "img"),
        ("a.txt", "text/plain", b"<script>x()</script>", "pre"),
        ("a.csv", "application/octet-stream", b"a;b\n", "pre"),
        ("a.html", "text/html", b"<img src=x onerror=x()>", "pre"),
        ("a.svg", "image/svg+xml", SVG, "p"),
        ("a.pdf", "application/pdf", PDF, "p"),
        ("a.txt", "text/plain", b"\x00\x01binary", "p"),
        ("a.exe", "application/x-msdownload", b"MZ", "p"),
    ],
)
def test_a_preview_shows_images_and_text_and_says_why_not(
    client, message, name, kind, data, selector
):
    found = message((name, kind, data))

    answer = get(client, "attachment_preview", found, 1, "?fragment")
    whole = get(client, "attachment_preview", found)

    figure = BeautifulSoup(answer.content, "html.parser").figure
    assert figure.select_one(f":scope > {selector}")
    assert not figure.select("script, [onerror]")
    assert whole.status_code == 200
    assert b"ecp-preview" in whole.content


def test_a_long_text_is_cut_and_that_is_said(client, message):
    found = message(("a.txt", "text/plain", "ä".encode() * 40_000))

    page = get(client, "attachment_preview", found, 1, "?fragment").content.decode()

    assert "Only the beginning is shown" in page
    assert "ä" * 32_000 in page
    assert "\ufffd" not in page
    assert "ä" * 33_000 not in page


def framed(page):
    """Return the address of what the page frames."""
    return str(BeautifulSoup(page.content, "html.parser").iframe.attrs["src"])


@override_settings(**ORIGIN)
def test_a_pdf_is_shown_on_the_second_origin_alone(client, message):
    found = message(("a.pdf", "application/pdf", PDF))

    page = get(client, "attachment_preview", found, 1, "?fragment")
    url = framed(page)
    path = urlsplit(url).path
    there = Client().get(path, headers={"host": "files.example"})
    here = Client().get(path, headers={"host": "tests.example"})

    assert url.startswith("https://files.example/")
    assert there.content == PDF
    assert there["Content-Type"] == "application/pdf"
    assert there["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in there["Content-Security-Policy"]
    assert "frame-ancestors http://tests.example" in there["Content-Security-Policy"]
    assert here.status_code == 404


@override_settings(**ORIGIN)
def test_a_pass_for_a_pdf_shows_no_other_file_and_nothing_that_is_no_pdf(
    client, message
):
    found = message(
        ("a.pdf", "application/pdf", PDF), ("b.pdf", "application/pdf", SVG)
    )
    page = get(client, "attachment_preview", found, 1, "?fragment")
    path = urlsplit(framed(page)).path
    other = path.replace(f"/{found.pk}/1/", f"/{found.pk}/2/")

    there = Client().get(other, headers={"host": "files.example"})
    no_pdf = get(client, "attachment_preview", found, 2, "?fragment")

    assert there.status_code == 404
    assert b"iframe" not in no_pdf.content


def test_all_files_come_as_one_zip_under_safe_names(client, message):
    names = ["../../a.txt", "A.TXT", "a.txt", "con.txt", "b?.txt", ""]
    found = message(*((name, "text/plain", name.encode()) for name in names))

    response = get(client, "attachments_zip", found)

    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert archive.testzip() is None
    assert archive.namelist() == [
        *("a.txt", "A (2).TXT", "a (3).txt", "_con.txt", "b_.txt", "attachment")
    ]
    assert archive.read("A (2).TXT") == b"A.TXT"
    assert response["Content-Type"] == "application/zip"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("..", "attachment"),
        (".bashrc", "bashrc"),
        ("a/b\\c.txt", "c.txt"),
        ("a\r\nb.txt", "a b.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("NUL", "_NUL"),
        ("a.txt. ", "a.txt"),
        ("Grüße.pdf", "Grüße.pdf"),
        ("-rf", "-rf"),
    ],
)
def test_names_in_an_archive_are_names_and_no_more(name, safe):
    assert safe_name(name) == safe


def test_names_without_an_ending_are_numbered_at_their_end():
    taken = set()

    assert [unique_name("README", taken) for _turn in range(3)] == [
        *("README", "README (2)", "README (3)")
    ]


def test_the_page_lists_each_file_with_its_kind_size_and_ways_to_see_it(
    browse, alice, message
):
    found = message(
        ("photo.png", "image/png", an_image()),
        ("sheet.xlsx", "application/octet-stream", b"x" * 2_000),
    )

    soup = browse(alice)(
        reverse("wagtail_ecp:conversation", args=[found.conversation_id])
    )

    picture, sheet = soup.select(".ecp-file")
    assert picture.img["src"].endswith("/thumbnail/")
    assert picture.select_one("a[href$='/preview/']")
    assert "spreadsheet, 2.0\xa0KB" in sheet.text
    assert not sheet.select("a[href$='/preview/'], img")
    assert soup.select_one("a[href$='attachments.zip']")


@pytest.mark.parametrize("name", ["attachment_thumbnail", "attachment_preview"])
def test_a_file_that_is_not_there_is_not_found(client, message, name):
    assert get(client, name, message(), 99).status_code == 404


def test_a_message_without_files_has_no_archive(client, message):
    assert get(client, "attachments_zip", message()).status_code == 404
