"""Drafts are sent, now or at their time, and for some seconds taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from wagtail_ecp import signals
from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox import blobs, summaries
from wagtail_ecp.inbox.actions.answering import (
    note_answer,
    require_way_out,
    told_of,
)
from wagtail_ecp.inbox.actions.drafting import (
    locked_draft,
    refuse_news,
    require_own,
)
from wagtail_ecp.inbox.actions.steps import locked, note_action, require_reply
from wagtail_ecp.inbox.answers import enter, finish
from wagtail_ecp.inbox.counters import counted, uncount
from wagtail_ecp.inbox.drafts import (
    DraftChangedError,
    DraftGoneError,
    answer_of,
)
from wagtail_ecp.inbox.models import (
    Conversation,
    Draft,
    Folder,
    Message,
    Outbox,
)
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam import actions as spam_actions
from wagtail_ecp.spam.models import Score

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Kind = Draft.Kind
KINDS = {
    Kind.REPLY: Action.Kind.REPLIED,
    Kind.REPLY_ALL: Action.Kind.REPLIED,
    Kind.FORWARD: Action.Kind.FORWARDED,
    Kind.NEW: Action.Kind.BEGUN,
}


class TooLateError(EmailCentreError):
    """It can't be taken back any more: it is on its way."""


@dataclass(frozen=True, kw_only=True)
class Afterwards:
    """What becomes of the conversation when a draft is sent."""

    archives: bool = False
    snoozed_until: datetime | None = None

    def as_data(self) -> dict[str, Any]:
        """Return what a draft's row takes."""
        until = self.snoozed_until
        return {"archives": self.archives, "snooze": until.isoformat() if until else ""}

    @classmethod
    def read(cls, data: dict[str, Any]) -> "Afterwards":
        """Return what ``as_data`` gave; nothing is done if it gave nothing."""
        until = parse_datetime(data.get("snooze") or "")
        return cls(archives=bool(data.get("archives")), snoozed_until=until)


@transaction.atomic
def send_draft(  # noqa: PLR0913
    draft: Draft,
    *,
    by: "User",
    version: int,
    after: Afterwards = Afterwards(),
    has_seen: int = 0,
    undo: timedelta = timedelta(),
    site: str = "",
) -> Message:
    """Send a draft in the name of ``by``; it can be taken back for as long as ``undo``.

    Sent twice it leaves once, and the second gets the first one's message. Refused, and
    nothing changed: ValidationError, by field, for what can't be sent; NewsError for
    what came in after the message ``has_seen`` and its writer's own mark;
    DraftChangedError for a version that ``by`` has not seen; DraftGoneError if somebody
    else sent it.
    """
    row = locked_draft(draft)
    require_own(by, row)
    if row.message_id:
        return _sent_before(row, by=by)
    if row.version != version:
        raise DraftChangedError(row)
    row.seen = max(row.seen, has_seen)
    conversation = _conversation_of(row, by=by)
    refuse_news(row, by=by)
    answer = answer_of(row, by=by, site=site)
    is_answer = row.kind in (Kind.REPLY, Kind.REPLY_ALL)
    raw = finish(conversation, answer, answers=row.answers if is_answer else None)
    blob = blobs.write(raw)
    message = enter(conversation, raw, blob=blob, answer=answer, by=by, undo=undo)
    before = _take_in(conversation, message, after, is_answer=is_answer, by=by)
    row.author, row.author_name = by, display_name(by)
    row.message, row.after, row.discarded_at = message, before, None
    row.send_at, row.changed_at = None, timezone.now()
    row.save()
    told = told_of(conversation, message, before["before"]["scores"])
    told["begun"] = row.created_at.isoformat()
    note_action(KINDS[Kind(row.kind)], conversation, by=by, message=message.pk, **told)
    announce = partial(signals.message_queued.send, Message, message=message)
    transaction.on_commit(announce)
    return message


def _sent_before(row: Draft, *, by: "User") -> Message:
    message = row.message
    if message is None or message.author_id != by.pk:
        raise DraftGoneError(row)
    return message


