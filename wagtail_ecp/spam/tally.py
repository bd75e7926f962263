"""Keeps the tallies of scores: how many messages of a day are alike.

A new score is counted by the next sweep, together with its equals, and not while its
mail is stored; whoever reads the tallies adds what waits. From then on every change is
counted in its own transaction.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F

from wagtail_ecp.spam.models import Score, ScoreQuerySet, ScoreTally

#: Scores that are counted in one transaction.
ROWS = 500


class Alike(NamedTuple):
    """What messages share that are counted together."""

    day: date
    bucket: int
    decision: str
    is_spam: bool
    is_exempt: bool


@contextmanager
def tallied(*scores: Score) -> Iterator[None]:
    """Count what the block changes; the rows must be locked."""
    counted = [score for score in scores if score.is_tallied]
    changes = Counter[Alike]()
    changes.subtract(map(alike, counted))
    yield
    changes.update(map(alike, counted))
    _add(changes)


@transaction.atomic
def settle() -> bool:
    """Count scores that wait for it; return whether there may be more."""
    rows = waiting().order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    scores = list(rows[:ROWS])
    if scores:
        _add(Counter(map(alike, scores)))
        keys = [score.pk for score in scores]
        Score.objects.filter(pk__in=keys).update(is_tallied=True)
    return len(scores) == ROWS


def waiting() -> ScoreQuerySet:
    """Return the scores that are not counted yet."""
    return Score.objects.filter(is_tallied=False).defer("clues")


def forget(messages: Iterable[int]) -> None:
    """Count these messages no longer; to be called before they are deleted."""
    rows = Score.objects.filter(pk__in=list(messages), is_tallied=True).defer("clues")
    changes = Counter[Alike]()
    changes.subtract(map(alike, rows))
    _add(changes)


def remove_before(day: date) -> None:
    """Delete the tallies of earlier days, which no preview reads."""
    ScoreTally.objects.filter(day__lt=day).delete()


def alike(score: Score) -> Alike:
    """Return what of ``score`` is counted."""
    return Alike(
        day=score.at.astimezone(UTC).date(),
        bucket=int(score.value),
        decision=score.decision,
        is_spam=score.is_spam,
        is_exempt=score.is_exempt,
    )


def _add(changes: Mapping[Alike, int]) -> None:
    for key, number in sorted(changes.items()):
        if not number:
            continue
        rows = ScoreTally.objects.filter(**key._asdict())
        if not rows.update(number=F("number") + number):
            ScoreTally.objects.get_or_create(**key._asdict())
            rows.update(number=F("number") + number)
