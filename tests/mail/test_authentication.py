from __future__ import annotations

import pytest

from wagtail_ecp.mail.authentication import NO_AUTHSERV_ID, dmarc_result

MS = "spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=x.org; dmarc=pass action=none header.from=x.org"


def result(*values, trusted=("mx.example.com",)):
    headers = [("Authentication-Results", value) for value in values]
    return dmarc_result(headers, trusted_ids=trusted)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("mx.example.com; dmarc=pass header.from=x.org", "pass"),
        ("MX.example.com 1; spf=fail; DMARC = Pass (p=reject)", "pass"),
        ("mx.example.com;\r\n dkim=pass;\r\n dmarc=fail (p=none)", "fail"),
        ("mx.example.com; dmarc=none", "none"),
        ("mx.example.com; dmarc=temperror", "none"),
        ("mx.example.com; dkim=pass", "none"),
        ("mx.example.com; dmarc=pass; dmarc=fail", "fail"),
        ("mx.example.com; none", "none"),
        ('"mx.example.com"; dmarc=pass', "pass"),
        ("(comment) mx.example.com; dmarc=pass", "pass"),
        ("mx.example.com; dkim=fail (; dmarc=pass ); spf=fail", "none"),
        ('mx.example.com; dkim=fail reason="; dmarc=pass"', "none"),
        ("mx.example.com; spf=fail smtp.mailfrom=a(; dmarc=pass", "none"),
        ("evil.example; dmarc=pass", "none"),
        ("", "none"),
    ],
)
def test_only_what_a_trusted_server_says_counts(value, expected):
    assert result(value) == expected


def test_only_the_topmost_trusted_header_counts():
    passed, failed = "mx.example.com; dmarc=pass", "mx.example.com; dmarc=fail"

    assert result("other.example; dmarc=pass", failed, passed) == "fail"
    assert result("mx.example.com; spf=pass", passed) == "none"


def test_a_header_without_server_counts_if_it_is_trusted_and_topmost():
    assert result(MS) == "none"
    assert result(MS, trusted=(NO_AUTHSERV_ID,)) == "pass"
    assert result("other.example; dmarc=fail", MS, trusted=(NO_AUTHSERV_ID,)) == "none"


def test_raw_mail_is_read_as_well():
    raw = b"Authentication-Results: mx.example.com; dmarc=pass\r\nFrom: a@b\r\n\r\nx"

    assert dmarc_result(raw, trusted_ids={"mx.example.com"}) == "pass"
    assert dmarc_result(raw, trusted_ids=()) == "none"
    assert dmarc_result(b"\xff\0", trusted_ids=("",)) == "none"
