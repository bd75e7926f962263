"""Mail that could not be processed."""

import pytest
from django.urls import reverse

from tests.builders import a_mailbox, an_email
from wagtail_ecp.inbox.models import IncomingMail
from wagtail_ecp.inbox.receiving import receive

pytestmark = pytest.mark.django_db

URL = "/admin/mail/incoming/"

REASON = """Traceback (most recent call last):
  File "storing.py", line 1, in store
ValueError: bad subject 'Secret offer'
"""


def a_troubled_mail(mailbox, **changes):
    [mail] = receive(
        an_email("Secret offer"),
        recipients=[mailbox.address],
        envelope_from="vera@customer.example",
    )
    columns = {"state": "quarantined", "reason": REASON, "attempts": 5} | changes
    IncomingMail.objects.filter(pk=mail.pk).update(**columns)
    return mail


def test_nothing_wrong_is_said_so(browse, alice):
    a_mailbox(readers=[alice])

    soup = browse(alice)(URL)

    assert "All incoming mail has been processed." in soup.text


def test_reader_sees_why_and_gets_the_source(browse, alice):
    mail = a_troubled_mail(a_mailbox(readers=[alice]))

    row = browse(alice)(URL).select_one(".ecp-troubled li")

    assert "bad subject 'Secret offer'" in row.pre.text
    assert "from vera@customer.example" in row.text
    assert "5 attempts" in row.text
    source = reverse("wagtail_ecp:incoming_source", args=[mail.pk])
    assert [link["href"] for link in row.select("a")] == [source]


def test_administrator_who_may_not_read_sees_no_word_of_the_mail(browse, admin_user):
    a_troubled_mail(a_mailbox())

    row = browse(admin_user)(URL).select_one(".ecp-troubled li")

    assert "Secret" not in row.text
    assert "vera@" not in row.text
    assert "ValueError" in row.summary.text
    assert row.select("a") == []
    assert row.select_one("button").text == "Process again"


def test_mail_of_other_mailboxes_is_not_there(browse, alice):
    a_mailbox(readers=[alice])
    a_troubled_mail(a_mailbox("secret@example.com"))

    assert browse(alice)(URL).select(".ecp-troubled li") == []


def test_source_is_the_mail_byte_for_byte(client, alice):
    mail = a_troubled_mail(a_mailbox(readers=[alice]))
    client.force_login(alice)

    response = client.get(reverse("wagtail_ecp:incoming_source", args=[mail.pk]))

    assert b"Subject: Secret offer" in response.content
    assert response["Content-Disposition"].startswith("attachment")


def test_mail_is_processed_again_by_a_button(client, alice):
    mail = a_troubled_mail(a_mailbox(repliers=[alice]))
    client.force_login(alice)

    client.post(reverse("wagtail_ecp:process_again", args=[mail.pk]))

    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == ("received", 0)


def test_pressing_twice_does_no_harm(client, alice):
    mail = a_troubled_mail(a_mailbox(repliers=[alice]), state="stored")
    client.force_login(alice)

    client.post(reverse("wagtail_ecp:process_again", args=[mail.pk]))

    mail.refresh_from_db()
    assert mail.state == "stored"


def test_list_is_paged(browse, alice):
    mailbox = a_mailbox(readers=[alice])
    mails = [a_troubled_mail(mailbox) for _index in range(52)]
    get = browse(alice)

    first = get(URL)
    second = get(URL + first.select_one("a[rel=next]")["href"])

    assert len(first.select(".ecp-troubled li")) == 50
    assert len(second.select(".ecp-troubled li")) == len(mails) - 50


def test_malformed_cursor_shows_the_first_page(browse, alice):
    a_troubled_mail(a_mailbox(readers=[alice]))

    assert browse(alice)(URL, before="x").select(".ecp-troubled li")
