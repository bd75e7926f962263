from __future__ import annotations

import pytest
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given
from hypothesis import strategies as st

from wagtail_ecp.mail.canonical import relaxed_body, simple_body

LINES = st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r", b"\n", b"\r\n"])).map(
    b"".join
)


@pytest.mark.parametrize(
    ("body", "relaxed"),
    [
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),  # RFC 6376, section 3.4.5
        (b"", b""),
        (b"\r\n\r\n", b""),
    ],
)
def test_the_relaxed_form_is_that_of_the_rfc(body, relaxed):
    assert relaxed_body(body) == relaxed


def test_the_simple_form_only_loses_its_last_empty_lines():
    assert simple_body(b" C \r\nD \t E\r\n\r\n\r\n") == b" C \r\nD \t E\r\n"
    assert simple_body(b"") == b"\r\n"


@given(LINES)
def test_dkimpy_would_sign_the_same(body):
    lines = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    assert relaxed_body(body) == Relaxed.canonicalize_body(lines)
    assert simple_body(body) == Simple.canonicalize_body(lines)
