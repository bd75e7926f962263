"""Goes through the mail of the last 30 days again: by a new threshold, or a new model.

A run works piece by piece, each in a transaction, so that it may be killed anywhere and
go on; it can be undone. What a person decided, answered or filed away stays.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp import signals
from wagtail_ecp.accounts.permissions import require_owner
from wagtail_ecp.inbox import arranging, blobs
from wagtail_ecp.inbox.filing import file_by_verdicts
from wagtail_ecp.inbox.judging import Knowledge, knowledge_of, subject_of, weigh
from wagtail_ecp.inbox.models import (
    Conversation,
    Folder,
    Message,
    Rejudged,
    Rejudging,
)
from wagtail_ecp.journal.actions import Subjects, display_name, record, record_all
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam import verdict
from wagtail_ecp.spam.models import Score, ScoreQuerySet
from wagtail_ecp.spam.preview import Month, window_begins
from wagtail_ecp.spam.tally import tallied

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Messages in one transaction.
PIECE = 100
#: Where machines may move mail from; elsewhere a person put it.
MACHINES_OWN = (Folder.INBOX, Folder.SPAM)

State = Rejudging.State


def ask(*, threshold: int | None, by: "User", rescores: bool = False) -> Rejudging:
    """Begin a run; PermissionDenied unless ``by`` owns the account.

    ``threshold`` None: the scores alone are found anew. ValidationError while another
    run is not finished.
    """
    require_owner(by, attempt="re-filing mail")
    try:
        with transaction.atomic():
            run = Rejudging.objects.create(
                threshold=threshold,
                rescores=rescores,
                asked_by=by,
                asked_by_name=display_name(by),
                total=_expected(),
            )
            _announce(run)
    except IntegrityError:
        raise ValidationError(_("Mail is being re-filed already.")) from None
    return run


def undo(run: Rejudging, *, by: "User") -> None:
    """Begin to take back what a finished run moved; the errors are those of ``ask``."""
    require_owner(by, attempt="re-filing mail")
    latest = Rejudging.objects.latest_first().first()
    if latest is None or latest.pk != run.pk or run.threshold is None:
        raise PermissionDenied(_("Only the last re-filing can be undone."))
    done = Rejudging.objects.filter(pk=run.pk, state=State.DONE)
    with transaction.atomic():
        if done.update(
            state=State.UNDOING, position=0, done=0, total=run.changes.count()
        ):
            run.refresh_from_db()
            _announce(run)


def work(run_id: int) -> bool:
    """Do the next piece of a run; return whether there is more."""
    run = Rejudging.objects.filter(pk=run_id).unfinished().first()
    if run is None:
        return False
    if run.state == State.UNDOING:
        return _undo_piece(run_id)
    if run.rescores:
        return _piece(run_id, _weighed(_rows(after=run.position)[:PIECE]))
    return _piece(run_id, {})


def _expected() -> int:
    """Return how many messages a run goes through, by the kept counters."""
    groups = Month().groups
    return sum(g.number for g in groups if not (g.is_exempt or g.decision))


def _rows(*, after: int = 0) -> ScoreQuerySet:
    rows = Score.objects.undecided().filter(at__gte=window_begins(), pk__gt=after)
    return rows.order_by("pk")


def _weighed(rows: ScoreQuerySet) -> dict[int, Score]:
    """Return the scores of these rows by the model of today, before anything locks."""
    scores = list(rows.select_related("message__incoming"))
    knowledge = knowledge_of(score.message for score in scores)
    return {score.pk: score for score in scores if _weigh(score, knowledge)}


def _weigh(score: Score, knowledge: Knowledge) -> bool:
    message: Message = score.message
    try:
        raw = blobs.read(message.blob_id)
    except FileNotFoundError:
        return False
    is_forged = message.authentication == Message.Authentication.FAIL
    weigh(score, subject_of(message, raw), knowledge, is_forged=is_forged)
    return True


@transaction.atomic
def _piece(run_id: int, weighed: Mapping[int, Score]) -> bool:
    run = Rejudging.objects.select_for_update().get(pk=run_id)
    if run.state != State.RUNNING:
        return False
    keys = list(_rows(after=run.position).values_list("pk", flat=True)[:PIECE])
    if not keys:
        return _finish(run, State.DONE)
    conversations = _locked(keys)
    changes = []
    for score in Score.objects.undecided().filter(pk__in=keys).order_by("pk"):
        conversation = conversations[score.pk]
        if _rejudge(score, run, conversation, weighed.get(score.pk)):
            changes.append(_change(run, score, conversation))
    _file(changes)
    run.position, run.done = keys[-1], run.done + len(keys)
    run.save(update_fields=["position", "done"])
    return True


def _locked(keys: Collection[int]) -> dict[int, Conversation]:
    """Return the messages' conversations, locked, by the number of the message."""
    where = dict(Message.objects.filter(pk__in=keys).values_list("pk", "conversation"))
    rows = {row.pk: row for row in arranging.locked(set(where.values()))}
    return {message: rows[number] for message, number in where.items()}


