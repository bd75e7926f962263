from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.mail.mails import a_mail
from tests.mail.signing import (
    Zone,
    a_zone,
    ed25519_key,
    rsa_key,
    signed,
    signed_with_tags,
)
from tests.mail.small_keys import record, short_key
from wagtail_ecp.mail.authentication import (
    MAX_HEADER_BYTES,
    MAX_HEADER_LINES,
    authenticate,
)
from wagtail_ecp.mail.parsing import parse

MAIL = a_mail(b"Subject: An offer\r\n", b"Hello  there,\r\n\r\nAnn \r\n\r\n\r\n")
SIGNED = signed(MAIL)
SERVER = "mx.example.com"


def outcome(raw, resolver=None, trusted=(SERVER,)):
    found = authenticate(raw, trusted_ids=trusted, resolver=resolver or a_zone())
    return found.result, found.reason


def from_(value: bytes, rest: bytes = b"") -> bytes:
    return b"From: " + value + b"\r\nSubject: Hello\r\n" + rest + b"\r\nHello\r\n"


def noted(value: str, mail: bytes = MAIL) -> bytes:
    """``mail`` with a result that our own server wrote."""
    return f"Authentication-Results: {SERVER}; {value}\r\n".encode() + mail


# What passes


@pytest.mark.parametrize("headers", [b"relaxed", b"simple"])
@pytest.mark.parametrize("body", [b"relaxed", b"simple"])
def test_a_signature_of_the_from_domain_passes(headers, body):
    raw = signed(MAIL, canonical=(headers, body))

    found = authenticate(raw, trusted_ids=(), resolver=a_zone())

    assert (found.result, found.reason) == ("pass", "dkim-aligned")
    assert found.domain == "example.org"
    assert not found.is_forged


def test_an_ed25519_signature_passes():
    private, record = ed25519_key()
    raw = signed(MAIL, key=private, algorithm=b"ed25519-sha256")

    assert outcome(raw, a_zone(key=record)) == ("pass", "dkim-aligned")
    assert outcome(raw + b"more", a_zone(key=record)) == ("fail", "signature-broken")


def test_a_mail_with_bare_newlines_passes():
    raw = signed(MAIL).replace(b"\r\n", b"\n")

    assert outcome(raw) == ("pass", "dkim-aligned")


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b" \t \r\n", b"no line end", b" "])
@pytest.mark.parametrize("canonical", [b"relaxed", b"simple"])
def test_odd_bodies_pass_as_well(body, canonical):
    raw = signed(a_mail(body=body), canonical=(b"relaxed", canonical))

    assert outcome(raw) == ("pass", "dkim-aligned")


def test_one_good_signature_is_enough():
    strangers = signed(MAIL, domain="lists.example.net")
    broken = signed(a_mail(body=b"Another\r\n"))[: -len(a_mail(body=b"Another\r\n"))]

    assert outcome(signed(strangers)) == ("pass", "dkim-aligned")
    assert outcome(broken + signed(MAIL)) == ("pass", "dkim-aligned")


def test_the_usual_mail_costs_one_question():
    zone = a_zone(example_org="p=reject")

    authenticate(signed(MAIL), trusted_ids=(), resolver=zone)

    assert zone.asked == ["s1._domainkey.example.org"]


# What does not


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"Hello", b"Hullo"),
        (b"Subject: An", b"Subject: No"),
        (b"Ann <ann@", b"Bob <bob@"),
    ],
)
def test_a_changed_mail_fails(was, becomes):
    raw = signed(MAIL)

    assert outcome(raw.replace(was, becomes)) == ("fail", "signature-broken")


def test_a_mail_of_which_only_a_part_is_signed_fails():
    raw = signed(MAIL, has_length=True)

    assert outcome(raw) == ("fail", "signature-weak")
    assert outcome(raw + b"Pay here instead\r\n") == ("fail", "signature-weak")


def test_a_signature_that_leaves_from_out_fails():
    raw = signed_with_tags(MAIL, names=("to", "subject"))

    assert outcome(signed_with_tags(MAIL)) == ("pass", "dkim-aligned")
    assert outcome(raw) == ("fail", "signature-broken")


def test_sha1_fails():
    raw = signed(MAIL, algorithm=b"rsa-sha1")

    assert outcome(raw) == ("fail", "signature-weak")


def test_a_short_key_fails():
    private, public = short_key()
    raw = signed(MAIL, key=private)

    assert outcome(raw, a_zone(key=public)) == ("fail", "signature-weak")


