"""What an outgoing mail looks like on the wire, and what others read in it."""

import datetime as dt
import email
import re
from dataclasses import replace
from email import policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.mail.composing import InlineImage, OutgoingFile, OutgoingMail, compose
from wagtail_ecp.mail.parsing import parse

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
DATE = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.timezone(dt.timedelta(hours=1)))


def a_mail(**changes):
    plain = OutgoingMail(
        from_address=Address("Support", "support@example.com"),
        to=(Address("Jane Doe", "jane@example.org"),),
        subject="Your order",
        message_id="1@example.com",
        date=DATE,
        text="Hello Jane,\n\nit is on its way.\n",
    )
    return replace(plain, **changes)


def header_of(data, name):
    """Return the bytes of a header field as they are, folds and all."""
    header = data.partition(b"\r\n\r\n")[0] + b"\r\n"
    pattern = rb"(?mi)^%s: ((?:.|\r\n[ \t])*)\r\n" % name.encode()
    found = re.search(pattern, header)
    return found and found[1]


def as_others_read(data):
    return email.message_from_bytes(data, policy=policy.default)


def test_the_simplest_mail():
    data = compose(a_mail())

    assert data == (
        b"Date: Wed, 04 Mar 2026 05:06:07 +0100\r\n"
        b"From: Support <support@example.com>\r\n"
        b"To: Jane Doe <jane@example.org>\r\n"
        b"Subject: Your order\r\n"
        b"Message-ID: <1@example.com>\r\n"
        b"MIME-Version: 1.0\r\n"
        b'Content-Type: text/plain; charset="utf-8"\r\n'
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Hello Jane,\r\n\r\nit is on its way.\r\n"
    )


def test_a_long_chain_of_references_is_on_the_wire_as_it_is():
    ids = tuple(f"{number:02}.{'x' * 54}@mail.example" for number in range(30))
    assert {len(f"<{one}>") for one in ids} == {72}

    data = compose(
        a_mail(references=ids, in_reply_to=ids[-1], message_id="m" * 100 + "@x.example")
    )

    assert header_of(data, "References").split() == [f"<{i}>".encode() for i in ids]
    assert header_of(data, "In-Reply-To") == f"<{ids[-1]}>".encode()
    assert header_of(data, "Message-ID") == b"<" + b"m" * 100 + b"@x.example>"
    assert b"=?" not in data
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert parse(data).references == ids


def test_ids_may_come_in_their_brackets():
    data = compose(
        a_mail(message_id="<1@a.example>", in_reply_to="<2@a.example>", references=())
    )

    assert header_of(data, "Message-ID") == b"<1@a.example>"
    assert header_of(data, "In-Reply-To") == b"<2@a.example>"
    assert header_of(data, "References") is None


def test_a_strangers_id_that_cannot_be_written_is_left_out():
    data = compose(a_mail(references=("ü@x.example", "y" * 2000, "good@x.example")))

    assert header_of(data, "References") == b"<good@x.example>"


@pytest.mark.parametrize("message_id", ["", "ü@x.example", "x" * 1000])
def test_an_own_id_that_cannot_be_written_is_an_error(message_id):
    with pytest.raises(ValueError, match="Message-ID"):
        compose(a_mail(message_id=message_id))


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Grüße aus Köln",
        "件名" * 60,
        "word " * 80 + "end",
        "x" * 500,
        "two  blanks",
        " blanks around ",
        "=?utf-8?q?looks_encoded?=",
        "😀" * 40,
        "a\u2028b\x85c\x1cd",
        "",
    ],
)
def test_any_subject_survives_in_lines_that_are_not_too_long(subject):
    data = compose(a_mail(subject=subject))

    header = data.partition(b"\r\n\r\n")[0]
    assert header.isascii()
    assert max(map(len, header.split(b"\r\n"))) <= 78
    decoded = email.header.make_header(
        email.header.decode_header(email.message_from_bytes(data)["Subject"])
    )
    assert str(decoded).replace("\r\n", "") == subject


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Jane Doe", b"Jane Doe <jane@example.org>"),
        ("Doe, Jane", b'"Doe, Jane" <jane@example.org>'),
        ('The "Boss" \\', b'"The \\"Boss\\" \\\\" <jane@example.org>'),
        ("a@b.example", b'"a@b.example" <jane@example.org>'),
        ("Jürgen", b"=?utf-8?q?J=C3=BCrgen?= <jane@example.org>"),
        ("", b"jane@example.org"),
    ],
)
def test_how_names_are_written(name, written):
    data = compose(a_mail(to=(Address(name, "jane@example.org"),)))

    assert header_of(data, "To") == written


