"""What the inbox holds, at a glance: kept numbers, and first rows of an index."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import OuterRef, Subquery

from wagtail_ecp.inbox.models import Conversation, Folder, FolderCounter, Mailbox
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class MailboxGlance(NamedTuple):
    """A mailbox, and what needs doing in its inbox."""

    pk: int
    name: str
    unread: int
    unassigned: int
    waiting_since: datetime | None


def mailboxes(user: "User | Any", only: int | None = None) -> list[MailboxGlance]:
    """Return the mailboxes that ``user`` may read, by name, for one query."""
    counter = FolderCounter.objects.filter(mailbox=OuterRef("pk"), folder=Folder.INBOX)
    waiting = _inbox().filter(mailbox=OuterRef("pk"), waiting_since__isnull=False)
    oldest = waiting.order_by("waiting_since", "pk").values("waiting_since")[:1]
    found = Mailbox.objects.visible_to(user)
    if only is not None:
        found = found.filter(pk=only)
    rows = found.annotate(
        ecp_unread=Subquery(counter.values("unread")[:1]),
        ecp_unassigned=Subquery(counter.values("unassigned")[:1]),
        ecp_waiting=Subquery(oldest),
    ).values_list("pk", "name", "ecp_unread", "ecp_unassigned", "ecp_waiting")
    glances = [
        MailboxGlance(pk, name, unread or 0, unassigned or 0, since)
        for pk, name, unread, unassigned, since in rows
    ]
    return sorted(glances, key=lambda row: (row.name.casefold(), row.pk))


def my_mail(
    user: "User | Any", readable: Sequence[int], *, most: int
) -> list[Conversation]:
    """Return what is assigned to ``user`` in these mailboxes, longest waiting first.

    Below, if there is room, what waits for nobody, the newest first.
    """
    mine = _inbox().filter(assignee=user.pk, mailbox__in=readable)
    waiting = mine.filter(waiting_since__isnull=False)
    found = list(_light(waiting.order_by("waiting_since", "pk"))[:most])
    if len(found) < most:
        # Few wait, so few are passed over in the index of what is the member's.
        others = mine.filter(waiting_since=None)
        newest = others.order_by("-last_message_at", "-pk")
        found += _light(newest)[: most - len(found)]
    return found


def _inbox() -> ConversationQuerySet:
    return Conversation.objects.whole().awake().filter(folder=Folder.INBOX)


def _light(found: ConversationQuerySet) -> ConversationQuerySet:
    return found.only(
        "subject", "correspondent", "mailbox_id", "waiting_since", "is_unread"
    )
