from __future__ import annotations

import pytest

from tests.mail.mails import a_mail
from wagtail_ecp.mail.parsing import parse


@pytest.mark.parametrize(
    "header",
    [
        b"Auto-Submitted: auto-replied", b"Auto-Submitted: auto-generated; x=y",
        b"Precedence: Bulk", b"List-Id: <l.example.org>", b"X-ECP-Loop: 1",
        b"List-Unsubscribe: <mailto:u@x>", b"X-Auto-Response-Suppress: DR, OOF",
        b"X-Autoreply: yes", b"Return-Path: <>", b"Content-Type: text/calendar",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        b"\r\n".join([b"Received: by x"] * 51),
    ],
)  # fmt: skip
def test_machines_are_recognised_by_a_header(header):
    assert parse(a_mail(header + b"\r\n")).is_automatic


@pytest.mark.parametrize(
    "address",
    ["MAILER-DAEMON@x.org", "no-reply@x.org", "noreply+1@x.org", "do_not_reply@x.org",
     "owner-list@x.org", "list-request@x.org", "list-bounces@x.org"],
)  # fmt: skip
def test_machines_are_recognised_by_their_address(address):
    assert parse(a_mail().replace(b"ann@example.org", address.encode())).is_automatic


@pytest.mark.parametrize(
    "header",
    [b"Auto-Submitted: no", b"Precedence: first-class", b"Return-Path: <ann@x.org>",
     b"X-Auto-Response-Suppress: DR", b"X-Mailer: Mutt"],
)  # fmt: skip
def test_people_are_not_taken_for_machines(header):
    assert not parse(a_mail(header + b"\r\n")).is_automatic
