"""Other conversations, named where one reads one of them."""

from typing import Final, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp.admin.ages import age
from wagtail_ecp.inbox.models import Conversation, Folder
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet

#: At most so many are named.
NAMED: Final = 10


class Other(NamedTuple):
    """A conversation in one line."""

    number: int
    subject: str
    place: str
    url: str
    at: str
    age: str


def others(
    request_user: object, *, beside: Conversation, among: ConversationQuerySet
) -> list[Other]:
    """Return the latest of ``among`` that the user may read, for one query."""
    found = among.visible_to(request_user).whole().exclude(pk=beside.pk)
    named = found.select_related("mailbox").order_by("-pk")
    return [*map(_other, named.only(*COLUMNS)[:NAMED])]


#: What is told of each.
COLUMNS: Final = ("folder", "last_message_at", "mailbox__name", "subject")


def _other(found: Conversation) -> Other:
    return Other(
        number=found.pk,
        subject=found.subject or _("(no subject)"),
        place=f"{found.mailbox.name}, {Folder(found.folder).label}",
        url=reverse("wagtail_ecp:conversation", args=[found.pk]),
        at=found.last_message_at.isoformat(timespec="minutes"),
        age=age(found.last_message_at, now=timezone.localtime()),
    )
