"""What is spam and what is not, by members' word."""

from typing import TYPE_CHECKING

from django.db import transaction

from wagtail_ecp import signals
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import undoing
from wagtail_ecp.inbox.actions.steps import locked, note_action, require_reply
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
) -> None:
    """Say that the conversation's incoming mail, or ``only`` one of it, is spam or not.

    The conversation goes to Spam when nothing but spam is left in it, or comes back
    from there as it was; the model learns from it.
    """
    require_reply(by, conversation)
    row = locked(conversation)
    had_spam = judge(row, verdict, by=by, only=only)
    if verdict == Verdict.SPAM and only is None:
        file(row, Folder.SPAM, by=by)
        if had_spam:  # It counts now, as everything does there.
            summarise(row)
    else:
        file_by_verdicts(row, by=by)


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
    note_action(Action.Kind.MARK_TAKEN_BACK, row, by=by, message=message.pk)
    file_by_verdicts(row, by=by)
    transaction.on_commit(lambda: signals.messages_marked.send(Score))


@transaction.atomic
def undo_mark(conversation: Conversation, *, by: "User") -> bool:
    """Bring back what held before ``by`` marked it; False if anything happened since."""
    require_reply(by, conversation)
    row = locked(conversation)
    before = undoing.last_mark(row, by=by)
    if before is None:
        return False
    undoing.restore(row, before, by=by)
    note_action(Action.Kind.MARK_TAKEN_BACK, row, by=by)
    transaction.on_commit(lambda: signals.messages_marked.send(Score))
    return True


def judge(
    row: Conversation, verdict: Verdict, *, by: "User", only: Message | None = None
) -> bool:
    """Mark these messages; return whether there was spam among them before."""
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
    note_action(kind, row, by=by, message=number, before=before.as_data())
    transaction.on_commit(lambda: signals.messages_marked.send(Score))
    return any(is_spam for _number, _decision, is_spam in before.scores)