def _rejudge(
    score: Score, run: Rejudging, conversation: Conversation, weighed: Score | None
) -> bool:
    """Bring one score up to date; return whether its verdict changed."""
    with tallied(score):
        before = score.is_spam
        if weighed is not None:
            score.value, score.clues = weighed.value, weighed.clues
            score.model_version = weighed.model_version
            score.scored_at = timezone.now()
        if run.threshold is not None and conversation.folder in MACHINES_OWN:
            score.threshold = run.threshold
            score.is_spam = verdict.is_spam(
                score.value, threshold=run.threshold, is_exempt=score.is_exempt
            )
        score.save()
    return score.is_spam != before


def _change(run: Rejudging, score: Score, conversation: Conversation) -> Rejudged:
    return Rejudged(
        run=run,
        message_id=score.pk,
        conversation=conversation,
        is_spam=score.is_spam,
        folder_before=conversation.folder,
    )


def _file(changes: Sequence[Rejudged]) -> None:
    """Let the folders follow, and write down where they were and where they are."""
    for conversation in {
        row.conversation_id: row.conversation for row in changes
    }.values():
        file_by_verdicts(conversation, by=None)
    for row in changes:
        row.folder_after = row.conversation.folder
    Rejudged.objects.bulk_create(changes)
    _note([(row, row.is_spam) for row in changes])


def _note(verdicts: Iterable[tuple[Rejudged, bool]]) -> None:
    """Write down what the machine says of these messages now."""
    record_all(
        Action.Kind.JUDGED_AGAIN,
        [
            Subjects(
                mailbox=row.conversation.mailbox_id,
                conversation=row.conversation_id,
                message=row.message_id,
                data={"is_spam": is_spam},
            )
            for row, is_spam in verdicts
        ],
    )


@transaction.atomic
def _undo_piece(run_id: int) -> bool:
    run = Rejudging.objects.select_for_update().get(pk=run_id)
    if run.state != State.UNDOING:
        return False
    rows = run.changes.filter(pk__gt=run.position).order_by("pk")
    piece = list(rows[:PIECE])
    if not piece:
        return _finish(run, State.UNDONE)
    conversations = _locked([row.message_id for row in piece])
    taken_back = []
    for row in piece:
        conversation = conversations.get(row.message_id)
        if conversation is not None and _take_back(row, conversation):
            row.conversation = conversation
            taken_back.append((row, not row.is_spam))
    _note(taken_back)
    run.position, run.done = piece[-1].pk, run.done + len(piece)
    run.save(update_fields=["position", "done"])
    return True


def _take_back(row: Rejudged, conversation: Conversation) -> bool:
    """Undo one change, unless a person has decided or filed it meanwhile."""
    scores = Score.objects.undecided().filter(pk=row.message_id, is_spam=row.is_spam)
    score = scores.select_for_update().first()
    if score is None or conversation.folder not in (
        row.folder_after,
        row.folder_before,
    ):
        return False
    with tallied(score):
        score.is_spam = not row.is_spam
        score.save(update_fields=["is_spam"])
    file_by_verdicts(conversation, by=None)
    return True


def _finish(run: Rejudging, state: Rejudging.State) -> bool:
    run.state, run.finished_at = state, timezone.now()
    run.save(update_fields=["state", "finished_at"])
    if run.threshold is not None:
        data = {"threshold": run.threshold, "state": str(state)}
        record(Action.Kind.THRESHOLD_APPLIED, by=run.asked_by, data=data)
    return False


def _announce(run: Rejudging) -> None:
    transaction.on_commit(partial(signals.rejudging_changed.send, Rejudging, run=run))