@pytest.mark.parametrize(
    "record",
    [
        b"v=DKIM1; p=",
        b"p=!!!",
        b"p=AAAA",
        b"v=DKIM1; k=dsa; p=AAAA",
        rsa_key()[1].replace(b"DKIM1", b"DKIM2"),
        rsa_key()[1].replace(b"k=rsa", b"s=tlsrpt"),
        rsa_key()[1].replace(b"k=rsa", b"h=sha1"),
        ed25519_key()[1],
    ],
    ids=(
        *("empty", "no base64", "no key", "another kind", "another version"),
        *("for another service", "for another hash", "for another algorithm"),
    ),
)
def test_a_revoked_or_unsuitable_key_fails(record):
    assert outcome(signed(MAIL), a_zone(key=record)) == ("fail", "key-missing")


def test_a_key_that_was_never_published_or_twice_fails():
    name = "s1._domainkey.example.org"
    record = rsa_key()[1]

    assert outcome(signed(MAIL), Zone()) == ("fail", "key-missing")
    assert outcome(signed(MAIL), Zone({name: [record, record]})) == (
        "fail",
        "key-missing",
    )
    assert outcome(signed(MAIL), Zone({name: [b"v=spf1 -all", record]})) == (
        "pass",
        "dkim-aligned",
    )


def test_a_key_bound_to_its_very_domain_signs_for_no_other():
    zone = a_zone(key=rsa_key()[1] + b"; t=s")

    assert outcome(signed_with_tags(MAIL, i="@example.org"), zone)[0] == "pass"
    assert outcome(signed_with_tags(MAIL, i="@a.example.org"), zone)[0] == "fail"
    assert outcome(signed_with_tags(MAIL, i="@a.example.org"))[0] == "pass"


def test_an_expired_signature_proves_nothing():
    raw = signed_with_tags(MAIL, t="999999999", x="1000000000")

    assert outcome(raw) == ("none", "signature-expired")
    assert outcome(raw, a_zone(example_org="p=reject")) == ("fail", "policy")


def test_a_signature_nobody_can_read_is_no_missing_signature():
    raw = b"DKIM-Signature: v=1; v=1; nonsense\r\n" + MAIL

    assert outcome(raw) == ("fail", "not-aligned")


# Alignment


def test_a_signature_of_somebody_else_fails():
    raw = signed(MAIL, domain="evil.example")
    zone = Zone({"s1._domainkey.evil.example": [rsa_key()[1]]})

    assert outcome(raw, zone) == ("fail", "not-aligned")
    assert "s1._domainkey.evil.example" not in zone.asked


def test_one_organisation_signs_for_its_parts_unless_it_is_strict():
    mail = MAIL.replace(b"ann@example.org", b"ann@mail.example.org")
    raw = signed(mail)

    assert outcome(raw, a_zone(example_org="p=none")) == ("pass", "dkim-aligned")
    assert outcome(raw, a_zone(example_org="p=none; adkim=s")) == (
        "fail",
        "not-aligned",
    )
    assert outcome(raw, a_zone()) == ("fail", "not-aligned")


def test_an_international_domain_is_compared_in_its_encoded_form():
    mail = MAIL.replace(b"ann@example.org", "ann@bücher.example".encode())
    punycode = "xn--bcher-kva.example"
    zone = Zone({f"s1._domainkey.{punycode}": [rsa_key()[1]]})

    found = authenticate(signed(mail, domain=punycode), trusted_ids=(), resolver=zone)

    assert (found.result, found.domain) == ("pass", punycode)


def test_a_domain_that_another_charset_would_spell_otherwise_has_no_sender():
    mail = MAIL.replace(b"ann@example.org", "ann@дом.example".encode("koi8-r"))
    named = MAIL.replace(b"Ann <", "Jürgen <".encode("latin-1"))

    assert outcome(signed(mail)) == ("none", "no-sender")
    assert outcome(signed(named)) == ("pass", "dkim-aligned")


def test_a_domain_that_looks_alike_is_another_one():
    mail = MAIL.replace(b"ann@example.org", "ann@exаmple.org".encode())  # Cyrillic.

    assert outcome(signed(mail)) == ("fail", "not-aligned")


# From