@pytest.mark.parametrize(
    "name", ["山田太郎" * 20, "Doe, Jürgen, <x@y.example>", "n" * 300]
)
def test_no_name_can_add_an_address(name):
    people = (Address(name, "jane@example.org"), Address("Bob", "bob@example.org"))

    data = compose(a_mail(to=people))

    assert [one.addr_spec for one in as_others_read(data)["To"].addresses] == [
        "jane@example.org",
        "bob@example.org",
    ]
    assert parse(data).to == people


def test_many_recipients_are_folded():
    people = tuple(Address("", f"person{n}@example.org") for n in range(200))

    data = compose(a_mail(to=people, cc=people[:2], reply_to=people[:1]))

    assert parse(data).to == people
    assert parse(data).cc == people[:2]
    assert parse(data).reply_to == people[:1]
    assert max(map(len, data.split(b"\r\n"))) <= 78


def test_a_domain_in_another_script_is_written_in_ascii():
    data = compose(a_mail(to=(Address("", "jane@bücher.example"),)))

    assert header_of(data, "To") == b"jane@xn--bcher-kva.example"


def test_a_local_part_in_another_script_stays_as_it_is():
    data = compose(a_mail(to=(Address("", "jürgen@example.org"),)))

    assert header_of(data, "To") == "jürgen@example.org".encode()


def test_mail_to_hidden_recipients_only():
    assert header_of(compose(a_mail(to=())), "To") == b"undisclosed-recipients:;"


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Hi\r\nBcc: all@example.org"},
        {"subject": "Hi\nthere"},
        {"to": (Address("Jane\r\nX: y", "jane@example.org"),)},
        {"to": (Address("Jane", "jane@example.org>\r\nX: y"),)},
        {"cc": (Address("", "jane"),)},
        {"from_address": Address("Support", "")},
        {"message_id": "1@x\r\nX: y"},
        {"in_reply_to": "1@x\r\nX: y"},
        {"references": ("1@x\nX: y",)},
        {"extra_headers": (("X-Mark", "a\r\nX: y"),)},
        {"extra_headers": (("X-Mark\r\nX", "a"),)},
        {"extra_headers": (("Bcc", "all@example.org"),)},
        {"extra_headers": (("Subject", "Another"),)},
        {"extra_headers": (("Content-Type", "text/html"),)},
        {"date": dt.datetime(2026, 1, 1)},  # noqa: DTZ001
    ],
)
def test_what_would_forge_or_break_the_header_is_refused(changes):
    with pytest.raises(ValueError, match=r"\w"):
        compose(a_mail(**changes))


def test_extra_headers_are_written():
    data = compose(a_mail(extra_headers=(("Auto-Submitted", "auto-replied"),)))

    assert header_of(data, "Auto-Submitted") == b"auto-replied"


def test_an_answer_by_a_person_is_not_marked_as_automatic():
    assert not parse(compose(a_mail())).is_automatic