def _conversation_of(row: Draft, *, by: "User") -> Conversation:
    """Return the draft's conversation, locked, or begin one.

    The mail leaves from the mailbox in which the conversation lies by now.
    """
    if row.conversation is not None:
        conversation = locked(row.conversation)
        require_reply(by, conversation)
        row.mailbox = conversation.mailbox
    require_way_out(row.mailbox)
    if row.conversation is not None:
        return conversation
    now = timezone.now()
    begun = Conversation(
        mailbox=row.mailbox, is_unread=False, began_at=now, last_message_at=now
    )
    with counted(begun):
        begun.keep()
    return begun


def _take_in(
    row: Conversation,
    message: Message,
    after: Afterwards,
    *,
    is_answer: bool,
    by: "User",
) -> dict[str, Any]:
    """Let the conversation know its new message; return how it was before."""
    before = {
        "began": row.message_count == 0,
        "folder": row.folder,
        "junked_at": _text(row.junked_at),
        "snoozed_until": _text(row.snoozed_until),
        "is_unread": row.is_unread,
        "scores": note_answer(row, by=by) if is_answer else [],
    }
    with counted(row):
        summaries.add(row, message)
        row.is_unread = False
        _file(row, after)
        row.keep()
    now = {"folder": row.folder, "snoozed_until": _text(row.snoozed_until)}
    return {"before": before, "now": now}


def _file(row: Conversation, after: Afterwards) -> None:
    if after.archives:
        row.file_in(Folder.ARCHIVE)
    elif after.snoozed_until or row.folder == Folder.SPAM:
        # Whom one answers is no spammer.
        row.file_in(Folder.INBOX)
    if after.snoozed_until:
        row.snoozed_until = after.snoozed_until


@transaction.atomic
def unsend(message: Message, *, by: "User") -> Draft:
    """Take a message of one's own back and return its draft, open with everything.

    The conversation is as it was, but for what others did to it meanwhile; one that
    began with the message goes. TooLateError once it may have left.
    """
    draft = Draft.objects.filter(message=message).first()
    if message.author_id != by.pk:
        raise PermissionDenied(_("Only who sent it can take it back."))
    require_reply(by, message.conversation)
    taken = Outbox.objects.filter(
        message=message, state=Outbox.State.QUEUED, attempts=0, undo_until__gt=Now()
    ).update(state=Outbox.State.DRAFT)
    if draft is None or not taken:
        raise TooLateError(_("It is too late: this e-mail is on its way."))
    draft = locked_draft(draft)
    conversation = locked(message.conversation)
    done, number = draft.after, message.pk
    draft.message, draft.after = None, {}
    draft.version += 1
    draft.save()
    message.delete()
    if done["before"]["began"] and not conversation.messages.exists():
        note_action(Action.Kind.UNSENT, conversation, by=by, message=number, folder="")
        uncount([conversation])
        conversation.delete()
    else:
        _give_back(conversation, done["before"], done["now"], by=by)
        lies = str(conversation.folder)
        note_action(
            Action.Kind.UNSENT, conversation, by=by, message=number, folder=lies
        )
    return draft


def _give_back(
    row: Conversation, before: dict[str, Any], now: dict[str, Any], *, by: "User"
) -> None:
    """Make ``row`` what it was before, unless somebody changed what is now."""
    known = {number: (decision, spam) for number, decision, spam in before["scores"]}
    scores = Score.objects.select_for_update().filter(pk__in=known).order_by("pk")
    for score in scores.filter(decision=Score.Decision.ANSWERED):
        decision, is_spam = known[score.pk]
        spam_actions.withdraw(
            score, decision=Score.Decision(decision), is_spam=is_spam, by=by
        )
    with counted(row):
        if row.folder == now["folder"]:
            row.file_in(before["folder"])
            row.junked_at = parse_datetime(before["junked_at"])
        if (
            row.folder == Folder.INBOX
            and _text(row.snoozed_until) == now["snoozed_until"]
        ):
            row.snoozed_until = parse_datetime(before["snoozed_until"])
        row.is_unread = row.is_unread or before["is_unread"]
        summaries.refresh(row, row.messages.in_order())
        row.keep()


def _text(time: datetime | None) -> str:
    return time.isoformat() if time else ""
