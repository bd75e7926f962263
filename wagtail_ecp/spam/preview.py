"""What a threshold would do to the mail of the last 30 days, before it is saved."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property

from django.db.models import Sum
from django.utils import timezone

from wagtail_ecp.spam import tally, verdict
from wagtail_ecp.spam.models import JUDGED, Score, ScoreQuerySet, ScoreTally

DAYS = 30
BUCKETS = 101

Decision = Score.Decision


def window_begins() -> datetime:
    """Return the midnight (UTC) from which on messages count as of the last 30 days."""
    first = timezone.now().astimezone(UTC).date() - timedelta(days=DAYS)
    return datetime.combine(first, time(), tzinfo=UTC)


@dataclass(frozen=True)
class Group:
    """Messages that are alike, and how many."""

    bucket: int
    decision: str
    is_spam: bool
    is_exempt: bool
    number: int

    def would_be_spam(self, threshold: int) -> bool:
        """Whether these would be in Spam; what people decided stays."""
        if self.decision in (Decision.SPAM, Decision.WANTED):
            return self.is_spam
        return verdict.is_spam(
            self.bucket, threshold=threshold, is_exempt=self.is_exempt
        )


@dataclass(frozen=True)
class Effect:
    """What one threshold would do, in messages."""

    threshold: int
    total: int
    in_spam: int
    in_spam_now: int
    #: Would be in Spam although the team answered them.
    answered: int
    #: Would leave their folder, each way.
    going: int
    coming: int
    #: No message that would leave Spam has a lower score.
    coming_from: int

    @property
    def more(self) -> int:
        """How many more than now would be in Spam; below 0: fewer."""
        return self.in_spam - self.in_spam_now


class Month:
    """The scores of the last 30 days, by bucket; two queries answer for any threshold."""

    @cached_property
    def groups(self) -> Sequence[Group]:
        """All messages of the window in groups of equals."""
        begin = window_begins()
        rows = ScoreTally.objects.filter(day__gte=begin.date(), number__gt=0)
        columns = ("bucket", "decision", "is_spam", "is_exempt")
        sums = rows.order_by().values_list(*columns).annotate(total=Sum("number"))
        late = Counter(
            # Few wait; a condition on the time would lead SQLite to another index.
            tally.alike(score)[1:]
            for score in tally.waiting()
            if score.at >= begin
        )
        return [
            *(Group(*row) for row in sums),
            *(Group(*columns, number) for columns, number in late.items()),
        ]

    @property
    def total(self) -> int:
        """How many messages came."""
        return sum(group.number for group in self.groups)

    def histogram(self, decision: str) -> list[int]:
        """Return the number by bucket of those that may be judged and were so decided."""
        bars = [0] * BUCKETS
        for group in self.groups:
            if group.decision == decision and not group.is_exempt:
                bars[group.bucket] += group.number
        return bars

    def effect(self, threshold: int) -> Effect:
        """Return what ``threshold`` would do to these messages."""
        would = [group for group in self.groups if group.would_be_spam(threshold)]
        coming = [
            group
            for group in self.groups
            if group.is_spam and not group.would_be_spam(threshold)
        ]
        return Effect(
            threshold=threshold,
            total=self.total,
            in_spam=_sum(would),
            in_spam_now=_sum(group for group in self.groups if group.is_spam),
            answered=_sum(g for g in would if g.decision == Decision.ANSWERED),
            going=_sum(group for group in would if not group.is_spam),
            coming=_sum(coming),
            coming_from=min((group.bucket for group in coming), default=0),
        )


def going(threshold: int) -> ScoreQuerySet:
    """Return the messages that would go to Spam, the highest score first."""
    found = _movable(is_spam=False).filter(value__gte=threshold)
    if threshold >= 100:  # noqa: PLR2004
        found = found.none()
    return found.order_by("-value")


def coming(threshold: int, *, least: int = 0) -> ScoreQuerySet:
    """Return the messages that would leave Spam, the lowest score first.

    ``least`` is their ``Effect.coming_from`` where that is known: then what people
    marked as spam, often of a lower score, need not be passed over.
    """
    found = _movable(is_spam=True).filter(value__gte=least)
    if threshold < 100:  # noqa: PLR2004
        found = found.filter(value__lt=threshold)
    return found.order_by("value")


def answered(threshold: int) -> ScoreQuerySet:
    """Return those of ``going`` that the team answered; they are never moved."""
    return going(threshold).filter(decision=Decision.ANSWERED)


def _movable(*, is_spam: bool) -> ScoreQuerySet:
    return Score.objects.filter(
        # "is_spam = …" is written as "NOT is_spam", which SQLite finds in no index.
        is_spam__in=[is_spam],
        at__gte=window_begins(),
        standing__in=JUDGED,
        decision__in=(Decision.NONE, Decision.ANSWERED),
    )


def _sum(groups: Iterable[Group]) -> int:
    return sum(group.number for group in groups)
