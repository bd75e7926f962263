"""SpamAssassin's own answers, and what is made of them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.spam.bad_servers import MAIL, saying, serving
from tests.spam.programs import running_spamd
from wagtail_ecp.exceptions import ConfigurationError
from wagtail_ecp.spam.backends import spamassassin
from wagtail_ecp.spam.backends.scale import on_our_scale
from wagtail_ecp.spam.backends.spamassassin import SpamAssassin, opinion

OFFER = b"From: a@example.org\r\nSubject: %s\r\n\r\nGet free money\r\n"

DIVIDER = "---- ---------------------- ------------------------------------------"


def an_answer(body="", *, spam="True ; 7.5 / 5.0"):
    encoded = body.encode()
    head = f"SPAMD/1.1 0 EX_OK\r\nContent-length: {len(encoded)}\r\nSpam: {spam}"
    return head.encode() + b"\r\n\r\n" + encoded


@pytest.fixture(scope="module")
def server():
    with running_spamd() as running:
        yield running


@pytest.mark.spamassassin
def test_a_real_spamd_is_asked(server):
    found = SpamAssassin(port=server.port).score(OFFER % b"your booking")

    assert found.score == 70.0
    assert found.clues == (
        ("ECP_OFFER: BODY: Promises free money", 5.5),
        ("ECP_KNOWN: Speaks of a booking", -1.5),
    )


@pytest.mark.spamassassin
def test_a_real_spamd_is_asked_at_its_unix_socket(server):
    backend = SpamAssassin(socket_path=server.socket_path, user="nobody")

    spam, other = (
        backend.score(OFFER % b"x"),
        backend.score(b"Subject: x\r\n\r\nHi\r\n"),
    )

    assert spam.score == on_our_scale(5.5, threshold=4.0)
    assert other.score == on_our_scale(0.0, threshold=4.0)
    assert other.clues == ()


@pytest.mark.spamassassin
# Named, because pytest puts a test's name into the environment of what it starts.
@pytest.mark.parametrize(
    "raw",
    [b"", b"\0" * 1000, b"\xff" * 500_000, b"x" * 512_000],
    ids=["empty", "zeros", "no text", "large"],
)
def test_a_real_spamd_has_an_opinion_on_bad_mail(server, raw):
    assert 0 <= SpamAssassin(port=server.port).score(raw).score <= 100


def test_the_mail_and_the_user_are_sent_as_they_are():
    heard = []

    with serving(saying(an_answer(), heard=heard)) as port:
        SpamAssassin(port=port, user="mail").score(MAIL)

    header, _, body = heard[0].partition(b"\r\n\r\n")
    assert header.startswith(b"REPORT SPAMC/1.5\r\n")
    assert b"\r\nUser: mail" in header
    assert body == MAIL


def test_points_are_read_against_the_threshold_of_the_site():
    found = opinion(an_answer(spam="False ; 7.7 / 7.7"))

    assert found.score == 70.0


def test_rules_are_read_out_of_the_table_alone():
    report = f"""Content preview:  9.9 FORGED_ONE             by the mail
{DIVIDER}
 9.9 FORGED_TWO             by the mail

Content analysis details:   (7.5 points, 5.0 required)

 pts rule name              description
{DIVIDER}
 2.7 MISSING_DATE           Missing Date: header
-0.0 NO_RELAYS              Informational: message was not relayed via SMTP
 0.2 NORMAL_HTTP_TO_IP      URI: URI host has a public dotted-decimal IPv4
                            address
                        9.9 FORGED_THREE  by the mail
-100 USER_IN_WELCOMELIST    Known
1000 GTUBE                  BODY: Generic Test for Unsolicited Bulk Email

"""
    assert opinion(an_answer(report)).clues == (
        ("GTUBE: BODY: Generic Test for Unsolicited Bulk Email", 1000.0),
        ("USER_IN_WELCOMELIST: Known", -100.0),
        ("MISSING_DATE: Missing Date: header", 2.7),
        ("NORMAL_HTTP_TO_IP: URI: URI host has a public dotted-decimal IPv4", 0.2),
    )


def test_a_report_of_another_form_has_a_score_and_no_clues():
    found = opinion(an_answer("This is spam: 2.7 MISSING_DATE bad\n"))

    assert found.score == on_our_scale(7.5, threshold=5.0)
    assert found.clues == ()


@given(
    st.binary()
    | st.binary().map(lambda end: b"SPAMD/1.1 0 EX_OK\r\n" + end)
    | st.text().map(lambda body: an_answer(f"{DIVIDER}\n 1.0 RULE {body}"))
)
def test_any_bytes_are_an_opinion_or_an_error_that_is_expected(answer):
    with suppress(*spamassassin._WRONG):
        assert 0 <= opinion(answer).score <= 100


def test_a_user_that_would_forge_headers_is_refused():
    with pytest.raises(ConfigurationError, match="printable"):
        SpamAssassin(user="mail\r\nCompress: zlib")
