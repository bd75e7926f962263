"""What people do with conversations: every write that somebody asks for."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from wagtail_ecp import signals
from wagtail_ecp.accounts import installation
from wagtail_ecp.accounts.models import Account, Installation
from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.contacts import actions as contacts
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox import arranging, blobs, permissions, summaries, undoing
from wagtail_ecp.inbox.answers import Answer, enter, finish
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.filing import file, file_by_verdicts, summarise
from wagtail_ecp.inbox.judging import score_now
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    IncomingMail,
    Merge,
    Message,
    Outbox,
    OutboxRecipient,
)
from wagtail_ecp.inbox.models.leases import RELEASED
from wagtail_ecp.journal.actions import display_name, record
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.spam import actions as spam_actions
from wagtail_ecp.spam import verdict as verdicts
from wagtail_ecp.spam.actions import DECISIONS, withdraw
from wagtail_ecp.spam.models import Mark, Score

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Verdict = Mark.Verdict

#: What Wagtail's audit log calls them; registered in ``wagtail_hooks``.
TRANSPORT_RESUMED = "wagtail_ecp.resume_transport"
DECLARED_A_COPY = "wagtail_ecp.declare_copy"


def _locked(conversation: Conversation) -> Conversation:
    """Read the row again, so that nothing a colleague did meanwhile is lost.

    If it has become part of another conversation meanwhile, that one is meant;
    PermissionDenied if that lies in another mailbox, where other rights hold.
    """
    row = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if row.merged_into is None:
        return row
    if row.merged_into.mailbox_id != row.mailbox_id:
        raise PermissionDenied(_("This conversation went to another mailbox."))
    return _locked(row.merged_into)


def _require_reply(user: "User", conversation: Conversation) -> None:
    if not permissions.can_reply(user, conversation.mailbox):
        raise PermissionDenied(_("You may only read mail in this mailbox."))


def _record(
    kind: Action.Kind,
    conversation: Conversation,
    *,
    by: "User",
    message: int | None = None,
    **data: Any,
) -> None:
    record(
        kind,
        mailbox=conversation.mailbox_id,
        conversation=conversation.pk,
        message=message,
        by=by,
        data=data,
    )


@transaction.atomic
def assign(conversation: Conversation, *, to: "User | None", by: "User") -> None:
    """Make ``to`` answer for ``conversation``; ``None`` returns it to the team.

    PermissionDenied if ``by`` may not answer here, or if ``to`` may not.
    """
    _require_reply(by, conversation)
    if to is not None and not permissions.can_reply(to, conversation.mailbox):
        raise PermissionDenied(_("That person may not answer mail in this mailbox."))
    row = _locked(conversation)
    if row.assignee_id == (to.pk if to else None):
        return
    row.assignee_id = to.pk if to else None
    row.assignee_name = display_name(to)
    row.save(update_fields=["assignee", "assignee_name"])
    _record(Action.Kind.ASSIGNED, row, by=by, to=row.assignee_name)
    announce = partial(
        signals.conversation_assigned.send, Conversation, conversation=row, by=by
    )
    transaction.on_commit(announce)


@transaction.atomic
def move_to(folder: Folder, conversation: Conversation, *, by: "User") -> None:
    """File ``conversation`` in ``folder`` of its mailbox."""
    _require_reply(by, conversation)
    row = _locked(conversation)
    if row.folder == folder:
        return
    # Into Spam and out of it is a judgement as well.
    had_spam = False
    if folder == Folder.SPAM:
        had_spam = _mark(row, Verdict.SPAM, by=by)
    elif row.folder == Folder.SPAM and folder != Folder.TRASH:
        had_spam = _mark(row, Verdict.WANTED, by=by)
    file(row, folder, by=by)
    if had_spam:
        summarise(row)


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
    _require_reply(by, conversation)
    row = _locked(conversation)
    had_spam = _mark(row, verdict, by=by, only=only)
    if verdict == Verdict.SPAM and only is None:
        file(row, Folder.SPAM, by=by)
        if had_spam:  # It counts now, as everything does there.
            summarise(row)
    else:
        file_by_verdicts(row, by=by)


@transaction.atomic
def take_back_mark(message: Message, *, by: "User") -> None:
    """Leave the verdict on a marked message to the machine again, and unlearn the mark."""
    _require_reply(by, message.conversation)
    row = _locked(message.conversation)
    score = Score.objects.select_for_update().get(pk=message.pk)
    if score.decision not in DECISIONS.values():
        return
    is_spam = verdicts.is_spam(
        score.value,
        threshold=Account.objects.current().spam_threshold,
        is_exempt=score.is_exempt,
    )
    withdraw(score, is_spam=is_spam, by=by)
    _record(Action.Kind.MARK_TAKEN_BACK, row, by=by, message=message.pk)
    file_by_verdicts(row, by=by)
    transaction.on_commit(lambda: signals.messages_marked.send(Score))


@transaction.atomic
def undo_mark(conversation: Conversation, *, by: "User") -> bool:
    """Bring back what held before ``by`` marked it; False if anything happened since."""
    _require_reply(by, conversation)
    row = _locked(conversation)
    before = undoing.last_mark(row, by=by)
    if before is None:
        return False
    undoing.restore(row, before, by=by)
    _record(Action.Kind.MARK_TAKEN_BACK, row, by=by)
    transaction.on_commit(lambda: signals.messages_marked.send(Score))
    return True


def _mark(
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
    _record(kind, row, by=by, message=number, before=before.as_data())
    transaction.on_commit(lambda: signals.messages_marked.send(Score))
    return any(is_spam for _number, _decision, is_spam in before.scores)


@transaction.atomic
def add_contact(message: Message, *, by: "User") -> Contact:
    """Make the message's sender a contact, whose mail is never spam from now on."""
    _require_reply(by, message.conversation)
    return contacts.add(Address(message.sender_name, message.sender_address), by=by)


