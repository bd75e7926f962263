"""Subscriptions in words: what they are of, and who reads them when."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from wagtail_ecp.inbox.models import Conversation, Folder, Mailbox, Subscription
from wagtail_ecp.inbox.models.subscriptions import Target

#: Characters of a subject in a list, and of what a reader calls itself.
LONG = 60


class Named(NamedTuple):
    """Something that there are feeds of."""

    name: str
    url: str
    about: str


def named(target: Target) -> Named:
    """Return what something is called, where it is, and what its feed has."""
    if isinstance(target, Mailbox):
        url = reverse("wagtail_ecp:folder", args=[target.pk, Folder.INBOX])
        return Named(target.name, url, _("What comes into this mailbox."))
    if isinstance(target, Conversation):
        url = reverse("wagtail_ecp:conversation", args=[target.pk])
        subject = Truncator(target.subject or _("(no subject)")).chars(LONG)
        name = f"#{target.pk} {subject}"
        return Named(name, url, _("The messages of this conversation."))
    url = reverse("wagtail_ecp:saved_search", args=[target.pk])
    return Named(
        target.name, url, _("Conversations as they come to match this search.")
    )


def last_read(subscription: Subscription, zone: ZoneInfo) -> str:
    """Return when it was last read, by the clock of ``zone``, and by which program."""
    if subscription.last_read_at is None:
        return _("not read yet")
    at = timezone.localtime(subscription.last_read_at, zone)
    told = {
        "at": date_format(at, "SHORT_DATETIME_FORMAT"),
        "reader": Truncator(subscription.last_reader).chars(LONG),
    }
    return _("%(at)s by %(reader)s") % told if told["reader"] else told["at"]


def contents(subscription: Subscription) -> str:
    """Return its format, and what it has beside the beginnings of messages."""
    words = [str(subscription.get_format_display())]
    if subscription.has_bodies:
        words.append(_("whole messages"))
    if subscription.has_notes:
        words.append(_("notes"))
    return ", ".join(words)
