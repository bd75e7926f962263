"""Answers that are sent at once, without a draft: what programs write."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp import signals
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import blobs, summaries
from wagtail_ecp.inbox.actions.steps import locked, note_action, require_reply
from wagtail_ecp.inbox.answers import Answer, enter, finish
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    Mailbox,
    Message,
)
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam import actions as spam_actions
from wagtail_ecp.spam.models import Score

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def reply(
    conversation: Conversation,
    answer: Answer,
    *,
    answers: Message | None,
    by: "User",
    archive: bool = False,
) -> Message:
    """Send ``answer``, an answer to the message ``answers``, from the mailbox.

    It is safe in the outbox on return. ValidationError if there is nobody to send it
    to, nothing in it, something that no mail can hold, or if the account only
    receives; nothing has changed then.
    """
    require_reply(by, conversation)
    require_way_out(conversation.mailbox)
    raw = finish(conversation, answer, answers=answers)
    blob = blobs.write(raw)
    with transaction.atomic():
        row = locked(conversation)
        message = enter(row, raw, blob=blob, answer=answer, by=by)
        with counted(row):
            summaries.add(row, message)
            row.is_unread = False
            if archive or row.folder == Folder.SPAM:  # Whom one answers is no spammer.
                row.file_in(Folder.ARCHIVE if archive else Folder.INBOX)
            row.keep()
        before = note_answer(row, by=by)
        told = told_of(row, message, before)
        note_action(Action.Kind.REPLIED, row, by=by, message=message.pk, **told)
        announce = partial(signals.message_queued.send, Message, message=message)
        transaction.on_commit(announce)
    return message


def require_way_out(mailbox: Mailbox) -> None:
    """Raise ValidationError if nothing is sent from ``mailbox`` at all."""
    if not mailbox.is_active:
        raise ValidationError(_("This mailbox is inactive and sends nothing."))
    if Account.objects.current().receives_only:
        raise ValidationError(
            _("This account only receives for now; its owner can change that.")
        )


def told_of(
    row: Conversation, message: Message, before: Iterable[tuple[int, str, bool]]
) -> dict[str, Any]:
    """Return what the journal keeps of an answer: what numbers are made of.

    ``before`` is what ``note_answer`` returned.
    """
    told: dict[str, Any] = {"folder": str(row.folder)}
    rescued = [number for number, _decision, was_spam in before if was_spam]
    if rescued:
        told["wanted"] = rescued
    if message.is_automatic:
        told["is_automatic"] = True
    return told


def note_answer(row: Conversation, *, by: "User") -> list[tuple[int, str, bool]]:
    """Let the model learn, a little, that what is answered is wanted.

    Spam among accepted mail is not what one answers. Returns how the messages were
    judged before: number, decision, whether it was spam.
    """
    scores = Score.objects.select_for_update().filter(message__conversation=row)
    undecided = scores.filter(decision=Score.Decision.NONE).order_by("pk")
    if scores.filter(is_spam=False).exists():
        undecided = undecided.filter(is_spam=False)
    chosen = list(undecided)
    before = [(score.pk, score.decision, score.is_spam) for score in chosen]
    if spam_actions.note_answer(chosen, by=by):
        transaction.on_commit(lambda: signals.messages_marked.send(Score))
    return before