@transaction.atomic
def remove_contact(message: Message, *, by: "User") -> None:
    """Let the sender's mail be judged like a stranger's again."""
    _require_reply(by, message.conversation)
    if message.contact is not None:
        contacts.remove(message.contact, by=by)


@transaction.atomic
def mark_read(conversation: Conversation, *, by: "User", is_read: bool = True) -> None:
    """Note that the team has seen ``conversation``, or has yet to."""
    if not permissions.can_read(by, conversation.mailbox):
        raise PermissionDenied
    row = _locked(conversation)
    with counted(row):
        row.is_unread = not is_read
        row.save(update_fields=["is_unread"])


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
    _require_reply(by, conversation)
    if not conversation.mailbox.is_active:
        raise ValidationError(_("This mailbox is inactive and sends nothing."))
    if Account.objects.current().receives_only:
        raise ValidationError(
            _("This account only receives for now; its owner can change that.")
        )
    raw = finish(conversation, answer, answers=answers)
    blob = blobs.write(raw)
    with transaction.atomic():
        row = _locked(conversation)
        message = enter(row, raw, blob=blob, answer=answer, by=by)
        with counted(row):
            summaries.add(row, message)
            row.is_unread = False
            if archive or row.folder == Folder.SPAM:  # Whom one answers is no spammer.
                row.file_in(Folder.ARCHIVE if archive else Folder.INBOX)
            row.save()
        _note_answer(row, by=by)
        _record(Action.Kind.REPLIED, row, by=by, message=message.pk)
        announce = partial(signals.message_queued.send, Message, message=message)
        transaction.on_commit(announce)
    return message


def _note_answer(row: Conversation, *, by: "User") -> None:
    """Let the model learn, a little, that what is answered is wanted.

    Spam among accepted mail is not what one answers.
    """
    scores = Score.objects.select_for_update().filter(message__conversation=row)
    undecided = scores.filter(decision=Score.Decision.NONE).order_by("pk")
    if scores.filter(is_spam=False).exists():
        undecided = undecided.filter(is_spam=False)
    if spam_actions.note_answer(undecided, by=by):
        transaction.on_commit(lambda: signals.messages_marked.send(Score))


