"""rspamd's own answers, and what is made of them."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.spam.bad_servers import MAIL, saying, serving
from tests.spam.programs import PASSWORD, running_rspamd
from wagtail_ecp.exceptions import BackendDownError, ConfigurationError
from wagtail_ecp.spam.backends import rspamd
from wagtail_ecp.spam.backends.rspamd import Rspamd, opinion
from wagtail_ecp.spam.backends.scale import on_our_scale

OFFER = b"From: a@example.org\r\nSubject: %s\r\n\r\nGet free money\r\n"
GTUBE = b"Subject: x\r\n\r\nXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X\r\n"

ANSWER = {
    "is_skipped": False,
    "score": 6.5,
    "required_score": 15.0,
    "action": "add header",
    "symbols": {
        "HOPE": {"name": "HOPE", "score": -1.5, "metric_score": -1.5},
        "NOTHING": {"name": "NOTHING", "score": 0.0, "description": "No points"},
        "OFFER": {"name": "OFFER", "score": 8.0, "description": "Free\nmoney"},
    },
}


@pytest.fixture(scope="module")
def server():
    with running_rspamd() as running:
        yield running


@pytest.mark.rspamd
def test_a_real_rspamd_is_asked(server):
    backend = Rspamd(url=server.url, threshold=5.0)

    found = backend.score(OFFER % b"your booking")

    assert found.score == on_our_scale(6.5, threshold=5.0)
    assert found.clues == (
        ("ECP_OFFER: Promises free money", 8.0),
        ("ECP_KNOWN: Speaks of a booking", -1.5),
    )


@pytest.mark.rspamd
def test_a_real_rspamd_tells_spam_from_other_mail(server):
    backend = Rspamd(url=server.url, threshold=5.0)

    spam, known, gtube = (
        backend.score(raw).score
        for raw in (OFFER % b"x", b"Subject: your booking\r\n\r\nHi\r\n", GTUBE)
    )

    assert known < 10
    assert 70 < spam < gtube


@pytest.mark.rspamd
# Named, because pytest puts a test's name into the environment of what it starts.
@pytest.mark.parametrize(
    "raw",
    [b"", b"\0" * 1000, b"\xff" * 500_000, b"x" * 512_000],
    ids=["empty", "zeros", "no text", "large"],
)
def test_a_real_rspamd_has_an_opinion_on_bad_mail(server, raw):
    assert 0 <= Rspamd(url=server.url).score(raw).score <= 100


@pytest.mark.rspamd
def test_a_real_controller_wants_the_password(server):
    backend = Rspamd(url=f"{server.controller_url}/", password=PASSWORD, threshold=5.0)

    assert backend.score(OFFER % b"x").score == on_our_scale(8.0, threshold=5.0)
    for wrong in ("", "wrong"):
        with pytest.raises(BackendDownError, match="answered 401 Unauthorized"):
            Rspamd(url=server.controller_url, password=wrong).score(OFFER % b"x")


def test_the_mail_is_posted_as_it_is():
    heard = []
    answer = b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps(ANSWER).encode()

    with serving(saying(answer, heard=heard)) as port:
        url = f"http://127.0.0.1:{port}/filter/"
        found = Rspamd(url=url, password="s3cret").score(MAIL)

    header, _, body = heard[0].partition(b"\r\n\r\n")
    assert header.startswith(b"POST /filter/checkv2 HTTP/1.1\r\n")
    assert b"\r\nPassword: s3cret" in header
    assert body == MAIL
    assert found.clues == (("OFFER: Free money", 8.0), ("HOPE", -1.5))


def test_the_sites_add_header_is_our_default_threshold():
    assert opinion({**ANSWER, "score": 6.0}, threshold=6.0).score == 70.0
    assert opinion({**ANSWER, "score": 4.5}, threshold=4.5).score == 70.0


@pytest.mark.parametrize("stated", [0, -1.0, 8.0])
def test_the_threshold_that_rspamd_states_goes_first_if_it_makes_sense(stated):
    thresholds = {"reject": 15.0, "add header": stated}

    found = opinion({**ANSWER, "thresholds": thresholds}, threshold=6.0)

    expected = stated if stated > 0 else 6.0
    assert found.score == on_our_scale(6.5, threshold=expected)


def test_an_rspamd_that_skips_our_mail_has_no_opinion():
    skipped = {**ANSWER, "is_skipped": True, "action": "no action", "score": 0.0}

    with pytest.raises(BackendDownError, match="skips our mail"):
        opinion(skipped, threshold=6.0)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from([*ANSWER, "thresholds", "add header", "description"]),
                inner,
            )
        ),
        max_leaves=30,
    )
)
def test_any_json_is_an_opinion_or_an_error_that_is_expected(answer):
    with suppress(BackendDownError, *rspamd._WRONG):
        assert 0 <= opinion(answer, threshold=6.0).score <= 100


@pytest.mark.parametrize(
    "options",
    [
        {"url": "127.0.0.1:11333"},
        {"url": "unix:/run/rspamd"},
        {"url": "http://"},
        {"url": "http://host:99999"},
        {"url": "http://[::1"},
        {"url": "http://user:secret@host"},
        {"url": "http://häuschen"},
        {"password": "two\nlines"},
        {"password": "pässword"},
        {"threshold": 0},
        {"threshold": float("nan")},
        {"threshold": float("inf")},
    ],
)
def test_options_that_make_no_sense_are_refused_without_secrets(options):
    with pytest.raises(ConfigurationError) as caught:
        Rspamd(**options)

    assert "secret" not in str(caught.value)
    assert "lines" not in str(caught.value)
