"""What is spam and what is not, by members' word."""

from typing import TYPE_CHECKING

from django.db import transaction

from wagtail_ecp import signals
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import undoing
from wagtail_ecp.inbox.actions.steps import (
    CannotUndoError,
    ChangedSinceError,
    locked,
    note_action,
    require_reply,
)
from wagtail_ecp.inbox.filing import file, file_by_verdicts, summarise
from wagtail_ecp.inbox.judging import score_now
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    Message,
)
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam import actions as spam_actions
from wagtail_ecp.spam import verdict as verdicts
from wagtail_ecp.spam.actions import DECISIONS, withdraw
from wagtail_ecp.spam.models import Mark, Score

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Verdict = Mark.Verdict


@transaction.atomic
def mark(
    conversation: Conversation,
    verdict: Verdict,
    *,
    by: "User",
    only: Message | None = None,
) -> Action:
    """Say that the conversation's incoming mail, or ``only`` one of it, is spam or not.

    The conversation goes to Spam when nothing but spam is left in it, or comes back
    from there as it was; the model learns from it.
    """
    require_reply(by, conversation)
    row = locked(conversation)
    judged = judge(row, verdict, by=by, only=only)
    if verdict == Verdict.SPAM and only is None:
        file(row, Folder.SPAM, by=by, mark=judged)
        if had_spam(judged):  # It counts now, as everything does there.
            summarise(row)
    else:
        file_by_verdicts(row, by=by, mark=judged)
    return judged


@transaction.atomic
def take_back_mark(message: Message, *, by: "User") -> None:
    """Leave the verdict on a marked message to the machine again, and unlearn the mark."""
    require_reply(by, message.conversation)
    row = locked(message.conversation)
    score = Score.objects.select_for_update().get(pk=message.pk)
    if score.decision not in DECISIONS.values():
        return
    is_spam = verdicts.is_spam(
        score.value,
        threshold=Account.objects.current().spam_threshold,
        is_exempt=score.is_exempt,
    )
    withdraw(score, is_spam=is_spam, by=by)
    note_action(
        Action.Kind.MARK_TAKEN_BACK, row, by=by, message=message.pk, is_spam=is_spam
    )
    file_by_verdicts(row, by=by)
    transaction.on_commit(lambda: signals.messages_marked.send(Score))


def judge(
    row: Conversation, verdict: Verdict, *, by: "User", only: Message | None = None
) -> Action:
    """Mark these messages."""
    chosen = row.messages.filter(direction=Message.Direction.IN)
    if only is not None:
        chosen = chosen.filter(pk=only.pk)
    for message in chosen.filter(score=None):  # From before there was a filter.
        score_now(message)
    rows = Score.objects.select_for_update().filter(message__in=chosen)
    scores = list(rows.order_by("pk"))
    before = undoing.Before.of(row, scores)
    spam_actions.mark(scores, verdict, by=by)
    kind = (
        Action.Kind.MARKED_SPAM
        if verdict == Verdict.SPAM
        else Action.Kind.MARKED_WANTED
    )
    number = only.pk if only else None
    judged = note_action(kind, row, by=by, message=number, before=before.as_data())
    transaction.on_commit(lambda: signals.messages_marked.send(Score))
    return judged


def had_spam(judged: Action) -> bool:
    """Whether there was spam among what was judged, before."""
    return any(undoing.Before(**judged.data["before"]).verdicts)


def undo_judgement(row: Conversation, action: Action, by: "User") -> None:
    """Give the messages their verdicts back, and the conversation its place."""
    if "before" not in action.data:  # From before there was an undo.
        raise CannotUndoError
    if not undoing.is_as_left(row, action):
        raise ChangedSinceError
    undoing.restore(row, action, by=by)
    transaction.on_commit(lambda: signals.messages_marked.send(Score))
