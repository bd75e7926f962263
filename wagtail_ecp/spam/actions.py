"""Writes of marks; who may mark what is asked upstairs, where the mail lies."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.spam.models import Mark, Score
from wagtail_ecp.spam.tally import tallied

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: What a mark makes of a score's decision.
DECISIONS = {
    Mark.Verdict.SPAM: Score.Decision.SPAM,
    Mark.Verdict.WANTED: Score.Decision.WANTED,
}
#: The mark that says so again, and whether it is a weak one.
MARKS = {
    Score.Decision.NONE: (Mark.Verdict.WITHDRAWN, False),
    Score.Decision.ANSWERED: (Mark.Verdict.WANTED, True),
    Score.Decision.SPAM: (Mark.Verdict.SPAM, False),
    Score.Decision.WANTED: (Mark.Verdict.WANTED, False),
}


def mark(scores: Iterable[Score], verdict: Mark.Verdict, *, by: "User") -> list[Mark]:
    """Write down that ``by`` judged these messages so; their verdicts follow at once.

    The rows of ``scores`` are locked by the caller. To be learned: see ``training``.
    """
    chosen = list(scores)
    with tallied(*chosen):
        for score in chosen:
            score.decision = DECISIONS[verdict]
            score.is_spam = verdict == Mark.Verdict.SPAM
            score.save(update_fields=["decision", "is_spam"])
    return _write(chosen, verdict, by=by)


def withdraw(
    score: Score,
    *,
    is_spam: bool,
    by: "User",
    decision: Score.Decision = Score.Decision.NONE,
) -> Mark:
    """Take back what was marked; ``is_spam`` and ``decision`` hold instead."""
    with tallied(score):
        score.decision = decision
        score.is_spam = is_spam
        score.save(update_fields=["decision", "is_spam"])
    verdict, is_weak = MARKS[decision]
    (row,) = _write([score], verdict, by=by, is_weak=is_weak)
    return row


def note_answer(scores: Iterable[Score], *, by: "User") -> list[Mark]:
    """Take an answer for a weak "not spam" of what it answers, if nobody said more."""
    chosen = [score for score in scores if not score.decision]
    with tallied(*chosen):
        for score in chosen:
            score.decision = Score.Decision.ANSWERED
            score.is_spam = False
            score.save(update_fields=["decision", "is_spam"])
    return _write(chosen, Mark.Verdict.WANTED, by=by, is_weak=True)


def _write(
    scores: Iterable[Score],
    verdict: Mark.Verdict,
    *,
    by: "User",
    is_weak: bool = False,
) -> list[Mark]:
    # Saved one by one: the training needs their keys in the order of the marks.
    return [
        Mark.objects.create(
            message_id=score.pk,
            message_number=score.pk,
            user=by,
            user_name=display_name(by),
            verdict=verdict,
            is_weak=is_weak,
        )
        for score in scores
    ]
