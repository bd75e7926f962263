"""What lies in Spam and Trash, and when it goes; read with bounded effort."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Sum
from django.utils import timezone

from wagtail_ecp.inbox.models import Conversation, Folder, FolderCounter

#: Conversations that are looked at; beyond, "or more" is said.
SAMPLE = 1000


class Junk(NamedTuple):
    """How many conversations lie there, and the next of them to be deleted."""

    total: int
    next_on: date | None  # The last day of the next ones; they go the night after.
    next_number: int  # At most SAMPLE.

    @property
    def goes_tonight(self) -> bool:
        """Whether the next ones are due."""
        return self.next_on is not None and self.next_on <= timezone.localdate()


def junk(days: int) -> Junk:
    """Return what would happen to Spam and Trash if they were kept for ``days``."""
    counters = FolderCounter.objects.filter(folder__in=(Folder.SPAM, Folder.TRASH))
    total = counters.aggregate(total=Sum("conversations"))["total"] or 0
    lying = Conversation.objects.whole().filter(junked_at__isnull=False)
    oldest = lying.order_by("junked_at").values_list("junked_at", flat=True).first()
    if oldest is None:
        return Junk(total, None, 0)
    kept = timedelta(days=days)
    last_day = max(timezone.localdate(oldest + kept), timezone.localdate())
    due = lying.filter(junked_at__lt=_end_of(last_day) - kept).order_by("junked_at")
    return Junk(total, last_day, len(due.values_list("junked_at")[:SAMPLE]))


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
