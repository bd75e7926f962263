from __future__ import annotations

import pytest

from wagtail_ecp.mail.addresses import (
    MAX_ADDRESSES,
    Address,
    address_key,
    parse_addresses,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("jane@x.org", [("", "jane@x.org")]),
        ("<jane@x.org>", [("", "jane@x.org")]),
        ("Jane <jane@x.org>, Bob <bob@x.org>", [("Jane", "jane@x.org"), ("Bob", "bob@x.org")]),
        ('"Doe, Jane" <jane@x.org>', [("Doe, Jane", "jane@x.org")]),
        ("Doe, Jane <jane@x.org>", [("Doe, Jane", "jane@x.org")]),
        ("jane@x.org (Jane (the) Doe)", [("Jane (the) Doe", "jane@x.org")]),
        ("=?utf-8?q?Doe=2C?= =?utf-8?q?_J=C3=A4ne?= <j@x.org>", [("Doe, Jäne", "j@x.org")]),
        ("=?utf-8?q?Doe,_Jane?= <j@x.org>", [("Doe, Jane", "j@x.org")]),
        ('"=?utf-8?q?J=C3=A4ne?=" <j@x.org>', [("Jäne", "j@x.org")]),
        ("Team: a@x.org, B <b@x.org>;, c@x.org", [("", "a@x.org"), ("B", "b@x.org"), ("", "c@x.org")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.org,@other.org:jane@x.org>", [("", "jane@x.org")]),
        ('"jane doe"@x.org', [("", '"jane doe"@x.org')]),
        ("Jane <mailto:jane@x.org>", [("Jane", "jane@x.org")]),
        ("Jane <<jane@x.org>>", [("Jane", "jane@x.org")]),
        ("Jane <jane@x.org", [("Jane", "jane@x.org")]),
        ("'Jane' <'jane@x.org'>", [("Jane", "jane@x.org")]),
        ("a@x.org; b@x.org", [("", "a@x.org"), ("", "b@x.org")]),
        ('"Unclosed <jane@x.org>', [("Unclosed", "jane@x.org")]),
        ("Smile ( <jane@x.org>", [("Smile (", "jane@x.org")]),
        ("=?utf-8?q?Jane_=3Cjane=40x=2Eorg=3E?=", [("Jane", "jane@x.org")]),
        ("MAILER-DAEMON", [("MAILER-DAEMON", "")]),
        ("<>", []),
        ("", []),
        (", ,", []),
        ("Jane <" + "a" * 400 + "@x.org>", [("Jane", "")]),
    ],
)  # fmt: skip
def test_address_lists_are_read(value, expected):
    assert parse_addresses(value) == tuple(Address(*pair) for pair in expected)


def test_no_decoded_text_adds_an_address():
    value = "=?utf-8?q?a=40x=2Eorg=2C_evil?= <jane@x.org>"

    assert parse_addresses(value) == (Address("a@x.org, evil", "jane@x.org"),)


def test_very_many_addresses_are_capped():
    assert len(parse_addresses("a@x.org," * 10_000)) == MAX_ADDRESSES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jane@X.ORG", "jane@x.org"),
        ("a@bücher.example", "a@XN--BCHER-KVA.example"),
        ("a@ＢÜＣＨＥＲ\uff0eexample", "a@bücher.example"),
        ("u\u0308@x.org", "ü@x.org"),
        ("a@x.org.", "a@x.org"),
    ],
)
def test_equal_addresses_have_one_key(one, other):
    assert address_key(one) == address_key(other)


def test_domains_that_different_people_can_own_have_different_keys():
    assert address_key("a@fußball.example") != address_key("a@fussball.example")


def test_an_address_knows_its_key():
    assert Address("Jane", "Jane@X.org").key == "jane@x.org"
    assert Address("Jane", "").key == ""
    assert str(Address("", "a@b")) == "a@b"