@pytest.mark.parametrize(
    "value",
    [
        b'"contact@bank.example" <ann@example.org>',
        b"contact@bank.example <ann@example.org>",
        b"=?utf-8?q?contact=40bank.example?= <ann@example.org>",
        b"ann@example.org (contact@bank.example)",
        b"Group: Ann <ann@example.org>;",
    ],
)
def test_the_address_counts_whatever_the_name_says(value):
    found = authenticate(signed(from_(value)), trusted_ids=(), resolver=a_zone())

    assert (found.result, found.domain) == ("pass", "example.org")


@pytest.mark.parametrize(
    "value",
    [
        b"ann@example.org, contact@bank.example",
        b"Team: ann@example.org, bob@example.org;",
        b"ann@example.org\r\nFrom: contact@bank.example",
        b"ann@example.org\r\nfrom: Nobody",
        b"Nobody\r\nFrom: ann@example.org",
        b"ann@example.org\rFrom: contact@bank.example",
        b"ann@example.org\r\nfrom :contact@bank.example",
    ],
)
def test_several_senders_never_pass(value):
    raw = noted("dmarc=pass", from_(value))

    found = authenticate(raw, trusted_ids={SERVER}, resolver=a_zone())

    assert (found.result, found.reason) == ("fail", "several-senders")
    assert found.is_forged


@pytest.mark.parametrize("insert", [b"From: contact@bank.example", b"X: y\rFrom: c@d"])
def test_a_from_header_slipped_in_after_signing_never_passes(insert):
    raw = insert + b"\r\n" + signed(MAIL)

    assert outcome(raw)[0] == "fail"


def test_what_people_see_must_be_what_was_signed():
    raw = signed(MAIL)
    continued = raw.replace(b"From:", b"X-Was:", 1).replace(
        b"Subject: An offer", b"Subject: An offer\rFrom: Ann <ann@example.org>"
    )

    assert outcome(continued) == ("fail", "signature-broken")


def test_a_header_block_that_ends_in_two_places_never_passes():
    hidden = b"X: y\r\rz\r\nDKIM-Signature: d=example.org\r\n"
    raw = signed(MAIL.replace(b"\r\n\r\n", b"\r\n" + hidden + b"\r\n", 1))

    assert outcome(raw) == ("fail", "signature-broken")


@pytest.mark.parametrize(
    "value", [b"", b"Ann", b"<ann>", b"nobody:;", b"ann@[192.0.2.1]", b"ann@a..b", b"@"]
)
def test_without_a_domain_there_is_no_sender(value):
    assert outcome(from_(value)) == ("none", "no-sender")


def test_a_mail_without_from_has_no_sender():
    assert outcome(b"Subject: Hello\r\n\r\nHello\r\n") == ("none", "no-sender")


# Nothing to check, and policies


def test_an_unsigned_mail_leaves_nothing_to_check():
    found = authenticate(MAIL, trusted_ids={SERVER}, resolver=a_zone())

    assert (found.result, found.reason) == ("none", "nothing-to-check")
    assert not found.is_forged


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ("p=reject", ("fail", "policy")),
        ("p=quarantine", ("fail", "policy")),
        ("p=none", ("none", "nothing-to-check")),
        ("p=quarantine; t=y", ("none", "nothing-to-check")),
        ("p=reject; t=y", ("fail", "policy")),
    ],
)
def test_an_unsigned_mail_fails_where_its_domain_refuses_such(record, expected):
    assert outcome(MAIL, a_zone(example_org=record)) == expected


def test_mail_against_the_policy_is_forged_and_a_broken_signature_alone_is_not():
    broken = signed(MAIL) + b"A list added this.\r\n"

    without = authenticate(broken, trusted_ids=(), resolver=a_zone())
    strict = authenticate(
        broken, trusted_ids=(), resolver=a_zone(example_org="p=reject")
    )

    assert (without.reason, without.is_forged) == ("signature-broken", False)
    assert (strict.reason, strict.is_forged) == ("signature-broken", True)
    assert (without.policy, strict.policy) == ("", "reject")


# DNS


@pytest.mark.parametrize("name", ["s1._domainkey.example.org", "_dmarc.example.org"])
def test_a_failed_lookup_is_not_nothing_to_check(name):
    raw = signed(MAIL) + b"more"

    assert outcome(raw, a_zone(broken=(name,))) == ("none", "dns-failed")


def test_an_unsigned_mail_whose_policy_is_unknown_is_undecided():
    assert outcome(MAIL, a_zone(broken=("_dmarc.org",))) == ("none", "dns-failed")