@transaction.atomic
def merge(one: Conversation, other: Conversation, *, by: "User") -> Conversation:
    """Make one conversation of two; the lower number stays and is returned."""
    for conversation in (one, other):
        _require_reply(by, conversation)
    kept, gone = arranging.locked([one.pk, other.pk])
    arranging.merge(kept, gone, by=by)
    kept.is_arranged = True
    kept.save(update_fields=["is_arranged"])
    return kept


@transaction.atomic
def unmerge(row: Merge, *, by: "User") -> Conversation:
    """Undo a merge and return the conversation that is there again."""
    _require_reply(by, row.kept)
    locked = Merge.objects.select_for_update().get(pk=row.pk)
    if locked.undone_at or locked.kept.merged_into_id:
        return locked.gone
    return arranging.unmerge(locked, by=by)


@transaction.atomic
def process_again(mail: IncomingMail, *, by: "User") -> None:
    """Give a quarantined mail another five tries."""
    if not (permissions.can_reply(by, mail.mailbox) or can_administer(by)):
        raise PermissionDenied(_("You may not process mail of this mailbox again."))
    troubled = IncomingMail.objects.troubled().filter(pk=mail.pk)
    changed = troubled.update(
        state=IncomingMail.State.RECEIVED, attempts=0, next_try_at=None
    )
    if changed:
        transaction.on_commit(lambda: signals.mail_received.send(IncomingMail))


@transaction.atomic
def send_again(outbox: Outbox, *, by: "User") -> None:
    """Send once more what failed, or what may not have arrived; same Message-ID."""
    conversation = outbox.message.conversation
    _require_reply(by, conversation)
    changed = (
        Outbox.objects.stuck()
        .filter(pk=outbox.pk)
        .update(
            state=Outbox.State.QUEUED, attempts=0, next_try_at=Now(), data_begun_at=None
        )
    )
    if not changed:
        return
    outbox.recipients.exclude(state=OutboxRecipient.State.ACCEPTED).update(
        state=OutboxRecipient.State.WAITING, answer=""
    )
    _record(Action.Kind.SEND_RETRIED, conversation, by=by)
    announce = partial(signals.message_queued.send, Message, message=outbox.message)
    transaction.on_commit(announce)


@transaction.atomic
def settle_as_sent(outbox: Outbox, *, by: "User") -> None:
    """Note that a person knows that a message of unknown fate has arrived."""
    conversation = outbox.message.conversation
    _require_reply(by, conversation)
    unknown = Outbox.objects.filter(pk=outbox.pk, state=Outbox.State.UNKNOWN)
    if unknown.update(state=Outbox.State.SENT, sent_at=Now(), error=""):
        outbox.recipients.update(state=OutboxRecipient.State.ACCEPTED)
        _record(Action.Kind.SEND_SETTLED, conversation, by=by)


@transaction.atomic
def resume_transport(*, by: "User") -> None:
    """Declare that this is the live installation: mail moves again.

    What waits in the outbox may have been sent by the other one, so a person decides
    about each.
    """
    if not can_administer(by):
        raise PermissionDenied(_("Only an administrator may say so."))
    installation.adopt()
    waiting = (Outbox.State.QUEUED, Outbox.State.SENDING)
    Outbox.objects.filter(state__in=waiting).update(
        state=Outbox.State.UNKNOWN, lease_epoch=F("lease_epoch") + 1, **RELEASED
    )
    log(Installation.objects.get(), TRANSPORT_RESUMED, user=by)


@transaction.atomic
def stay_paused(*, by: "User") -> None:
    """Declare that this is a copy: nothing is fetched or sent."""
    if not can_administer(by):
        raise PermissionDenied(_("Only an administrator may say so."))
    installation.declare_copy()
    log(Installation.objects.get(), DECLARED_A_COPY, user=by)
