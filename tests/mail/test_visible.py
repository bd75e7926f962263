"""What strangers hide in headers and sources is written out."""

import pytest

from wagtail_ecp.mail.headers_shown import MOST_CHARACTERS, MOST_HEADERS, headers_of
from wagtail_ecp.mail.visible import source_text, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain\ttext\nof two lines", "plain\ttext\nof two lines"),
        ("bill\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "bill[U+202E]fdp.exe"),
        ("pay\N{ZERO WIDTH SPACE}pal", "pay[U+200B]pal"),
        ("bell\a null\0", "bell[U+0007] null[U+0000]"),
        ("\N{LATIN SMALL LETTER E WITH ACUTE} \N{ROCKET}", "\xe9 \N{ROCKET}"),
        ("windows\r\nlines", "windows\nlines"),
    ],
)
def test_hidden_characters_are_written_out(text, shown):
    assert visible(text) == shown


def test_bytes_that_are_no_text_are_written_out():
    assert source_text(b"caf\xe9 \xc3\xa9") == "caf\\xe9 \xe9"


def test_headers_are_shown_decoded_and_as_they_came():
    raw = b"Subject: =?utf-8?q?Caf=C3=A9?=\r\nX-Plain: as it is\r\n\r\nbody"

    subject, plain = headers_of(raw)

    assert subject == ("Subject", "Caf\xe9", "=?utf-8?q?Caf=C3=A9?=")
    assert plain == ("X-Plain", "as it is", "")


def test_folded_header_is_one_line_and_not_shown_twice():
    [header] = headers_of(b"References: <a@x>\r\n <b@x>\r\n\r\n")

    assert header == ("References", "<a@x> <b@x>", "")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\0",
        b"no header at all",
        b": nameless\r\n\r\n",
        b"\xff\xfe: \xff\r\n\r\n",
    ],
)
def test_whatever_came_can_be_shown(raw):
    for header in headers_of(raw):
        assert all(visible(text) == text for text in header)


def test_endless_headers_are_cut():
    many = b"".join(b"X-%d: 1\r\n" % number for number in range(MOST_HEADERS * 2))
    [long] = headers_of(b"X: " + b"x" * MOST_CHARACTERS * 2 + b"\r\n\r\n")

    assert len(headers_of(many + b"\r\n")) == MOST_HEADERS
    assert len(long.value) == MOST_CHARACTERS
