"""Does one thing to many conversations: at once if they are few, else as a job.

Each conversation is a transaction of its own, which also says that it is done, so that
the work may be killed anywhere and go on. What is refused is counted, with its reason.
A worker holds a claim, and a second one can change nothing (``models.leases``).
"""

import logging
import time
from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from wagtail_ecp import signals
from wagtail_ecp.exceptions import EmailCentreError
from wagtail_ecp.inbox import bulk_sources
from wagtail_ecp.inbox.actions.bulk import BULK_ACTION_NAMED, BulkAction, Values
from wagtail_ecp.inbox.actions.undoing import undo as undo_one
from wagtail_ecp.inbox.models import BulkChange, BulkItem, Conversation, Message
from wagtail_ecp.inbox.models.leases import RELEASED, new_owner
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

#: So many are done while the member waits.
AT_ONCE = 100
#: Seconds; what is left then is a job's.
PATIENCE = 10.0
#: Conversations that a worker looks at before it renews its claim.
PIECE = 50
#: Numbers that are noted down in one transaction.
GATHERED = 500
LEASE = timedelta(minutes=5)
KEPT = timedelta(days=30)
#: ``cursor`` of a change whose conversations are all noted down.
END = "end"

State = BulkChange.State
Item = BulkItem.State

#: What a single action says when it will not.
REFUSALS = (PermissionDenied, ValidationError, ObjectDoesNotExist, IntegrityError)


class LeaseLostError(EmailCentreError):
    """Another worker does it now, or nobody wants it any more."""


def ask(
    action: BulkAction,
    numbers: Collection[int] = (),
    *,
    by: "User",
    values: Values | None = None,
    where: dict[str, Any] | None = None,
) -> BulkChange:
    """Have ``action`` done to these conversations, or to everything that ``where`` says.

    Up to ``AT_ONCE`` numbers are done on return. What ``by`` may not see or change is
    refused one by one, and what comes into the list meanwhile stays as it is.
    """
    with transaction.atomic():
        change = BulkChange.objects.create(
            user=by,
            action=action.name,
            arguments=values or {},
            where=where or {},
            cursor="" if where else END,
            total=len(numbers),
        )
        items = [BulkItem(change=change, number=one) for one in sorted(numbers)]
        BulkItem.objects.bulk_create(items)
    return _begin(change, is_small=not where and len(numbers) <= AT_ONCE)


def cancel(change: BulkChange) -> None:
    """Leave the rest as it is; what is done can be undone."""
    waiting = BulkChange.objects.filter(pk=change.pk, state=State.WAITING)
    waiting.update(
        state=State.CANCELLED,
        finished_at=Now(),
        lease_epoch=F("lease_epoch") + 1,
        **RELEASED,
    )


def undo(change: BulkChange) -> BulkChange:
    """Take back what was done, last first; what changed since stays, and says why."""
    over = BulkChange.objects.filter(
        pk=change.pk, state__in=(State.DONE, State.CANCELLED)
    )
    is_begun = over.update(
        state=State.UNDOING, total=F("done"), done=0, finished_at=None
    )
    change.refresh_from_db()
    return _begin(change, is_small=change.total <= AT_ONCE) if is_begun else change


def work(change_id: int, *, seconds: float) -> bool:
    """Go on with a change for about so long; return whether there is more to do.

    May be called at any time and more than once.
    """
    unfinished = BulkChange.objects.unfinished().filter(pk=change_id)
    owner = new_owner()
    if not unfinished.claim(owner, lease=LEASE, limit=1):
        return False
    change = BulkChange.objects.select_related("user").get(pk=change_id)
    deadline = time.monotonic() + seconds
    try:
        while _step(change):
            if time.monotonic() > deadline:
                return True
    except LeaseLostError:
        logger.info("bulk change %s was taken from this worker", change_id)
    finally:
        _held(change).update(**RELEASED)
    return False


def remove_old() -> None:
    """Forget what was over a month ago; every night."""
    old = BulkChange.objects.filter(finished_at__lt=timezone.now() - KEPT)
    BulkItem.objects.filter(change__in=old.values("pk")).delete()
    old.delete()


def _begin(change: BulkChange, *, is_small: bool) -> BulkChange:
    """Do what is small; a job does the rest, and what is large."""
    if is_small:
        work(change.pk, seconds=PATIENCE)
        change.refresh_from_db()
    if change.state in (State.WAITING, State.UNDOING):
        announce = partial(signals.bulk_change_asked.send, BulkChange, change=change)
        transaction.on_commit(announce)
    return change


