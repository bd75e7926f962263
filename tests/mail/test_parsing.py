from __future__ import annotations

from dataclasses import astuple
from datetime import UTC, datetime
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.mail.mails import a_mail, a_multipart, a_nested, a_part
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.parsing import attachment_data, inline_part, parse


def strings_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from strings_of(item)


def is_storable(message):
    return all(
        "\0" not in text and text.encode("utf-8") is not None
        for text in strings_of(astuple(message))
    )


FRAGMENTS = st.sampled_from(
    [
        *(
            b"From: ",
            b"To: ",
            b"Subject: ",
            b"Date: ",
            b"References: ",
            b"Message-ID: ",
        ),
        *(b"Content-Type: multipart/mixed; boundary=b", b"--b\r\n", b"--b--", b"\r\n"),
        *(b"Content-Type: text/html; charset=", b"iso-2022-jp", b"utf-16", b"unknown"),
        *(b"Content-Disposition: attachment; filename*0*=", b"utf-8''%00", b"\xff\xfe"),
        *(
            b"Content-Transfer-Encoding: base64\r\n\r\n",
            b"quoted-printable",
            b"=?utf-8?",
        ),
        *(
            b"q?=00?=",
            b"b?AA?=",
            b"<a@b>",
            b'"',
            b"(",
            b";",
            b"begin 644 x\n",
            b"end\n",
        ),
        *(b"Mon, 1 Jan 99999 10:00 +9999", b"\0", b"\r", b"\x1b$B", b"winmail.dat"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS | st.binary(max_size=20), max_size=30).map(b"".join))
@example(b"Subject: \xed\xb2\x80\xff\0\r\n\r\n\0")
def test_any_bytes_give_a_message_that_can_be_stored(raw):
    message = parse(raw)

    assert is_storable(message)
    assert message.is_readable


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_give_a_message_that_can_be_stored(raw):
    assert is_storable(parse(raw))


def test_an_ordinary_mail_is_read_whole():
    message = parse(
        a_mail(
            b"Subject: Two\r\n  words\r\nCc: Bob <b@example.org>, c@example.org\r\n"
            b"Reply-To: r@example.org\r\nIn-Reply-To: <zero@example.org>\r\n"
            b"References: <first@example.org>\r\n <zero@example.org>\r\n"
        )
    )

    assert message.sender == Address("Ann", "ann@example.org")
    assert message.to == (Address("", "support@example.com"),)
    assert message.cc == (Address("Bob", "b@example.org"), Address("", "c@example.org"))
    assert message.reply_to == (Address("", "r@example.org"),)
    assert message.subject == "Two words"
    assert message.date == datetime(2024, 1, 1, 9, tzinfo=UTC)
    assert message.message_id == "one@example.org"
    assert message.in_reply_to == ("zero@example.org",)
    assert message.references == ("first@example.org", "zero@example.org")
    assert (message.text, message.html) == ("Hello\n", "")
    assert message.is_readable
    assert not message.is_automatic


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("iso-gb2312", "你好".encode("gb18030"), "你好"),
        ("gb2312", "镕".encode("gb18030"), "镕"),
        ("X-UNKNOWN", "naïve".encode(), "naïve"),
        ("X-UNKNOWN", b"na\xefve", "naïve"),
        ("iso-8859-1", b"\x80 5 \x96 6", "€ 5 \u2013 6"),
        ("iso-8859-1", "schön".encode(), "schön"),
        ("us-ascii", "schön".encode(), "schön"),
        ("utf-8", b"sch\xf6n", "schön"),
        ("iso-2022-jp", b"\x1b$B-!F|\x1b(B \x1b(I1\x1b(B", "①日 ｱ"),
        ("shift_jis", "①".encode("cp932"), "①"),
        ("ks_c_5601-1987", "똠".encode("cp949"), "똠"),
        ("utf-7", b"+AOQ-", "ä"),
        ("unicode_escape", rb"\d", r"\d"),
        ("idna", b"a.b", "a.b"),
        ("base64", b"abc", "abc"),
        ('"utf-8";', "ä".encode(), "ä"),
    ],
)
def test_charsets_are_what_senders_mean_by_them(charset, data, text):
    headers = b"Content-Type: text/plain; charset=" + charset.encode() + b"\r\n"

    assert parse(a_mail(headers, data)).text == text


