"""Undoes what somebody has just marked, as if it had not happened."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wagtail_ecp.inbox.filing import file, summarise
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam.actions import withdraw
from wagtail_ecp.spam.models import Score

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MARKED = (Action.Kind.MARKED_SPAM, Action.Kind.MARKED_WANTED)


@dataclass(frozen=True)
class Before:
    """How a conversation was when it was marked, as the journal keeps it."""

    folder: str
    scores: list[tuple[int, str, bool]]  # Message, decision, whether it was spam.

    @classmethod
    def of(cls, row: Conversation, scores: Iterable[Score]) -> "Before":
        """Note how it is now."""
        return cls(row.folder, [(s.pk, s.decision, s.is_spam) for s in scores])

    def as_data(self) -> dict[str, Any]:
        """Return what the journal takes; the class's own call makes it a note again."""
        return asdict(self)


def last_mark(row: Conversation, *, by: "User") -> Before | None:
    """Return how ``row`` was before ``by`` marked it.

    None unless the mark is the last thing that anybody did, but for what it moved.
    """
    actions = Action.objects.filter(conversation_number=row.pk)
    done = actions.exclude(kind=Action.Kind.RECEIVED).order_by("-pk")
    for action in done[:2]:
        if action.user_id != by.pk:
            break
        if action.kind in MARKED and "before" in action.data:
            return Before(**action.data["before"])
        if action.kind != Action.Kind.CHANGED_FOLDER:
            break
    return None


def restore(row: Conversation, before: Before, *, by: "User") -> None:
    """Give the messages of a locked conversation their verdicts back, it its folder."""
    known = {number: (decision, spam) for number, decision, spam in before.scores}
    scores = Score.objects.select_for_update().filter(pk__in=known)
    for score in scores.order_by("pk"):
        decision, is_spam = known[score.pk]
        withdraw(score, decision=Score.Decision(decision), is_spam=is_spam, by=by)
    file(row, before.folder, by=by)
    summarise(row)