def test_a_pass_stands_though_another_signature_could_not_be_looked_up():
    raw = signed(signed(MAIL, domain="a.example.org"))

    assert outcome(raw, a_zone(broken=("_dmarc.a.example.org",)))[0] == "pass"


def test_a_mail_asks_ten_questions_at_most():
    deep = ".".join("abcdefgh") + ".example.org"
    mail = MAIL.replace(b"ann@example.org", f"ann@{deep}".encode())
    for label in "klmnopqr":
        mail = signed(mail, domain=f"{label}.example.org")
    zone = a_zone(example_org="p=none")

    found = authenticate(mail, trusted_ids=(), resolver=zone)

    assert (found.result, found.reason) == ("none", "dns-failed")
    assert len(zone.asked) == 10


# Our own server's word


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("dmarc=pass header.from=example.org", ("pass", "trusted-result")),
        ("dmarc=fail header.from=example.org", ("fail", "trusted-result")),
        ("dmarc=pass header.from=other.example", ("none", "nothing-to-check")),
        ("dmarc=none; dkim=pass header.d=example.org", ("pass", "trusted-result")),
        ("dkim=pass header.i=@example.org header.s=a", ("pass", "trusted-result")),
        ("spf=pass smtp.mailfrom=b=c@example.org", ("pass", "trusted-result")),
        ("spf=pass smtp.mailfrom=EXAMPLE.org", ("pass", "trusted-result")),
        ("spf=pass smtp.helo=example.org", ("none", "nothing-to-check")),
        ("spf=pass smtp.mailfrom=bounce@esp.example", ("fail", "not-aligned")),
        ("spf=softfail smtp.mailfrom=ann@example.org", ("fail", "spf-failed")),
        ("spf=fail smtp.mailfrom=ann@esp.example", ("none", "nothing-to-check")),
        ("spf=none smtp.mailfrom=ann@example.org", ("none", "nothing-to-check")),
        ("dkim=fail header.d=example.org", ("fail", "signature-broken")),
        ("dkim=temperror header.d=example.org", ("none", "nothing-to-check")),
        ("none", ("none", "nothing-to-check")),
    ],
)
def test_what_a_trusted_server_found_decides_in_alignment(value, expected):
    assert outcome(noted(value)) == expected


@pytest.mark.parametrize(
    "value",
    [
        'dkim=pass header.d=evil.example header.i="; header.d=example.org"',
        "dkim=pass header.d=evil.example (header.d=example.org)",
        "dkim=pass header.d=evil.example header.d=example.org",
        "dkim=pass oddity header.d=example.org",
        'spf=pass smtp.mailfrom="a dkim=pass header.d=example.org"@evil.example',
        'spf=pass smtp.mailfrom="@example.org"@evil.example',
        "spf=pass smtp.mailfrom=a@example.org@evil.example",
        "spf=pass smtp.mailfrom=",
    ],
)
def test_what_a_sender_could_have_slipped_into_a_result_does_not_count(value):
    result, _reason = outcome(noted(value))

    assert result != "pass"


def test_a_result_of_an_unknown_server_is_ignored():
    forged = b"Authentication-Results: mx.evil.example; dmarc=pass\r\n" + MAIL

    assert outcome(forged) == ("none", "nothing-to-check")
    assert outcome(noted("dmarc=pass"), trusted=()) == ("none", "nothing-to-check")


def test_a_result_forged_below_our_servers_is_ignored():
    forged = noted("spf=none", noted("dmarc=pass"))

    assert outcome(forged) == ("none", "nothing-to-check")


def test_our_server_is_heard_before_signatures():
    assert outcome(noted("dmarc=fail", signed(MAIL))) == ("fail", "trusted-result")


def test_a_signature_helps_where_our_server_checks_spf_only():
    forwarded = noted("spf=fail smtp.mailfrom=ann@example.org", signed(MAIL))

    assert outcome(forwarded) == ("pass", "dkim-aligned")


# Hostile input


def test_a_header_block_of_hostile_size_is_malformed():
    long = b"X: " + b"x" * MAX_HEADER_BYTES + b"\r\n" + MAIL
    many = b"X:\r\n" * (MAX_HEADER_LINES + 1) + MAIL

    assert outcome(long) == ("fail", "malformed")
    assert outcome(many) == ("fail", "malformed")
    assert outcome(b"x" * 30_000_000) == ("fail", "malformed")


