from __future__ import annotations

import pytest

from wagtail_ecp.mail.identifiers import (
    MAX_REFERENCES,
    parse_identifiers,
    parse_message_id,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("<a@x> <b@x>", ("a@x", "b@x")),
        ("<a@x><b@x>,<a@x>", ("a@x", "b@x")),
        ("<a@x>\r\n\t<b@\r\n x>", ("a@x", "b@x")),
        ("a@x b@x", ("a@x", "b@x")),
        ("<a@x (comment)", ("a@x",)),
        ("<a@x <b@x>", ("a@x", "b@x")),
        ("Your message of <a@x> from bob@y", ("a@x",)),
        ("=?utf-8?q?=3Ca=40x=3E?=", ("a@x",)),
        ("<no-at-sign>", ("no-at-sign",)),
        ("<>", ()),
        ("nothing here", ()),
        ("<a\0@x>", ("a@x",)),
    ],
)
def test_identifiers_are_read_tolerantly(value, expected):
    assert parse_identifiers(value) == expected


def test_of_too_many_references_the_first_and_the_newest_stay():
    found = parse_identifiers(" ".join(f"<{n}@x>" for n in range(1_000)))

    assert len(found) == MAX_REFERENCES
    assert (found[0], found[-1]) == ("0@x", "999@x")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("<a@x>", "a@x"), ("a@x", "a@x"), ("bare-id", "bare-id"), ("<a b@x>", "ab@x"),
     ("", ""), ("<" + "a" * 2_000 + "@x>", "a" * 2_000 + "@x")],
)  # fmt: skip
def test_a_message_id_is_kept_whole(value, expected):
    assert parse_message_id(value) == expected
