from __future__ import annotations

import pytest

from tests.mail.signing import Zone
from wagtail_ecp.mail.dmarc import is_aligned, organisational_domain, policy
from wagtail_ecp.mail.dns import LookupFailedError, Questions


def questions(records=None, **broken) -> Questions:
    """What may be asked; keys are domains, values their DMARC records."""
    found = {
        f"_dmarc.{name}": [f"v=DMARC1; {record}".encode()]
        for name, record in (records or {}).items()
    }
    return Questions(Zone(found, **broken))


@pytest.mark.parametrize(
    ("records", "top"),
    [
        # The three examples of RFC 9989, section 4.10.2.
        ({"mail.example.com": "p=none", "example.com": "p=none"}, "example.com"),
        ({"mail.example.com": "psd=n", "example.com": "p=none"}, "mail.example.com"),
        ({"com": "psd=y"}, "example.com"),
        ({}, "a.mail.example.com"),
        ({"example.com": "psd=y; p=reject"}, "mail.example.com"),
        ({"a.mail.example.com": "psd=y", "example.com": ""}, "a.mail.example.com"),
        ({"com": "p=reject"}, "a.mail.example.com"),
        ({"com": "p=reject", "example.com": "p=none"}, "example.com"),
    ],
)
def test_the_walk_finds_the_top_of_an_organisation(records, top):
    assert organisational_domain("a.mail.example.com", questions(records)) == top


def test_the_walk_skips_the_middle_of_a_long_name():
    long = "a.b.c.d.e.f.g.h.i.example.com"
    zone = Zone()

    assert organisational_domain(long, Questions(zone)) == long
    assert zone.asked[:2] == [f"_dmarc.{long}", "_dmarc.e.f.g.h.i.example.com"]
    assert len(zone.asked) == 8


@pytest.mark.parametrize(
    ("one", "other", "records"),
    [
        ("bank.co.uk", "evil.co.uk", {}),
        ("bank.co.uk", "evil.co.uk", {"bank.co.uk": "p=none", "evil.co.uk": "p=none"}),
        ("bank.co.uk", "co.uk", {"bank.co.uk": "p=none"}),
        ("ann.github.io", "eve.github.io", {"github.io": "p=reject; psd=y"}),
        ("bank.uk", "evil.uk", {"uk": "p=none"}),
        ("example.org", "example.com", {"example.org": "p=none"}),
        ("example.org", "notexample.org", {"example.org": "p=none"}),
        ("example.org", "mail.example.org", {}),
        ("example.org", "", {"example.org": "p=none"}),
        ("example.org", "org", {"example.org": "p=none"}),
    ],
)
def test_neighbours_are_strangers(one, other, records):
    found = questions(records)

    assert not is_aligned(other, one, found, mode="adkim")
    assert not is_aligned(one, other, found, mode="adkim")


@pytest.mark.parametrize(
    "other", ["example.org", "mail.example.org", "a.b.example.org"]
)
def test_one_organisation_is_aligned(other):
    found = questions({"example.org": "p=none"})

    assert is_aligned(other, "mail.example.org", found, mode="adkim")
    assert is_aligned(other, "example.org", found, mode="aspf")


def test_strictness_is_set_for_each_way_apart():
    found = questions({"example.org": "p=none; adkim=S; aspf=r"})

    assert not is_aligned("mail.example.org", "example.org", found, mode="adkim")
    assert is_aligned("mail.example.org", "example.org", found, mode="aspf")
    assert is_aligned("example.org", "example.org", found, mode="adkim")


def test_a_part_with_its_own_strict_record_is_strict():
    found = questions({"example.org": "p=none", "a.example.org": "p=none; adkim=s"})

    assert not is_aligned("example.org", "a.example.org", found, mode="adkim")
    assert is_aligned("a.example.org", "example.org", found, mode="adkim")


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({}, ""),
        ({"a.example.org": "p=reject"}, "reject"),
        ({"a.example.org": "P = Reject ; rua=mailto:a@b"}, "reject"),
        ({"a.example.org": "p=none", "example.org": "p=reject"}, "none"),
        ({"example.org": "p=quarantine"}, "quarantine"),
        ({"example.org": "p=reject; sp=none"}, "none"),
        ({"example.org": "p=none; sp=reject"}, "reject"),
        ({"a.example.org": "p=reject; t=y"}, "quarantine"),
        ({"a.example.org": "p=quarantine; t=y"}, "none"),
        ({"a.example.org": "rua=mailto:a@b"}, "none"),
        ({"a.example.org": "p=whatever"}, "none"),
        ({"a.example.org": "p=reject; pct=0"}, "reject"),
        ({"org": "p=reject"}, ""),
        ({"org": "p=reject; psd=y"}, "reject"),
    ],
)
def test_the_nearest_record_says_what_is_wanted(records, expected):
    assert policy("a.example.org", questions(records)) == expected


@pytest.mark.parametrize(
    "texts",
    [
        [b"v=DMARC1; p=reject", b"v=DMARC1; p=none"],
        [b"v=DMARC10; p=reject"],
        [b"v=spf1 -all"],
        [b"p=reject; v=DMARC1"],
        [b"\xff\xfe"],
        [b""],
    ],
)
def test_what_is_not_exactly_one_record_is_none(texts):
    assert policy("example.org", Questions(Zone({"_dmarc.example.org": texts}))) == ""


def test_records_of_other_kinds_beside_do_no_harm():
    texts = [b"google-site-verification=x", b"v=DMARC1;p=reject"]

    found = Questions(Zone({"_dmarc.example.org": texts}))

    assert policy("example.org", found) == "reject"


def test_a_failed_lookup_is_no_missing_record():
    found = questions(broken=("_dmarc.example.org",))

    with pytest.raises(LookupFailedError):
        policy("a.example.org", found)
    with pytest.raises(LookupFailedError):
        is_aligned("b.example.org", "a.example.org", found, mode="adkim")
    assert not is_aligned("b.example.com", "a.example.org", found, mode="adkim")
