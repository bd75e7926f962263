"""What the kept counters say, and what counting says."""

from collections import Counter

from wagtail_ecp.inbox.models import (
    SNOOZED,
    AssigneeCounter,
    Conversation,
    Folder,
    FolderCounter,
)


def kept():
    """Return all counters that are not nothing."""
    columns = ("conversations", "unread", "unassigned")
    folders = {
        (row.mailbox_id, row.folder): tuple(getattr(row, name) for name in columns)
        for row in FolderCounter.objects.all()
    }
    members = {
        (row.mailbox_id, "member", row.user_id): (row.conversations,)
        for row in AssigneeCounter.objects.all()
    }
    return {key: sums for key, sums in (folders | members).items() if any(sums)}


def recounted():
    """Return what the counters should be."""
    sums: dict[tuple[int | str, ...], Counter[int]] = {}
    for row in Conversation.objects.whole():
        folder = SNOOZED if row.snoozed_until else row.folder
        one = sums.setdefault((row.mailbox_id, folder), Counter())
        one[0] += 1
        one[1] += row.is_unread
        one[2] += folder == Folder.INBOX and row.assignee_id is None
        if folder == Folder.INBOX and row.assignee_id is not None:
            sums.setdefault(
                (row.mailbox_id, "member", row.assignee_id), Counter()
            ).update({0: 1})
    return {
        key: (one[0],) if "member" in key else (one[0], one[1], one[2])
        for key, one in sums.items()
    }