def test_nul_and_surrogates_are_nowhere_left():
    message = parse(
        a_multipart(
            a_part(b"text/plain", b"a\0b"),
            a_part(b"image/png", b"", b"Content-ID: <a\0b>\r\nX: \xed\xa0\x80\r\n"),
            a_part(b'a/b; name="x\0\xffy.pdf"', b""),
        ).replace(b"From: Ann", b"From: A\0\xff\xed\xb2\x80nn")
    )

    assert is_storable(message)
    assert message.text == "ab"


def test_8_bit_bodies_without_a_charset_are_read():
    assert parse(a_mail(b"", "Grüße 人権".encode())).text == "Grüße 人権"


@pytest.mark.parametrize(
    "block",
    [
        b"From: ann@example.org\r\na stray line\r\nSubject: Hi\r\n",
        b"X-A: b\r\n>From the archive\r\nFrom: ann@example.org\r\nSubject: Hi\r\n",
        b"From : ann@example.org\r\nSubject : Hi\r\n",
        b"\r\n\r\nFrom: ann@example.org\r\nSubject: Hi\r\n",
        b"\xef\xbb\xbfFrom: ann@example.org\r\nSubject: Hi\r\n",
        b"From ann Mon Jan  1 10:00:00 2024\r\nFrom: ann@example.org\r\nSubject: Hi\r\n",
        b"From: ann@example.org\nSubject: Hi\n",
    ],
)
def test_a_damaged_header_block_is_mended(block):
    message = parse(block + b"\r\nHello\r\n")

    assert message.sender.address == "ann@example.org"
    assert message.subject == "Hi"
    assert message.text.strip() == "Hello"


def test_a_forgotten_blank_line_begins_the_body():
    message = parse(
        b"From: a@b.c\r\nSubject: Hi\r\nDear all,\r\nNote: this.\r\n\r\nBye\r\n"
    )

    assert message.subject == "Hi"
    assert message.text == "Dear all,\nNote: this.\n\nBye\n"


def test_a_badly_folded_header_is_joined():
    raw = b"From: a@b.c\nContent-Type: multipart/mixed;\nboundary=x\nSubject: s\n\n--x\n\nHi\n--x--\n"

    assert parse(raw).text == "Hi"


@pytest.mark.parametrize(
    ("value", "subject"),
    [
        (b"=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8?B?w7w=?=\r\n =?UTF-8?B?w7w=?=", "üü"),
        (b"=?utf-8?B?w7?= =?utf-8?B?ww?=", "ü0"),
        (b"=?iso-8859-1*de?Q?a_b?= c", "a b c"),
        (b"a =?utf-8?q?b?= c", "a b c"),
        (b"=?utf-8?q?a?= =?latin1?q?=E4?=", "aä"),
        (b"=?nonsense?q?=E4?=", "ä"),
        (b"=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        (b"Gr\xfc\xdfe", "Grüße"),
        ("Grüße".encode(), "Grüße"),
        (b"=?utf-8?q?a=0D=0AX:_b?=", "a X: b"),
        (b"=?utf-8?q?a=00b?=", "ab"),
    ],
)
def test_subjects_are_decoded(value, subject):
    assert parse(a_mail(b"Subject: " + value + b"\r\n")).subject == subject


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"filename*=utf-8''na%C3%AFve.pdf", "naïve.pdf"),
        (
            b"filename*0*=utf-8''na%C3;\r\n filename*1*=%AFve;\r\n filename*2=.pdf",
            "naïve.pdf",
        ),
        (b'filename="=?utf-8?q?na=C3=AFve.pdf?="', "naïve.pdf"),
        (b'filename="=?utf-8?q?na=C3?=\r\n =?utf-8?q?=AFve.pdf?="', "naïve.pdf"),
        (b'filename="na\xefve.pdf"', "naïve.pdf"),
        ('filename="naïve.pdf"'.encode(), "naïve.pdf"),
        (rb'filename="..\..\evil.exe"', "evil.exe"),
        (b'filename="/etc/passwd"', "passwd"),
        (b'filename="a;b \\"c\\".pdf"', 'a;b "c".pdf'),
        (b"filename=a b (1).pdf", "a b (1).pdf"),
        ('filename="gpj.\u202eexe"'.encode(), "gpj.exe"),
        (b"filename=" + b"a" * 500 + b".pdf", "a" * 196 + ".pdf"),
        (b"", "type.pdf"),
    ],
)
def test_filenames_are_decoded_and_harmless(header, name):
    disposition = b"Content-Disposition: attachment; " + header + b"\r\n"
    raw = a_multipart(a_part(b'application/pdf; name="type.pdf"', b"%PDF", disposition))

    (attachment,) = parse(raw).attachments

    assert attachment.name == name
    assert attachment_data(raw, attachment.index) == (attachment, b"%PDF")


