"""Files too large for a mail: their address is in it, secret, and for some days."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models.functions import Now
from django.test import Client, override_settings
from django.urls import reverse

from tests.builders import a_draft, a_mailbox
from wagtail_ecp.checks import check_installation
from wagtail_ecp.inbox import actions, blobs, links
from wagtail_ecp.inbox.actions import GivenFile
from wagtail_ecp.inbox.models import DraftFile, FileLink, Message
from wagtail_ecp.mail.parsing import parse

pytestmark = pytest.mark.django_db

SMALL_LIMIT = {"WAGTAIL_ECP": settings.WAGTAIL_ECP | {"LINK_ABOVE_BYTES": 1_000}}
LARGE = GivenFile("../Plan <1>.pdf", "application/pdf", b"x" * 2_000)
SMALL = GivenFile("a.txt", "text/plain", b"small")


def send(user, *files, **columns):
    """Send a draft with these files; return what was sent, read again."""
    draft = a_draft(by=user, mailbox=a_mailbox(repliers=[user]), **columns)
    actions.attach(draft, files, by=user)
    actions.send_draft(draft, by=user, version=draft.version, site="http://x.example")
    return parse(blobs.read(Message.objects.get().blob_id))


def address_in(mail):
    """Return the path of the address that the mail's text has."""
    return re.search(r"http://tests\.example(/ecp/files/\S+)", mail.text).group(1)


@override_settings(**SMALL_LIMIT)
@pytest.mark.parametrize("is_plain", [True, False])
def test_a_large_file_goes_as_an_address_and_a_small_one_goes_along(alice, is_plain):
    mail = send(alice, LARGE, SMALL, body="<p>Hello</p>", is_plain=is_plain)

    address = address_in(mail)
    page, file = Client().get(address), Client().get(f"{address}download/")
    assert [attached.name for attached in mail.attachments] == ["a.txt"]
    assert "Plan <1>.pdf (2.0\xa0KB), until" in mail.text
    assert is_plain or f'href="http://tests.example{address}"' in mail.html
    assert "Plan &lt;1&gt;.pdf" in page.content.decode()
    assert file.content == LARGE.data
    assert file["Content-Disposition"].startswith("attachment")
    assert file["Content-Type"] == "application/octet-stream"
    assert FileLink.objects.get().fetched == 1


@override_settings(**SMALL_LIMIT)
def test_the_address_works_without_a_cookie_and_is_nobody_else_s_business(alice):
    address = address_in(send(alice, LARGE))

    client = Client()
    answers = [client.get(address), client.get(f"{address}download/")]

    assert not client.cookies
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
    token = address.rstrip("/").rpartition("/")[2]
    assert token not in str(FileLink.objects.values().get())


@override_settings(**SMALL_LIMIT)
def test_an_expired_address_says_so(alice):
    address = address_in(send(alice, LARGE))
    FileLink.objects.update(expires_at=Now() - timedelta(minutes=1))

    answers = [Client().get(address), Client().get(f"{address}download/")]

    assert {answer.status_code for answer in answers} == {410}
    assert "no longer here" in answers[0].content.decode()
    assert FileLink.objects.get().fetched == 0


@pytest.mark.parametrize("token", ["a", "x" * 43, "%00", "é"])
def test_an_address_that_is_none_of_ours_leads_nowhere(token):
    answers = [
        Client().get(reverse(f"wagtail_ecp_site:{name}", args=[token]))
        for name in ("file_link", "file_link_download")
    ]

    assert {answer.status_code for answer in answers} == {404}


@override_settings(**SMALL_LIMIT)
def test_a_mail_taken_back_takes_its_addresses_along_and_keeps_the_file(alice):
    draft = a_draft(by=alice, mailbox=a_mailbox(repliers=[alice]))
    actions.attach(draft, [LARGE], by=alice)
    sent = actions.send_draft(
        draft, by=alice, version=draft.version, undo=timedelta(seconds=10)
    )

    actions.unsend(sent, by=alice)

    assert not FileLink.objects.exists()
    assert DraftFile.objects.get().is_link


@override_settings(ROOT_URLCONF="tests.inbox.urls_without_ours")
def test_without_our_addresses_files_go_along_and_a_check_says_so():
    assert not links.goes_as_link(10**9)
    assert "wagtail_ecp.W018" in {message.id for message in check_installation()}


@pytest.mark.parametrize("sizes", [[10 * 2**20, 9 * 2**20], [101 * 2**20]])
def test_more_than_a_mail_may_hold_is_refused(sizes):
    with pytest.raises(ValidationError):
        links.refuse_too_much(sizes)


def test_files_within_the_limits_are_taken():
    links.refuse_too_much([9 * 2**20, 9 * 2**20, 99 * 2**20, 99 * 2**20])


@override_settings(**SMALL_LIMIT)
def test_what_expired_long_ago_is_forgotten(alice):
    send(alice, LARGE)
    FileLink.objects.update(expires_at=Now() - links.KEPT - timedelta(days=1))

    links.remove_expired()

    assert not FileLink.objects.exists()
