"""A back end that is down, slow or mad says so in time, and does no harm."""

import socket
import time

import pytest

from tests.spam.bad_servers import (
    HOST,
    MAIL,
    dripping,
    endless,
    saying,
    serving,
    silent,
    slamming,
)
from wagtail_ecp.exceptions import BackendDownError
from wagtail_ecp.spam.backends.rspamd import Rspamd
from wagtail_ecp.spam.backends.spamassassin import SpamAssassin

TIMEOUT = 0.5  # Where it has to run out.
AMPLE = 20.0  # Where it must not.

HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SPAMD = b"SPAMD/1.1 0 EX_OK\r\n"


def rspamd(port, timeout=TIMEOUT):
    return Rspamd(url=f"http://{HOST}:{port}", timeout=timeout)


def spamassassin(port, timeout=TIMEOUT):
    return SpamAssassin(port=port, timeout=timeout)


def asked(backend):
    """Return the words of the error, and the seconds until it came."""
    begun = time.monotonic()
    with pytest.raises(BackendDownError) as caught:
        backend.score(MAIL)
    return str(caught.value), time.monotonic() - begun


both = pytest.mark.parametrize("backend", [rspamd, spamassassin])


@both
def test_one_that_is_not_there_is_down(backend):
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]

    words, _seconds = asked(backend(port))

    assert f"{HOST}:{port}: [Errno 111] Connection refused" in words


@both
def test_one_that_never_answers_is_down_in_time(backend):
    with serving(silent) as port:
        words, seconds = asked(backend(port))

    assert words.endswith("gave no answer within 0.5 seconds.")
    assert TIMEOUT <= seconds < TIMEOUT + 1


@both
def test_one_that_does_not_even_read_a_large_mail_is_down_in_time(backend):
    with serving(silent) as port:
        begun = time.monotonic()
        with pytest.raises(BackendDownError, match="no answer within"):
            backend(port).score(MAIL + b"x" * 50_000_000)

    assert time.monotonic() - begun < TIMEOUT + 1


@pytest.mark.parametrize(
    ("backend", "beginning"),
    [
        (rspamd, b""),
        (rspamd, HTTP),
        (rspamd, HTTP + b"\r\n{"),
        (rspamd, HTTP + b"Content-Length: 100000\r\n\r\n"),
        (rspamd, HTTP + b"Transfer-Encoding: chunked\r\n\r\n"),
        (spamassassin, b""),
        (spamassassin, SPAMD),
        (spamassassin, SPAMD + b"Content-length: 90000\r\nSpam: True ; 9 / 5\r\n\r\n"),
    ],
)
def test_one_that_answers_byte_by_byte_is_down_in_time(backend, beginning):
    with serving(dripping(beginning)) as port:
        words, seconds = asked(backend(port))

    assert words.endswith("gave no answer within 0.5 seconds.")
    assert TIMEOUT <= seconds < TIMEOUT + 1


@pytest.mark.parametrize(
    ("backend", "beginning", "expected"),
    [
        (rspamd, b"", "got more than 65536 bytes when reading status line"),
        (rspamd, HTTP + b"X: ", "got more than 65536 bytes when reading header line"),
        (rspamd, HTTP + b"\r\n{", "answered more than 1048576 bytes"),
        (spamassassin, b"", "the answer has more than 65536 bytes"),
        (spamassassin, SPAMD, "the answer has more than 65536 bytes"),
    ],
)
def test_one_that_answers_without_end_is_not_listened_to(backend, beginning, expected):
    with serving(endless(beginning)) as port:
        words, seconds = asked(backend(port, AMPLE))

    assert expected in words
    assert seconds < AMPLE


@both
def test_one_that_hangs_up_is_down(backend):
    with serving(slamming) as port:
        words, seconds = asked(backend(port, AMPLE))

    assert words.count(f"at {HOST}:{port}: ") == 1
    assert seconds < AMPLE


@pytest.mark.parametrize(
    ("backend", "answer"),
    [
        (rspamd, b"\x00\xff\x80 nonsense \r\n\r\n"),
        (rspamd, HTTP + b"\r\nno json"),
        (rspamd, HTTP + b"\r\n" + b"[" * 500_000),
        (rspamd, HTTP + b"\r\n" + b"9" * 100_000),
        (rspamd, HTTP + b"\r\n" + b"\xff\xfe\xfd"),
        (rspamd, HTTP + b'\r\n{"action":"reject","score":' + b"9" * 400 + b"}"),
        (rspamd, HTTP + b'\r\n{"action":"reject","score":NaN}'),
        (rspamd, HTTP + b'\r\n{"action":"reject"}'),
        (rspamd, HTTP + b"Content-Length: 9\r\n\r\n{}"),
        (rspamd, b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n"),
        (spamassassin, b""),
        (spamassassin, b"\x00\xff\x80 nonsense \r\n\r\n"),
        (spamassassin, b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        (spamassassin, b"SPAMD/1.1 76 Bad header line: x\r\n"),
        (spamassassin, b"SPAMD/1.1 999999999999999999999 Odd\r\n"),
        (spamassassin, SPAMD + b"\r\n"),
        (spamassassin, SPAMD + b"\xff\xff: 1\r\n\r\n"),
        (spamassassin, SPAMD + b"Spam: True ; nan / 5\r\n\r\n"),
        (spamassassin, SPAMD + b"Spam: True ; 6 / inf\r\n\r\n"),
        (spamassassin, SPAMD + b"Spam: True ; 6 / 0\r\n\r\n"),
        (spamassassin, SPAMD + b"Spam: Perhaps\r\n\r\n"),
        (spamassassin, SPAMD + b"Content-length: -1\r\nSpam: True ; 6 / 5\r\n\r\n"),
        (spamassassin, SPAMD + b"Content-length: 9\r\nSpam: True ; 6 / 5\r\n\r\nx"),
        (spamassassin, SPAMD + b"a:b\r\n" * 13_000),
    ],
)
def test_one_that_talks_nonsense_is_down(backend, answer):
    with serving(saying(answer)) as port:
        words, seconds = asked(backend(port, AMPLE))

    name, _, why = words.partition(f" at {HOST}:{port}: ")
    assert name in {"rspamd", "spamd"}
    assert why
    assert why.isprintable()
    assert len(why) <= 200
    assert seconds < AMPLE


def test_a_missing_unix_socket_is_said(tmp_path):
    path = tmp_path / "gone"

    words, _seconds = asked(SpamAssassin(socket_path=str(path)))

    assert words == f"spamd at {path}: [Errno 2] No such file or directory"


def test_a_tls_handshake_without_an_end_is_cut_off():
    with serving(silent) as port:
        backend = Rspamd(url=f"https://{HOST}:{port}", timeout=TIMEOUT)
        words, seconds = asked(backend)

    assert "no answer within" in words
    assert TIMEOUT <= seconds < TIMEOUT + 1


def test_a_password_is_in_no_word_of_an_error():
    with serving(saying(b"HTTP/1.1 401 Unauthorized\r\n\r\n")) as port:
        backend = Rspamd(url=f"http://{HOST}:{port}", password="s3cret")
        words, _seconds = asked(backend)

    assert words == f"rspamd at {HOST}:{port}: answered 401 Unauthorized"
