"""A file from the web: HTTPS, through the guard, small, and in time."""

import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from wagtail_ecp.exceptions import UnsafeAddressError
from wagtail_ecp.mail import reaching, web
from wagtail_ecp.mail.web import WebError, get

HERE = ["127.0.0.0/8", "::1/128"]


class Site(BaseHTTPRequestHandler):
    """Answers each path with what the test gave it: status, headers, body."""

    server: "Server"

    def do_GET(self):
        status, headers, body = self.server.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        for piece in body if isinstance(body, list) else [body]:
            if callable(piece):
                piece()
            else:
                self.wfile.write(piece)

    def log_message(self, *_args):
        """Say nothing."""


class Server(ThreadingHTTPServer):
    pages: dict[str, tuple[int, dict[str, str], Any]]

    def handle_error(self, *_args):
        """A client that hangs up is what some tests are about."""


@contextmanager
def a_site(certificate, pages):
    server = Server(("127.0.0.1", 0), Site)
    server.pages = pages
    server.socket = certificate.for_servers().wrap_socket(
        server.socket, server_side=True
    )
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"https://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetch(url, certificate, **more):
    return get(
        url,
        **{
            "allowed_networks": HERE,
            "ssl_context": certificate.for_clients(),
            "timeout": 5,
            **more,
        },
    )


def test_a_file_is_fetched(certificate):
    with a_site(certificate, {"/a?b=c": (200, {}, b"hello")}) as site:
        assert fetch(f"{site}/a?b=c", certificate) == b"hello"


def test_redirects_are_followed_three_times(certificate):
    pages = {f"/{n}": (302, {"Location": f"/{n + 1}"}, b"") for n in range(9)}
    pages["/3"] = (200, {}, b"there")
    with a_site(certificate, pages) as site:
        assert fetch(f"{site}/0", certificate) == b"there"
        with pytest.raises(WebError, match="too often"):
            fetch(f"{site}/4", certificate)


@pytest.mark.parametrize(
    "location", ["http://localhost/", "file:///etc/passwd", "//user@localhost/", ""]
)
def test_a_redirect_is_checked_like_the_first_address(certificate, location):
    with (
        a_site(certificate, {"/": (302, {"Location": location}, b"")}) as site,
        pytest.raises(WebError),
    ):
        fetch(site, certificate)


def test_a_redirect_leads_through_the_guard(certificate, monkeypatch):
    asked = []

    def connect(host, port, **more):
        asked.append(host)
        if host == "inside.example":
            raise UnsafeAddressError("private")
        return real(host, port, **more)

    real = reaching.connect
    monkeypatch.setattr(reaching, "connect", connect)
    pages = {"/": (302, {"Location": "https://inside.example/"}, b"")}
    with a_site(certificate, pages) as site, pytest.raises(UnsafeAddressError):
        fetch(site, certificate)
    assert asked == ["localhost", "inside.example"]


def test_our_own_network_is_not_asked_unless_it_is_allowed(certificate):
    with (
        a_site(certificate, {"/": (200, {}, b"secret")}) as site,
        pytest.raises(UnsafeAddressError),
    ):
        fetch(site, certificate, allowed_networks=[])


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/",
        "https://",
        "https://x:y@localhost/",
        "https://localhost:99999/",
        "https://münchen.example/",
        "https://[::1",
    ],
)
def test_nothing_but_https_is_asked(url, certificate, monkeypatch):
    monkeypatch.setattr(reaching, "connect", lambda *a, **k: 1 / 0)

    with pytest.raises(WebError):
        fetch(url, certificate)


def test_a_certificate_must_hold(certificate, self_signed):
    with (
        a_site(self_signed, {"/": (200, {}, b"hello")}) as site,
        pytest.raises(WebError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        fetch(site, certificate)


def test_the_systems_authorities_are_asked_by_default(certificate):
    with (
        a_site(certificate, {"/": (200, {}, b"hello")}) as site,
        pytest.raises(WebError, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        get(site, allowed_networks=HERE, timeout=5)


def test_more_than_64_kilobytes_are_refused(certificate):
    pages = {
        "/fits": (200, {}, b"x" * web.MAX_BYTES),
        "/large": (200, {}, b"x" * (web.MAX_BYTES + 1)),
    }
    with a_site(certificate, pages) as site:
        assert len(fetch(f"{site}/fits", certificate)) == web.MAX_BYTES
        with pytest.raises(WebError, match="more than 65536 bytes"):
            fetch(f"{site}/large", certificate)


@pytest.mark.parametrize("status", [204, 401, 404, 500])
def test_anything_but_a_file_is_an_error(certificate, status):
    with (
        a_site(certificate, {"/": (status, {}, b"")}) as site,
        pytest.raises(WebError, match=str(status)),
    ):
        fetch(site, certificate)


def test_a_server_that_goes_on_drop_by_drop_is_cut_off(certificate):
    is_over = threading.Event()
    drops = [b"x", lambda: is_over.wait(0.1)] * 100
    begun = time.monotonic()
    with a_site(certificate, {"/": (200, {}, drops)}) as site:
        with pytest.raises(WebError, match="timed out"):
            fetch(site, certificate, timeout=0.6)
        is_over.set()

    assert time.monotonic() - begun < 4


def test_a_host_that_nobody_knows_is_said(certificate, monkeypatch):
    def connect(*_args, **_more):
        raise OSError("Name or service not known")

    monkeypatch.setattr(reaching, "connect", connect)

    with pytest.raises(WebError, match="can't be asked: Name or"):
        fetch("https://nowhere.example/", certificate)