def _step(change: BulkChange) -> bool:
    """Do a piece; return whether there may be more."""
    _update(change, lease_until=Now() + LEASE)
    if change.state == State.UNDOING:
        return _undo_piece(change)
    if change.cursor != END:
        return _gather(change)
    return _do_piece(change)


@transaction.atomic
def _gather(change: BulkChange) -> bool:
    """Note down the next conversations of the list, before any of them is touched."""
    source = bulk_sources.read(change.where, change.user)
    numbers, cursor = source.piece(
        change.cursor, most=GATHERED, until=change.created_at
    )
    items = [BulkItem(change=change, number=number) for number in numbers]
    BulkItem.objects.bulk_create(items, ignore_conflicts=True)
    _update(change, cursor=cursor or END, total=change.total + len(numbers))
    return True


def _do_piece(change: BulkChange) -> bool:
    waiting = change.items.filter(state=Item.WAITING).order_by("pk")
    piece = list(waiting[:PIECE])
    if not piece:
        return _finish(change, State.DONE)
    numbers = [item.number for item in piece]
    fitting = set(numbers)
    if change.where:
        fitting = bulk_sources.read(change.where, change.user).among(numbers)
    for item in piece:
        _do(change, item, is_in_list=item.number in fitting)
    return True


def _do(change: BulkChange, item: BulkItem, *, is_in_list: bool) -> None:
    try:
        with transaction.atomic():
            action = _apply(change, item, is_in_list=is_in_list)
            _settle(item, Item.DONE, action_number=action.pk if action else None)
            _update(change, done=F("done") + 1)
    except REFUSALS as refusal:
        with transaction.atomic():
            _settle(item, Item.REFUSED, reason=_words(refusal))
            _update(change, refused=F("refused") + 1)


def _apply(change: BulkChange, item: BulkItem, *, is_in_list: bool) -> Action | None:
    if not is_in_list:
        raise ValidationError(_("It is not in this list any more."))
    visible = Conversation.objects.visible_to(change.user)
    row = visible.select_for_update(of=("self",)).get(pk=item.number)
    if row.merged_into_id is not None:
        raise ValidationError(_("It has become part of another conversation."))
    action = BULK_ACTION_NAMED[change.action]
    if (change.where or action.hides) and _has_news(row, change):
        raise ValidationError(_("New mail came in meanwhile."))
    return action.apply(row, change.arguments, change.user)


def _has_news(row: Conversation, change: BulkChange) -> bool:
    incoming = row.messages.filter(direction=Message.Direction.IN)
    return incoming.filter(stored_at__gt=change.created_at).exists()


def _undo_piece(change: BulkChange) -> bool:
    done = change.items.filter(state=Item.DONE, reason="").order_by("-pk")
    piece = list(done[:PIECE])
    if not piece:
        return _finish(change, State.UNDONE)
    for item in piece:
        _undo(change, item)
    return True


def _undo(change: BulkChange, item: BulkItem) -> None:
    try:
        with transaction.atomic():
            if item.action_number is not None:
                action = Action.objects.get(pk=item.action_number)
                undo_one(action, by=change.user)
            _settle(item, Item.UNDONE)
            _update(change, done=F("done") + 1)
    except REFUSALS as refusal:
        with transaction.atomic():
            _settle(item, Item.DONE, reason=_words(refusal))
            _update(change, done=F("done") + 1)


def _settle(item: BulkItem, state: BulkItem.State, **facts: Any) -> None:
    BulkItem.objects.filter(pk=item.pk).update(state=state, **facts)


def _finish(change: BulkChange, state: BulkChange.State) -> bool:
    _update(change, state=state, finished_at=timezone.now())
    return False


def _held(change: BulkChange) -> Any:
    rows = BulkChange.objects.filter(pk=change.pk)
    return rows.held_by(change.lease_owner, change.lease_epoch)


def _update(change: BulkChange, **facts: Any) -> None:
    """Write into the row, if it is still this worker's."""
    if not _held(change).update(**facts):
        raise LeaseLostError
    for name in ("cursor", "total", "state"):
        setattr(change, name, facts.get(name, getattr(change, name)))


def _words(refusal: Exception) -> str:
    if isinstance(refusal, ValidationError):
        words = " ".join(refusal.messages)
    elif isinstance(refusal, ObjectDoesNotExist):
        words = _("It is gone, or you may not see it any more.")
    elif isinstance(refusal, IntegrityError):
        words = _("Something came in between. Try it again.")
    else:
        words = str(refusal) or _("You may not do this here.")
    return words[: BulkItem._meta.get_field("reason").max_length]