def test_an_inline_image_belongs_to_the_html_that_shows_it():
    related = a_nested(
        a_part(b"text/html", b'<p>Hi <img src="cid:logo%40x"></p>'),
        a_part(b"image/png", b"PNG", b"Content-ID: <logo@x>\r\n"),
        kind=b"related",
        boundary=b"b2",
    )
    raw = a_multipart(
        a_nested(
            a_part(b"text/plain", b"Hi"), related, kind=b"alternative", boundary=b"b3"
        ),
        a_part(b"image/png", b"other", b"Content-Disposition: inline\r\n"),
    )

    message = parse(raw)

    assert message.text == "Hi"
    assert message.html == '<p>Hi <img src="cid:logo%40x"></p>'
    assert [a.is_inline for a in message.attachments] == [True, False]
    assert inline_part(raw, "logo@x") == (message.attachments[0], b"PNG")
    assert inline_part(raw, "nothing@x") is None
    assert inline_part(raw, "") is None


def test_html_alone_gives_text_as_well():
    message = parse(a_mail(b"Content-Type: text/html\r\n", b"<p>One<p>Two"))

    assert message.text == "One\n\nTwo"


def test_texts_around_an_attachment_are_joined():
    raw = a_multipart(
        a_part(b"text/plain", b"Before"),
        a_part(b"application/pdf", b"%PDF"),
        a_part(b"text/plain", b"After"),
        a_part(b"text/plain; name=notes.txt", b"Notes"),
    )

    message = parse(raw)

    assert message.text == "Before\nAfter"
    assert [a.content_type for a in message.attachments] == [
        "application/pdf",
        "text/plain",
    ]


def test_attached_messages_and_reports_stay_files():
    inner = b"Subject: inner\r\nContent-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nx"
    raw = a_multipart(
        a_part(b"text/plain", b"See below"),
        b"Content-Type: message/rfc822\r\n\r\n" + inner,
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n",
        kind=b"report",
    )

    message = parse(raw)

    assert [a.content_type for a in message.attachments] == [
        "message/rfc822",
        "message/delivery-status",
    ]
    assert attachment_data(raw, 0)[1] == inner
    assert message.is_automatic


def test_uuencoded_files_leave_the_text():
    raw = a_mail(
        b"", b"Look:\nbegin 644 cat.txt\n#0V%T\n`\nend\nBye\nbegin 644 no\nfile\n"
    )

    message = parse(raw)

    assert message.text == "Look:\nBye\nbegin 644 no\nfile\n"
    assert attachment_data(raw, 0)[1] == b"Cat"
    assert message.attachments[0].name == "cat.txt"


def test_a_damaged_winmail_dat_stays_a_file():
    raw = a_multipart(a_part(b"application/ms-tnef; name=winmail.dat", b"damaged"))

    assert [a.name for a in parse(raw).attachments] == ["winmail.dat"]


@pytest.mark.parametrize(
    ("encoding", "data", "text"),
    [
        (b"base64", b"SGVs\r\nbG8", "Hello"),
        (b"base64", b"SGVsbG8=\r\nSGVsbG8=\r\n", "HelloHello"),
        (b"base64", b"SGVsbG8= ignored", "Hello"),
        (b"base64", b"This, surely, is not base64!", "This, surely, is not base64!"),
        (b"Quoted-Printable", b"a=3Db=\r\nc", "a=bc"),
        (b"nonsense", b"a=b", "a=b"),
    ],
)
def test_transfer_encodings_are_undone_leniently(encoding, data, text):
    headers = b"Content-Transfer-Encoding: " + encoding + b"\r\n"

    assert parse(a_mail(headers, data)).text == text


def test_an_index_without_attachment_is_an_error():
    with pytest.raises(IndexError):
        attachment_data(a_mail(), 0)