LONG_BODY = 5_000_000


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(signed(MAIL) + b" " * LONG_BODY, id="blanks"),
        pytest.param(signed(MAIL) + b" x" * (LONG_BODY // 2), id="words"),
        pytest.param(signed(MAIL) + b"\r\n" * (LONG_BODY // 2) + b"x", id="lines"),
        pytest.param(signed(MAIL) + b"\r" * LONG_BODY, id="returns"),
        pytest.param(
            signed(MAIL).replace(b"; b=", b"; b" + b" \r\n" * 3_000 + b"="), id="folds"
        ),
        pytest.param(
            signed(MAIL).replace(b"; b=", b"; b=" + b"a\r\n " * 2_000 + b"!"),
            id="folded value",
        ),
        pytest.param(
            signed(MAIL).replace(b"; h=", b"; h=" + b"a:" * 4_000), id="names"
        ),
        pytest.param(b"X: y\r\n" + b" z\r\n" * 9_900 + signed(MAIL), id="continued"),
        pytest.param(b"X:y\r\n" * 9_900 + signed(MAIL), id="headers"),
        pytest.param(
            b"DKIM-Signature: d=example.org;h=from;s=s1;a=rsa-sha256\r\n" * 4_000
            + signed(MAIL),
            id="signatures",
        ),
        pytest.param(from_(b"<" * 200_000), id="angles"),
        pytest.param(noted("dkim=pass " + "a=b " * 50_000), id="properties"),
    ],
)
def test_hostile_mail_takes_bounded_time(raw):
    start = time.process_time()

    authenticate(raw, trusted_ids={SERVER}, resolver=a_zone())

    assert time.process_time() - start < 3


@pytest.mark.parametrize(
    "key",
    [record(2**20_000 - 1), record(2**400_000 - 1), record(2**8_000, 2**8_000 - 1)],
)
def test_a_key_of_absurd_size_is_not_computed_with(key):
    start = time.process_time()

    assert outcome(SIGNED, a_zone(key=key)) == ("fail", "key-missing")
    assert time.process_time() - start < 1


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
@example(b"")
@example(b"\r\n")
@example(b"\xff\0")
@example(b"From: a@b\r\nDKIM-Signature:")
def test_no_bytes_make_it_raise(raw):
    found = authenticate(raw, trusted_ids={SERVER, ""}, resolver=a_zone())

    assert found.result != "pass"


PIECES = st.lists(
    st.sampled_from(
        [
            *(b"From", b"from", b":", b" ", b"\t", b"<", b">", b"@", b",", b";", b"("),
            *(b")", b'"', b"\\", b"a.example", b"b.example", b"ann@", b"X", b"\0"),
            *(b"=?utf-8?q?", b"?=", b"\r\n", b"\n", b"\r", b"\xd0\xb4", b"\xe4"),
        ]
    ),
    max_size=30,
).map(b"".join)


@settings(max_examples=500, deadline=None)
@example(b"Somebody, ann@a.example", True)
@example(b"Somebody; ann@a.example", True)
@given(PIECES, st.booleans())
def test_the_domain_is_that_of_the_sender_who_is_shown(pieces, is_from):
    raw = (b"From: " if is_from else b"") + pieces
    raw += b"\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\nHello\r\n"

    found = authenticate(raw, trusted_ids=(), resolver=Zone())

    assert found.domain in {"", parse(raw).sender.key.rpartition("@")[2]}


TAGS = st.sampled_from([*"vabdhisltxcq", "bh"])
VALUES = st.sampled_from(
    [
        "1",
        "",
        "rsa-sha256",
        "ed25519-sha256",
        "example.org",
        "s1",
        "from:to",
        "@",
        "9" * 90,
    ]
) | st.text(max_size=20)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(TAGS, VALUES, max_size=10), st.sampled_from(["p=", None]))
def test_no_signature_makes_it_raise(tags, record):
    base = {"v": "1", "a": "rsa-sha256", "d": "example.org", "s": "s1"}
    tags = {**base, "h": "from", "b": "AAAA", "bh": "AAAA", **tags}
    value = "; ".join(f"{name}={text}" for name, text in tags.items())
    header = f"DKIM-Signature: {value}\r\n".encode("utf-8", "surrogatepass")
    zone = a_zone(key=record.encode()) if record else a_zone()

    found = authenticate(header + MAIL, trusted_ids=(), resolver=zone)

    assert found.result != "pass"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_no_key_record_makes_it_raise(data):
    assert outcome(SIGNED, a_zone(key=b"p=" + data))[0] == "fail"
