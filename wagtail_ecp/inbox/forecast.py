"""What going through the last month's mail again would do; read with bounded effort."""

from datetime import datetime
from typing import NamedTuple

from wagtail_ecp.inbox.models import Rejudged, Rejudging
from wagtail_ecp.inbox.rejudging import MACHINES_OWN
from wagtail_ecp.spam import preview
from wagtail_ecp.spam.models import Score, ScoreQuerySet, SpamModel

#: Up to so many messages it is looked up one by one whether a person filed them away.
LOOKED_AT = 1000


class Moves(NamedTuple):
    """How many messages' verdicts change, each way."""

    to_spam: int
    back: int
    # False: people may have filed some away, and these stay.
    is_exact: bool = True

    def __bool__(self) -> bool:
        """Whether anything would change."""
        return bool(self.to_spam or self.back)


def moves(month: preview.Month, threshold: int) -> Moves:
    """Return what a run with ``threshold`` would change, by the kept tallies."""
    effect = month.effect(threshold)
    to_spam, back = effect.going - effect.answered, effect.coming
    if max(to_spam, back) > LOOKED_AT:
        return Moves(to_spam, back, is_exact=False)
    return Moves(
        _movable(preview.going(threshold)) if to_spam else 0,
        _movable(preview.coming(threshold)) if back else 0,
    )


def _movable(rows: ScoreQuerySet) -> int:
    """Return how many of these, which are few, no person decided or filed away."""
    own = rows.undecided().filter(message__conversation__folder__in=MACHINES_OWN)
    return own.count()


def changed(run: Rejudging) -> Moves:
    """Return what a run has changed."""
    verdicts = Rejudged.objects.filter(run=run).values_list("is_spam", flat=True)
    to_spam = verdicts.filter(is_spam=True).count()
    return Moves(to_spam, verdicts.filter(is_spam=False).count())


class Learned(NamedTuple):
    """How far the filter has learned."""

    marks: int = 0
    version: int = 0
    at: datetime | None = None


def learned() -> Learned:
    """Return how far the filter has learned."""
    columns = ("marks", "version", "trained_at")
    found = SpamModel.objects.values_list(*columns).first()
    return Learned(*found) if found else Learned()


def lessons() -> int:
    """Return how many marks the filter has learned."""
    return learned().marks


def would_score_anew(filter_: Learned) -> bool:
    """Whether the filter has learned since the last month's mail was scored."""
    if filter_.at is None:
        return False
    if Rejudging.objects.filter(rescores=True, asked_at__gt=filter_.at).exists():
        return False
    month = Score.objects.filter(at__gte=preview.window_begins()).order_by("at")
    oldest = month.values_list("model_version", flat=True).first()
    return oldest is not None and oldest < filter_.version