@pytest.mark.parametrize(
    "text",
    [
        "Grüße\n",
        "x" * 500,
        "From here on\nit goes",
        "Kind regards \n",
        "-- \nJane",
        "tab\tand\x0cpage\x1c",
        ".\n..\n",
        "old\rMac\r\nWindows\nUnix",
        "ü" * 300,
        "From ü" + "x" * 69,
    ],
)
def test_any_text_survives_in_lines_that_are_not_too_long(text):
    data = compose(a_mail(text=text))

    body = data.partition(b"\r\n\r\n")[2]
    assert body.isascii()
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert not re.search(rb"(?m)^From ", body)
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", data)
    read = email.message_from_bytes(data).get_payload(decode=True).decode()
    wanted = text.replace("\r\n", "\n").replace("\r", "\n")
    assert read.replace("\r\n", "\n").rstrip("\n") == wanted.rstrip("\n")


@given(text=st.text(), subject=st.text(st.characters(exclude_characters="\r\n\0")))
def test_whatever_people_write_the_mail_is_well_formed(text, subject):
    data = compose(a_mail(text=text, subject=subject, html=f"<p>{text}</p>"))

    assert data.isascii()
    assert data.endswith(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 78
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", data)


def test_text_and_html_are_alternatives():
    mail = as_others_read(compose(a_mail(html="<p>Grüße</p>\n")))

    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert mail.get_body(("html",)).get_content() == "<p>Grüße</p>\r\n"


def test_images_belong_to_the_html_and_files_to_the_mail():
    image = InlineImage(
        name="logo.png", content_type="image/png", data=PNG, content_id="logo@ecp"
    )
    file = OutgoingFile(name="a.bin", content_type="application/x-own", data=PNG)

    mail = as_others_read(
        compose(
            a_mail(
                html='<img src="cid:logo@ecp">',
                inline_images=(image,),
                attachments=(file,),
            )
        )
    )

    alternative, attached = mail.iter_parts()
    _, related = alternative.iter_parts()
    html, shown = related.iter_parts()
    assert mail.get_content_type() == "multipart/mixed"
    assert alternative.get_content_type() == "multipart/alternative"
    assert related.get_content_type() == "multipart/related"
    assert related.get_param("type") == "text/html"
    assert html.get_content_type() == "text/html"
    assert shown["Content-ID"] == "<logo@ecp>"
    assert shown.get_content_disposition() == "inline"
    assert shown.get_content() == PNG
    assert attached.get_content_disposition() == "attachment"
    assert attached.get_content_type() == "application/x-own"
    assert attached.get_content() == PNG


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("report.pdf", "report.pdf"),
        ("my report; final.pdf", "my report; final.pdf"),
        ('say "hi".txt', 'say "hi".txt'),
        ("Übersicht.pdf", "Übersicht.pdf"),
        ("報告書" * 40 + ".pdf", "報告書" * 40 + ".pdf"),
        ("a\r\nb.pdf", "ab.pdf"),
    ],
)
def test_how_file_names_are_read(name, read):
    file = OutgoingFile(name=name, content_type="application/pdf", data=b"x")

    data = compose(a_mail(attachments=(file,)))

    (attached,) = as_others_read(data).iter_attachments()
    assert attached.get_filename() == read
    assert parse(data).attachments[0].name == read
    assert max(map(len, data.split(b"\r\n"))) <= 78


@pytest.mark.parametrize(
    "content_type", ["nonsense", "text/html\r\nX: y", "multipart/mixed", "", "a/b; c=d"]
)
def test_a_type_that_would_break_the_mail_becomes_plain_bytes(content_type):
    file = OutgoingFile(name="a", content_type=content_type, data=PNG)

    (attached,) = as_others_read(
        compose(a_mail(attachments=(file,)))
    ).iter_attachments()

    assert attached.get_content_type() == "application/octet-stream"
    assert attached.get_content() == PNG


@pytest.mark.parametrize("content_id", ["a\r\nX: y", "a b", "<a>", "ü"])
def test_a_content_id_that_would_break_the_mail_is_refused(content_id):
    image = InlineImage(
        name="a", content_type="image/png", data=PNG, content_id=content_id
    )

    with pytest.raises(ValueError, match="Content-ID"):
        compose(a_mail(inline_images=(image,)))
