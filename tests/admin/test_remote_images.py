"""Images on others' servers: through us, for those who ask, and nothing else."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from tests.admin.test_message_parts import PIXEL, html_mail
from tests.builders import a_mailbox, receive_and_process
from wagtail_ecp.inbox import actions, remote_images
from wagtail_ecp.inbox.models import Folder, Message, TrustedImages

pytestmark = pytest.mark.django_db

NOWHERE = {"WAGTAIL_ECP": settings.WAGTAIL_ECP | {"ALLOWED_NETWORKS": []}}


class Answering(BaseHTTPRequestHandler):
    server: "Site"

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, body = self.server.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Say nothing."""


class Site(ThreadingHTTPServer):
    """It has ``pages``, and notes what is asked of it."""

    def __init__(self, pages):
        super().__init__(("127.0.0.1", 0), Answering)
        self.pages = pages
        self.asked = []


@contextmanager
def a_site(pages):
    """Serve ``pages`` and note what is asked of it."""
    server = Site(pages)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def a_message(html, *, reader):
    """Return a received message of this HTML."""
    a_mailbox(readers=[reader])
    receive_and_process(html_mail(html))
    return Message.objects.select_related("conversation").get()


def sources(response):
    """Return where the images of a frame come from."""
    soup = BeautifulSoup(response.content, "html.parser")
    return [image.get("src", "") for image in soup.find_all("img")]


def test_images_are_fetched_for_who_asks_without_cookies_or_referrer(client, alice):
    with a_site({"/a.gif?b=1": (200, {"Content-Type": "x/y"}, PIXEL)}) as (site, asked):
        message = a_message(f"<img src='{site}/a.gif?b=1'>", reader=alice)
        client.force_login(alice)

        frame = client.post(reverse("wagtail_ecp:message_images", args=[message.pk]))
        assert asked == []
        [source] = sources(frame)
        image = Client().get(source)

    assert image.content == PIXEL
    assert image["Content-Type"] == "image/gif"
    assert image["X-Content-Type-Options"] == "nosniff"
    assert image["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "private" in image["Cache-Control"]
    [(path, headers)] = asked
    assert path == "/a.gif?b=1"
    assert not {"Cookie", "Referer", "Origin"} & set(headers)
    assert "img-src 'self' data:" in frame["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (200, {"Content-Type": "image/svg+xml"}, b"<svg xmlns='http://www.w3.org/'/>"),
        (200, {"Content-Type": "image/png"}, b"<html><script>x()</script>"),
        (200, {"Content-Type": "image/png"}, b""),
        (200, {}, b"GIF89a" + b"x" * remote_images.MAX_BYTES),
        (404, {}, b"GIF89a"),
        (302, {"Location": "file:///etc/passwd"}, b""),
        (302, {"Location": "/again"}, b""),
    ],
)
def test_what_is_no_image_becomes_a_small_square(client, status, headers, body):
    page = (status, headers, body)
    with a_site({"/again": page}) as (site, _asked):
        image = client.get(address_of(1, f"{site}/again"))

    assert image.status_code == 502
    assert image["Content-Type"] == "image/png"
    assert len(image.content) < 200


def address_of(message_id, url):
    """Return where a shown image is fetched."""
    given = remote_images.pass_for(message_id, url)
    path = reverse("wagtail_ecp_site:remote_image", args=[message_id, *given])
    return f"{path}?{urlencode({'url': url})}"


@override_settings(**NOWHERE)
def test_nothing_in_a_private_network_is_asked(client):
    with a_site({"/": (200, {}, PIXEL)}) as (site, asked):
        answers = [
            client.get(address_of(1, url))
            for url in (
                site,
                "http://[::1]/",
                "http://169.254.169.254/latest",
                "ftp://x/",
            )
        ]

    assert {answer.status_code for answer in answers} == {502}
    assert asked == []


def test_a_redirect_into_a_private_network_is_not_followed(client):
    target = {"Location": "http://169.254.169.254/"}
    with a_site({"/": (302, target, b"")}) as (site, asked):
        answer = client.get(address_of(1, f"{site}/"))

    assert answer.status_code == 502
    assert len(asked) == 1


