"""What the views see, and what they must not see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.spam.mails import HAM, SPAM
from wagtail_ecp.spam.features import Features, extract

VERDICTS = (
    b"X-Spam-Flag: YES",
    b"X-Spam-Status: Yes, score=15.2 required=5.0\n\ttests=BAYES_99,\n HTML_MESSAGE",
    b"x-spam-level: *****",
    b"X-MS-Exchange-Organization-SCL: 9",
    b"X-Forefront-Antispam-Report: CIP:1.2.3.4;SCL:9",
    b"X-Microsoft-Antispam: BCL:0;",
    b"X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;",
    b"X-Bogosity: Spam, tests=bogofilter, spamicity=1.0",
    b"X-Rspamd-Server: mx1",
    b"X-Rspamd-Queue-Id: 1",
    b"X-Virus-Scanned: clamav",
    b"X-VIRUS-STATUS : clean",
    b"X-DSPAM-Result: Spam",
    b"X-CRM114-Status: SPAM",
    b"X-SpamProbe: SPAM 0.99",
    b"X-Barracuda-Spam-Score: 5.0",
    b"X-Proofpoint-Spam-Details: rule=spam",
    b"X-Ham-Report: none",
    b"X-IronPort-Anti-Spam-Result: A",
    b"Authentication-Results: mx.example.org;\n dmarc=pass",
    b"ARC-Authentication-Results: i=1; mx; dmarc=fail",
    b"Received-SPF: fail",
)
MARKS = (b"***SPAM*** ", b"*****SPAM***** ", b"[SPAM] ", b"[SPAM?] ", b"{Spam?} ")


def same(one, other):
    """Whether two mails have the same features in all views."""
    return all(map(np.array_equal, extract(one), extract(other)))


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
@pytest.mark.parametrize("place", ["first", "within", "last"])
def test_verdicts_of_other_filters_are_seen_by_no_view(verdict, ending, place):
    head, _, body = SPAM.partition(b"\n\n")
    lines = head.split(b"\n")
    lines.insert({"first": 0, "within": 3, "last": len(lines)}[place], verdict)

    marked = (b"\n".join(lines) + b"\n\n" + body).replace(b"\n", ending)

    assert same(marked, SPAM)


@pytest.mark.parametrize("mark", MARKS)
def test_what_filters_write_before_a_subject_is_seen_by_no_view(mark):
    assert same(SPAM.replace(b"Subject: ", b"Subject: " + mark), SPAM)


def test_other_headers_are_seen():
    assert not same(b"X-Campaign: 17\n" + SPAM, SPAM)


def test_line_endings_and_an_mbox_separator_make_no_difference():
    assert same(SPAM.replace(b"\n", b"\r\n"), SPAM)
    assert same(b"From someone Mon Jan  1 10:00:00 2024\n" + SPAM, SPAM)


def test_an_encoding_makes_no_difference_to_the_words():
    plain = b"Content-Type: text/plain; charset=%s\n\n%s"
    text = "Größe über alles"

    one = extract(plain % (b"utf-8", text.encode())).content
    other = extract(plain % (b"iso-8859-1", text.encode("latin-1"))).content

    charsets = 2
    assert len(set(one.tolist()) ^ set(other.tolist())) == charsets


def test_only_the_first_bytes_are_looked_at():
    assert same(SPAM + b"x" * 200_000, SPAM + b"x" * 200_000 + b"free money")


def test_mails_differ_in_each_view():
    for one, other in zip(extract(SPAM), extract(HAM), strict=True):
        assert not np.array_equal(one, other)


@given(st.lists(st.sets(st.integers(0, 65_535)), min_size=3, max_size=3))
def test_features_survive_the_way_through_bytes(views):
    features = Features(*(np.array(sorted(view), np.uint16) for view in views))

    again = Features.from_bytes(features.to_bytes())

    assert all(map(np.array_equal, again, features))


def test_features_are_stored_in_some_kilobytes():
    assert len(extract(SPAM).to_bytes()) < 4_000
