"""Versions of what feeds show: whoever has seen one need not look again.

A mailbox's version has two parts: the kept versions of its folders, which every change
raises, and the number of the latest mail in it, which spares what comes in a statement.
What is shown never changes without its version, because both change in one transaction
and each part only grows. Spam and Trash count for nothing: feeds never show them.
"""

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import OuterRef, Subquery

from wagtail_ecp.inbox.models import SNOOZED, Folder, Message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wagtail_ecp.inbox.models.mailboxes import MailboxQuerySet

#: Folders whose conversations feeds show, as they are counted.
SHOWN: Final = (Folder.INBOX.value, Folder.ARCHIVE.value, SNOOZED)
COLUMNS: Final = (
    "pk",
    *("counters__folder", "counters__version", "counters__changed_at"),
    *("ecp_news", "created_at", "ecp_came"),
)


class Version(NamedTuple):
    """What distinguishes one state of some mailboxes from the next, and its time."""

    mark: str
    changed_at: datetime


def of_mailboxes(mailboxes: "MailboxQuerySet") -> dict[int, Version]:
    """Return the version of each of these, for one query and some look-ups in indexes."""
    latest = Message.objects.filter(news_of=OuterRef("pk")).order_by("-pk")
    # A row for each counter: adding them up here spares the database two more queries,
    # and Django their compiling, most of what an unchanged feed costs.
    rows = mailboxes.order_by().annotate(
        ecp_news=Subquery(latest.values("pk")[:1]),
        ecp_came=Subquery(latest.values("stored_at")[:1]),
    )
    versions: dict[int, int] = defaultdict(int)
    marks: dict[int, str] = {}
    times: dict[int, list[datetime]] = defaultdict(list)
    for number, folder, version, changed_at, news, *moments in rows.values_list(
        *COLUMNS
    ):
        times[number] += filter(None, moments)
        if folder in SHOWN:
            versions[number] += version
            times[number].append(changed_at)
        marks[number] = f"{versions[number]}.{news or 0}"
    return {
        number: Version(marks[number], max(times[number])) for number in sorted(marks)
    }


def together(versions: "Iterable[tuple[int, Version]]") -> Version:
    """Return the version of several mailboxes as one; there is one at least."""
    listed = sorted(versions)
    mark = " ".join(f"{number}:{version.mark}" for number, version in listed)
    return Version(mark, max(version.changed_at for _number, version in listed))
