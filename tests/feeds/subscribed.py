"""Feeds of the site's own mail, by their real addresses."""

from base64 import b64encode

from django.urls import reverse

from tests.builders import SUPPORT, receive_and_process
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions, subscriptions
from wagtail_ecp.inbox.actions import Choices
from wagtail_ecp.inbox.models import Conversation, Mailbox
from wagtail_ecp.inbox.search.vocabulary import Rule

TARGETS = ("mailbox", "conversation", "saved_search")


def an_address(target, kind="rss", *, by, has_bodies=False):
    """Return the path of ``by``'s feed of something."""
    Account.objects.update(rss_enabled=True, rss_full_bodies=has_bodies)
    choices = Choices(format=kind, has_bodies=has_bodies)
    row = actions.subscribe(target, choices, by=by)
    return reverse("wagtail_ecp_site:feed", args=[subscriptions.token_of(row)])


def a_target(name, *, by):
    """Return the mailbox, its first conversation, or a search that finds all mail."""
    if name == "mailbox":
        return Mailbox.objects.get()
    if name == "conversation":
        return Conversation.objects.order_by("pk").first()
    return actions.save_search("Unread", [Rule("unread", "true")], by=by)


def receive_words(*words, together=False):
    """Take in a mail for each of these, which stand in whatever a stranger writes.

    With ``together`` each answers the first, so that they are one conversation.
    """
    mails = [_mail(text, number, together) for number, text in enumerate(words)]
    receive_and_process(*mails, to=SUPPORT)


def _mail(words, number, together):
    encoded = b64encode(words.encode("utf-8", "surrogatepass"))
    word = b"=?utf-8?b?" + encoded + b"?="
    lines = [
        b"From: " + word + b" <vera@customer.example>",
        b"To: " + SUPPORT.encode(),
        b"Subject: " + word,
        b"Date: Mon, 04 Mar 2019 09:30:%02d +0000" % number,
        b"Message-ID: <words-%d@customer.example>" % number,
        b"MIME-Version: 1.0",
        b"Content-Type: multipart/mixed; boundary=part",
    ]
    if together and number:
        lines += [b"In-Reply-To: <words-0@customer.example>"]
    lines += [
        b"",
        b"--part",
        b"Content-Type: text/html; charset=utf-8",
        b"Content-Transfer-Encoding: base64",
        b"",
        encoded,
        b"--part",
        b'Content-Type: text/plain; name="' + word + b'"',
        b"Content-Disposition: attachment",
        b"",
        b"a file",
        b"--part--",
        b"",
    ]
    return b"\r\n".join(lines)
