"""Versions of what feeds show: whoever has seen one need not look again.

A mailbox's version has two parts: the kept versions of its folders, which every change
raises, and the number of the latest mail in it, which spares what comes in a statement.
What is shown never changes without its version, because both change in one transaction
and each part only grows. Spam and Trash count for nothing: feeds never show them.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import (
    BigIntegerField,
    Max,
    OuterRef,
    Subquery,
    Sum,
)
from django.db.models.functions import Cast

from wagtail_ecp.inbox.models import SNOOZED, Folder, FolderCounter, Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wagtail_ecp.inbox.models.mailboxes import MailboxQuerySet

#: Folders whose conversations feeds show, as they are counted.
SHOWN: Final = (Folder.INBOX.value, Folder.ARCHIVE.value, SNOOZED)
TIMES: Final = ("created_at", "ecp_changed", "ecp_came")


class Version(NamedTuple):
    """What distinguishes one state of some mailboxes from the next, and its time."""

    mark: str
    changed_at: datetime


def of_mailboxes(mailboxes: "MailboxQuerySet") -> dict[int, Version]:
    """Return the version of each of these, for one query and some look-ups in indexes."""
    counters = FolderCounter.objects.filter(mailbox=OuterRef("pk"), folder__in=SHOWN)
    by_mailbox = counters.order_by().values("mailbox")
    latest = Message.objects.filter(news_of=OuterRef("pk")).order_by("-pk")
    rows = mailboxes.order_by("pk").annotate(
        ecp_version=Subquery(
            by_mailbox.annotate(sum=Cast(Sum("version"), BigIntegerField())).values(
                "sum"
            )
        ),
        ecp_changed=Subquery(
            by_mailbox.annotate(last=Max("changed_at")).values("last")
        ),
        ecp_news=Subquery(latest.values("pk")[:1]),
        ecp_came=Subquery(latest.values("stored_at")[:1]),
    )
    columns = ("pk", "ecp_version", "ecp_news", *TIMES)
    return {
        number: Version(f"{version or 0}.{news or 0}", max(filter(None, times)))
        for number, version, news, *times in rows.values_list(*columns)
    }


def together(versions: "Iterable[tuple[int, Version]]") -> Version:
    """Return the version of several mailboxes as one; there is one at least."""
    listed = sorted(versions)
    mark = " ".join(f"{number}:{version.mark}" for number, version in listed)
    return Version(mark, max(version.changed_at for _number, version in listed))
