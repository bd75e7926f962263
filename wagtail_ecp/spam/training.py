"""Teaches the model what members marked: one training at a time, in the marks' order.

Run again after it was killed, it does the same from where the last commit was: model,
version and the marks' notes are written together.
"""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from wagtail_ecp.spam import current, influence
from wagtail_ecp.spam.features import Features, extract
from wagtail_ecp.spam.models import Mark, SpamModel
from wagtail_ecp.spam.scoring import Scorer, new_scorer

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Marks in one transaction.
LESSONS = 200
#: So many lessons can be unlearned; older ones are folded into the base, a chunk at a
#: time. A lesson takes some 10 kB.
KEPT, FOLDED = 5000, 1000
#: A member's marks count at most so often a day (UTC).
A_DAY = 200

#: Returns the raw mail of a message by its number; None if it is gone.
Reader = Callable[[int], bytes | None]

Verdict = Mark.Verdict


@transaction.atomic
def train(read: Reader) -> bool:
    """Learn the next marks; return whether there may be more.

    Of two marks of one message the last one holds, and what the earlier one taught is
    unlearned. A mark whose mail is gone teaches nothing.
    """
    model = SpamModel.locked()
    marks = list(Mark.objects.waiting().select_for_update()[:LESSONS])
    if not marks:
        return False
    scorer = current.read(model.blob)
    is_to_be_replayed = scorer is None  # Damaged, or the first time.
    for mark in marks:
        is_to_be_replayed |= _supersede(mark)
    if scorer is None or is_to_be_replayed:
        scorer = _replayed(model)
    for mark in marks:
        _teach(scorer, mark, read=read)
    _fold(model)
    _keep(model, scorer)
    return len(marks) == LESSONS


def _supersede(mark: Mark) -> bool:
    """Let earlier marks of the message teach no more; return whether they did."""
    earlier = Mark.objects.filter(message_number=mark.message_number, pk__lt=mark.pk)
    # What said the same already, and as firmly, goes on teaching it.
    same = Q(verdict=mark.verdict) & (Q(is_weak=False) | Q(is_weak=mark.is_weak))
    replaced = earlier.lessons().exclude(same)
    return bool(replaced.update(weight=0, features=None))


def _replayed(model: SpamModel) -> Scorer:
    """Return what all lessons but the unlearned ones have taught."""
    scorer = current.read(model.base_blob) or new_scorer()
    for mark in Mark.objects.lessons().iterator(chunk_size=100):
        _learn(scorer, mark)
    return scorer


def _learn(scorer: Scorer, mark: Mark) -> None:
    if mark.features is None or mark.weight is None:
        return
    features = Features.from_bytes(bytes(mark.features))
    is_spam = mark.verdict == Verdict.SPAM
    scorer.learn_features(features, is_spam=is_spam, weight=mark.weight)


def _teach(scorer: Scorer, mark: Mark, *, read: Reader) -> None:
    """Learn one mark, and note what was made of it."""
    mark.applied_at, mark.weight = timezone.now(), 0.0
    raw = read(mark.message_number) if _counts(mark) else None
    if raw is not None:
        features = extract(raw)
        is_spam = mark.verdict == Verdict.SPAM
        mark.is_against = influence.is_against(
            scorer.score_features(features), is_spam=is_spam
        )
        mark.weight = influence.weight(
            is_against=mark.is_against, nth=_nth(mark), is_weak=mark.is_weak
        )
        if mark.weight:
            mark.features = features.to_bytes()
            _learn(scorer, mark)
    mark.save(update_fields=["applied_at", "weight", "is_against", "features"])


def _counts(mark: Mark) -> bool:
    """Whether a mark says anything new, is the last one, and not one too many."""
    if mark.verdict == Verdict.WITHDRAWN:
        return False
    of_message = Mark.objects.filter(message_number=mark.message_number)
    if of_message.filter(pk__gt=mark.pk).exists():
        return False
    if of_message.filter(pk__lt=mark.pk, weight__gt=0, verdict=mark.verdict).exists():
        return False
    return _same_day(mark).count() < A_DAY


def _nth(mark: Mark) -> int:
    """Return how many marks against the model this member made before, that day."""
    return _same_day(mark).filter(is_against=True).count()


def _same_day(mark: Mark) -> "QuerySet[Mark]":
    day = mark.at.astimezone(UTC).date()
    begin = datetime.combine(day, time(), tzinfo=UTC)
    return Mark.objects.filter(
        user=mark.user_id, at__gte=begin, at__lt=begin + timedelta(days=1)
    ).filter(pk__lt=mark.pk)


def _fold(model: SpamModel) -> None:
    """Make the oldest lessons part of the base, once there are too many."""
    lessons = Mark.objects.lessons()
    if not lessons[KEPT:].exists():
        return
    base = current.read(model.base_blob) or new_scorer()
    oldest = list(lessons[:FOLDED])
    for mark in oldest:
        _learn(base, mark)
    Mark.objects.filter(pk__in=[mark.pk for mark in oldest]).update(features=None)
    model.base_blob = base.to_bytes()


def _keep(model: SpamModel, scorer: Scorer) -> None:
    if current.read(model.blob) is not None:  # A damaged one is not worth keeping.
        model.previous_blob = model.blob
    model.blob = scorer.to_bytes()
    model.version += 1
    model.marks = scorer.marks
    model.damaged_at = None
    model.trained_at = timezone.now()
    model.save()
