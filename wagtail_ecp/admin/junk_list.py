"""What the lists of Spam and Trash tell beside the rest: scores, and when it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils.formats import date_format
from django.utils.translation import ngettext

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.admin.ages import day_format
from wagtail_ecp.admin.scores import in_words
from wagtail_ecp.inbox.models import Folder
from wagtail_ecp.inbox.models.conversations import JUNK
from wagtail_ecp.spam.models import Score


class Junk(Protocol):
    """What is asked of a row."""

    @property
    def pk(self) -> int:
        """Its number."""

    @property
    def junked_at(self) -> datetime | None:
        """Since when it lies there."""


@dataclass(frozen=True)
class JunkList:
    """What is known of a page of junk."""

    days: int
    scores: Mapping[int, float]

    @property
    def hint(self) -> str:
        """How long it is kept."""
        return ngettext(
            "What lies here is deleted for good after %(days)s day.",
            "What lies here is deleted for good after %(days)s days.",
            self.days,
        ) % {"days": self.days}

    def score(self, conversation: Junk) -> str:
        """Return the highest score in it, in words; "" without any."""
        value = self.scores.get(conversation.pk)
        return "" if value is None else in_words(value)

    def score_width(self, conversation: Junk) -> str:
        """Return the same as a length in a picture."""
        return f"{self.scores.get(conversation.pk, 0):.1f}"

    def purged(self, conversation: Junk, *, now: datetime) -> str:
        """Return the day after which it is purged, with the year if it is another."""
        if conversation.junked_at is None:
            return ""
        day = (conversation.junked_at + timedelta(days=self.days)).astimezone(
            now.tzinfo
        )
        this_year = day.year == now.year
        return date_format(day, day_format() if this_year else "SHORT_DATE_FORMAT")


def junk_of(conversations: Sequence[Junk], name: str) -> JunkList | None:
    """Return it for two queries at most; None for a list from which nothing goes."""
    if name not in JUNK:
        return None
    numbers = [row.pk for row in conversations] if name == Folder.SPAM else []
    scores = Score.objects.highest(numbers) if numbers else {}
    return JunkList(Account.objects.current().junk_retention_days, scores)
