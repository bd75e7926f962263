"""Undoes what somebody has just marked, as if it had not happened."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from wagtail_ecp.inbox.filing import file_back, summarise
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam.actions import DECISIONS, withdraw
from wagtail_ecp.spam.models import Mark, Score

if TYPE_CHECKING:
    from django.contrib.auth.models import User

MARKED: dict[str, Mark.Verdict] = {
    Action.Kind.MARKED_SPAM: Mark.Verdict.SPAM,
    Action.Kind.MARKED_WANTED: Mark.Verdict.WANTED,
}


@dataclass(frozen=True)
class Before:
    """How a conversation was when it was marked, as the journal keeps it."""

    folder: str
    scores: list[tuple[int, str, bool]]  # Message, decision, whether it was spam.

    @classmethod
    def of(cls, row: Conversation, scores: Iterable[Score]) -> "Before":
        """Note how it is now."""
        return cls(row.folder, [(s.pk, s.decision, s.is_spam) for s in scores])

    @property
    def verdicts(self) -> list[bool]:
        """Of each message, whether it was spam."""
        return [is_spam for _number, _decision, is_spam in self.scores]

    def as_data(self) -> dict[str, Any]:
        """Return what the journal takes; the class's own call makes it a note again."""
        return asdict(self)


def is_as_left(row: Conversation, marked: Action) -> bool:
    """Whether verdicts and folder of ``row`` are what ``marked`` made of them."""
    before = Before(**marked.data["before"])
    judged = Score.objects.filter(pk__in=[number for number, *_ in before.scores])
    if judged.exclude(decision=DECISIONS[MARKED[marked.kind]]).exists():
        return False
    moved = _moved_by(row, marked)
    return bool(row.folder == (moved.data["after"] if moved else before.folder))


def restore(row: Conversation, marked: Action, *, by: "User") -> None:
    """Give the messages of a locked conversation their verdicts back, it its folder."""
    before = Before(**marked.data["before"])
    known = {number: (decision, spam) for number, decision, spam in before.scores}
    scores = Score.objects.select_for_update().filter(pk__in=known)
    for score in scores.order_by("pk"):
        decision, is_spam = known[score.pk]
        withdraw(score, decision=Score.Decision(decision), is_spam=is_spam, by=by)
    moved = _moved_by(row, marked)
    if moved is not None:
        file_back(row, moved, by=by)
    summarise(row)


def _moved_by(row: Conversation, marked: Action) -> Action | None:
    """Return how the folder followed the mark, if it did."""
    actions = Action.objects.filter(conversation_number=row.pk)
    moves = actions.filter(kind=Action.Kind.CHANGED_FOLDER, data__mark=marked.pk)
    return moves.first()
