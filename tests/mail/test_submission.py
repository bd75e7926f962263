"""What is typed into a form becomes a mail, and nothing else."""

from datetime import UTC, datetime

import pytest

from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.parsing import parse
from wagtail_ecp.mail.submission import write_submission

VERA = "vera@customer.example"


def written(*, name="Vera Holm", address=VERA, subject="Hours", text="Open?"):
    return write_submission(
        sender=Address(name, address),
        to="support@example.com",
        subject=subject,
        text=text,
        message_id="form-1@example.com",
        date=datetime(2026, 11, 29, 10, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "typed",
    ["a\0b", "x" * 200_000, "é" * 5_000, "\ud800", "a\x85b\x0bc", "\r\n\r\n<html>", ""],
)
@pytest.mark.parametrize("part", ["name", "subject", "text"])
def test_whatever_is_typed_the_mail_has_its_own_headers_alone(part, typed):
    raw = written(**{part: typed})

    header, _blank, _body = raw.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0] for line in header.split(b"\r\n")]
    ours = [name for name in names if not name.startswith(b" ")]
    assert ours[:6] == [
        *(b"Date", b"From", b"To", b"Subject", b"Message-ID", b"MIME-Version")
    ]
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert parse(raw).sender.address == VERA


@pytest.mark.parametrize("name", ["Vera", "boss@bank.example", "A <b@c.example>"])
@pytest.mark.parametrize("address", ["", "x", "a@b\r\nBcc: c@d.example", "a,b@c.d"])
def test_who_gives_no_address_has_a_name_alone(name, address):
    sender = parse(written(name=name, address=address)).sender

    assert sender.address == ""


def test_nobody_at_all_is_no_sender():
    assert parse(written(name="", address="")).sender == Address("", "")


def test_the_text_is_as_it_was_typed():
    text = "Grüße,\nFrom here\n.\n\tlast"

    assert parse(written(text=text)).text.strip() == text