def test_an_address_opens_one_image_of_one_message_for_a_while(client, monkeypatch):
    with a_site({"/": (200, {}, PIXEL), "/b": (200, {}, PIXEL)}) as (site, asked):
        address = address_of(1, f"{site}/")

        forged = [
            address.replace("/images/1/", "/images/2/"),
            f"{urlsplit(address).path}?{urlencode({'url': f'{site}/b'})}",
            address.replace("/?url", "x/?url"),
            urlsplit(address).path,
        ]
        statuses = {client.get(url).status_code for url in forged}
        later = time.time() + remote_images.SECONDS + 5
        monkeypatch.setattr("wagtail_ecp.accounts.passes.time.time", lambda: later)
        expired = client.get(address).status_code

    assert statuses == {404}
    assert expired == 404
    assert asked == []


def test_a_trusted_sender_s_images_are_shown_at_once_and_to_that_member_alone(
    client, alice, bob
):
    message = a_message("<img src='https://x.example/a.png'>", reader=alice)
    actions.trust_images(message, by=alice)
    TrustedImages.objects.create(user=bob, sender_key="other@customer.example")

    client.force_login(alice)
    frame = client.get(reverse("wagtail_ecp:message_html", args=[message.pk]))

    assert "/ecp/images/" in sources(frame)[0]
    assert "not shown" not in frame.content.decode()
    assert not remote_images.are_trusted(message, by=bob)
    actions.distrust_images(message, by=alice)
    assert not remote_images.are_trusted(message, by=alice)


@pytest.mark.parametrize("doubt", ["spam folder", "forged"])
def test_trust_does_not_hold_for_spam_nor_for_who_may_pose_as_the_sender(alice, doubt):
    message = a_message("<img src='https://x.example/a.png'>", reader=alice)
    actions.trust_images(message, by=alice)
    if doubt == "forged":
        message.authentication = Message.Authentication.FAIL
    else:
        message.conversation.folder = Folder.SPAM

    assert not remote_images.are_trusted(message, by=alice)


def test_a_mail_cannot_name_our_proxy_itself(client, alice):
    url = address_of(1, "https://x.example/a.png")
    message = a_message(f"<img src='{url}'><img src='//x.example/b.png'>", reader=alice)
    client.force_login(alice)

    frame = client.get(reverse("wagtail_ecp:message_html", args=[message.pk]))

    assert sources(frame) == ["", ""]


def test_whether_there_are_remote_images_is_known_from_the_row(alice):
    assert a_message(
        "<img src='https://x.example/a.png'>", reader=alice
    ).has_remote_images


def test_addresses_of_other_alphabets_are_asked_as_ascii():
    url = remote_images.ascii_url("https://bücher.example/ä b.png?q=ö#part")

    assert url == "https://xn--bcher-kva.example/%C3%A4%20b.png?q=%C3%B6"


def test_the_page_offers_images_where_a_message_has_some(browse, alice):
    message = a_message("<img src='https://x.example/a.png'>", reader=alice)
    page = reverse("wagtail_ecp:conversation", args=[message.conversation_id])

    once, always = browse(alice)(page).select(".ecp-remote-images form")
    actions.trust_images(message, by=alice)
    [never] = browse(alice)(page).select(".ecp-remote-images form")

    assert once["target"] == f"ecp-frame-{message.pk}"
    assert always.button["value"] == "yes"
    assert never.button["value"] == "no"


def test_the_page_offers_nothing_where_there_are_no_images(browse, alice):
    message = a_message("<p>Hi</p>", reader=alice)
    page = reverse("wagtail_ecp:conversation", args=[message.conversation_id])

    assert not browse(alice)(page).select(".ecp-remote-images")


@pytest.mark.parametrize(("answer", "trusted"), [("yes", 1), ("no", 0)])
def test_a_member_trusts_a_sender_by_a_button(client, alice, answer, trusted):
    message = a_message("<img src='https://x.example/a.png'>", reader=alice)
    client.force_login(alice)

    client.post(
        reverse("wagtail_ecp:trust_images", args=[message.pk]), {"trust": answer}
    )

    assert TrustedImages.objects.count() == trusted
