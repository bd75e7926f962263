import smtplib
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from sandbox.demo import load, progress, story
from sandbox.demo.mails import DAYS, DemoMail, demo_mails

NOW = datetime(2027, 3, 10, 12, 0, tzinfo=UTC)
OURS = {"support@sandbox.test", "sales@sandbox.test", "press@sandbox.test"}


@pytest.fixture(scope="module")
def mails():
    return demo_mails(NOW)


@pytest.fixture(scope="module")
def messages(mails):
    return [message_from_bytes(mail.content, policy=default) for mail in mails]


def test_the_same_moment_and_seed_give_the_same_bytes(mails):
    assert demo_mails(NOW) == mails


def test_another_seed_gives_other_mails(mails):
    assert demo_mails(NOW, seed=7) != mails


def test_there_are_at_least_two_hundred_in_order_of_their_dates(mails):
    dates = [mail.date for mail in mails]

    assert len(mails) >= 200
    assert dates == sorted(dates)


def test_all_dates_lie_in_the_last_thirty_days(mails):
    assert all(NOW - timedelta(days=DAYS, hours=1) < m.date < NOW for m in mails)


def test_the_date_header_says_when_the_mail_was_sent(mails, messages):
    for mail, message in zip(mails, messages, strict=True):
        assert abs(message["Date"].datetime - mail.date) < timedelta(seconds=1)


def test_every_mail_goes_to_mailboxes_of_ours(mails):
    assert {r for mail in mails for r in mail.recipients} == OURS
    assert all(mail.recipients for mail in mails)


def test_some_mail_goes_to_two_mailboxes(mails):
    assert sum(len(mail.recipients) == 2 for mail in mails) >= 3


def test_every_mail_is_well_formed(messages):
    parts = [part for message in messages for part in message.walk()]

    assert [part.defects for part in parts if part.defects] == []


def test_every_text_is_in_its_charset_and_loses_no_letter(messages):
    for message in messages:
        for part in message.walk():
            if part.get_content_maintype() == "text" and part.get_content_charset():
                assert "�" not in part.get_content()


def test_many_charsets_occur(messages):
    charsets = {
        part.get_content_charset() for message in messages for part in message.walk()
    }

    assert charsets >= {
        *("utf-8", "us-ascii", "iso-8859-1", "iso-8859-2", "iso-8859-7", "iso-8859-15"),
        *("windows-1251", "windows-1252", "windows-1253", "windows-1255"),
        *("koi8-r", "iso-2022-jp", "shift_jis", "gb18030", "big5", "euc-kr"),
    }


def test_answers_cite_the_mail_before_them(messages):
    known = {message["Message-ID"] for message in messages}
    answers = [m["References"].split() for m in messages if m["References"]]

    assert len(answers) >= 40
    assert all(ids[0] in known or ids[0].endswith("@sandbox.test>") for ids in answers)


def test_no_message_id_occurs_twice(messages):
    ids = [m["Message-ID"] for m in messages if m["Message-ID"]]

    assert len(ids) == len(set(ids))


def test_some_mails_have_no_message_id(messages):
    assert sum(m["Message-ID"] is None for m in messages) >= 2


@pytest.mark.parametrize(
    ("kind", "at_least"),
    [
        ("image/png", 5),
        ("application/pdf", 5),
        ("text/csv", 2),
        ("text/calendar", 10),
        ("text/html", 30),
        ("message/delivery-status", 8),
    ],
)
def test_all_kinds_of_parts_occur(messages, kind, at_least):
    found = [p for m in messages for p in m.walk() if p.get_content_type() == kind]

    assert len(found) >= at_least


def test_newsletters_name_their_list(messages):
    assert sum(message["List-Id"] is not None for message in messages) >= 9


def test_bounces_come_from_nobody(mails, messages):
    bounces = [
        mail
        for mail, message in zip(mails, messages, strict=True)
        if message.get_content_type() == "multipart/report"
    ]

    assert len(bounces) == 8
    assert {bounce.sender for bounce in bounces} == {""}


def test_a_letter_without_an_empty_line_is_refused():
    with pytest.raises(ValueError, match="an empty line"):
        story.read("From: a@example.org\nSubject: x", kind="broken")


class Server(smtplib.SMTP):
    """Answers as told, and remembers what it took; it is never connected."""

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)
        self.taken = []

    def sendmail(self, from_addr, to_addrs, msg, mail_options=(), rcpt_options=()):
        code = self.answers.pop(0)
        if code == 250:
            self.taken.append(to_addrs)
        else:
            raise smtplib.SMTPRecipientsRefused({to_addrs[0]: (code, b"")})


@pytest.fixture
def a_mail():
    return DemoMail(NOW, "a@example.org", ("support@sandbox.test",), b"Subject: x")


def test_a_mail_that_is_put_off_is_sent_again(a_mail, monkeypatch):
    monkeypatch.setattr(load, "PAUSE", 0)
    server = Server(451, 451, 250)

    load.send(server, a_mail)

    assert server.taken == [a_mail.recipients]


def test_a_mail_that_is_refused_for_good_is_reported(a_mail):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        load.send(Server(550), a_mail)


def test_a_load_goes_on_where_it_was_stopped(tmp_path):
    state = progress.Progress(moment=NOW.isoformat(), sent=3, total=242)

    progress.write(tmp_path, state)

    assert progress.read(tmp_path) == state
    assert not progress.is_complete(tmp_path)


def test_a_load_is_complete_when_all_is_sent(tmp_path):
    state = progress.Progress(
        moment=NOW.isoformat(), sent=242, total=242, is_decided=True
    )

    progress.write(tmp_path, state)

    assert progress.is_complete(tmp_path)