@pytest.mark.parametrize(
    "value",
    [b"", b"yesterday", b"Mon, 1 Jan 1969 10:00 +0000", b"Mon, 99 Jan 2024 10:00 +0000",
     b"Fri, 31 Dec 9999 23:59:59 -1200", b"1 Jan 2024 10:00 +999999999"],
)  # fmt: skip
def test_absurd_dates_are_no_dates(value):
    assert parse(b"Date: " + value + b"\r\n\r\n").date is None


@pytest.mark.parametrize(
    "value",
    [b"1 Jan 24 10:00 EST", b"Mon, 1 Jan 2024 15:00:00 GMT (comment)",
     b"2024-01-01T16:00:00+01:00", b"Monday, 1 Jan 2024 15:00:00"],
)  # fmt: skip
def test_odd_dates_are_read(value):
    expected = datetime(2024, 1, 1, 15, tzinfo=UTC)

    assert parse(b"Date: " + value + b"\r\n\r\n").date == expected


def test_the_same_mail_by_two_ways_has_one_hash():
    direct = a_mail(b"Subject: Hi there\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    b"Content-Transfer-Encoding: 8bit\r\n", "Grüße\r\n".encode())  # fmt: skip
    relayed = b"Received: by relay\r\nX-Spam: no\r\n" + a_mail(
        b"Subject: Hi\r\n there\r\nContent-Type: text/plain; charset=utf-8\r\n"
        b"Content-Transfer-Encoding: quoted-printable\r\n", b"Gr=C3=BC=C3=9Fe\r\n\r\n"
    )  # fmt: skip

    assert parse(direct).content_hash == parse(relayed).content_hash


@pytest.mark.parametrize(
    "other",
    [
        a_mail(body=b"Another text\r\n"),
        a_mail(b"Subject: other\r\n"),
        a_mail().replace(b"ann@", b"bob@"),
        a_mail().replace(b"10:00:00", b"10:00:01"),
        a_multipart(a_part(b"text/plain", b"Hello\r\n"), a_part(b"image/png", b"1")),
    ],
)
def test_a_reused_message_id_does_not_hide_another_mail(other):
    assert parse(other).message_id == parse(a_mail()).message_id
    assert parse(other).content_hash != parse(a_mail()).content_hash


HOSTILE = {
    "open comments": a_mail().replace(b"Ann", b"(" * 5_000),
    "recipients": b"To: " + b", ".join(b"p%d@example.org" % i for i in range(10_000)),
    "parameters": a_multipart(a_part(b"a/b;" + b"".join(
        b" name*%d*=a;" % i for i in range(50_000)), b"")),
    "quoted semicolons": a_mail(
        b'Content-Type: multipart/mixed; boundary="' + b";" * 200_000 + b"\r\n"),
    "nested multiparts": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i)
        for i in range(5_000)),
    "nested messages": b"Content-Type: message/rfc822\n\n" * 5_000,
    "encoded words": a_mail(b"Subject: " + b"=?a?q?" * 50_000 + b"\r\n"),
    "blanks": a_mail(b"Subject: a" + b" \t" * 100_000 + b"x\r\n"),
    "references": a_mail(b"References: " + b"a" * 200_000 + b"\r\n"),
    "begins": a_mail(body=b"begin 644 x\nM\n" * 20_000),
    "nested html": a_mail(b"Content-Type: text/html\r\n", b"<div>" * 50_000),
    "html attributes": a_mail(b"Content-Type: text/html\r\n", b"<a " + b"".join(
        b"a%d=1 " % i for i in range(50_000))),
    "domain": b"From: a@" + "ü".encode() * 50_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_mail_costs_no_quadratic_time(kind):
    begin = perf_counter()
    message = parse(HOSTILE[kind])

    # Quadratic time would be tens of seconds and more.
    assert perf_counter() - begin < 5
    assert message.is_readable


def test_what_cannot_be_read_keeps_its_headers(monkeypatch):
    def refuse(_tree):
        raise RecursionError

    monkeypatch.setattr("wagtail_ecp.mail.parsing.sort_parts", refuse)

    message = parse(a_mail(b"Subject: Hi\r\n"))

    assert not message.is_readable
    assert (message.subject, message.sender.address) == ("Hi", "ann@example.org")
    assert (message.text, message.attachments) == ("", ())
    with pytest.raises(IndexError):
        attachment_data(a_mail(), 0)
