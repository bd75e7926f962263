"""Conversations made of others: merged, and split again."""

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import arranging
from wagtail_ecp.inbox.actions.steps import locked, require_reply
from wagtail_ecp.inbox.models import Conversation, Merge, Message
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def merge(one: Conversation, other: Conversation, *, by: "User") -> Conversation:
    """Make one conversation of two; the lower number stays and is returned.

    If they lie in two mailboxes, its own holds, and ``by`` must be one who may answer in
    both. Notes, tags, stars, follows and drafts come along. ValidationError if they are
    one already.
    """
    for conversation in (one, other):
        require_reply(by, conversation)
    arranging.locked({one.pk, other.pk})  # In the order that everybody locks in.
    numbers = {locked(one).pk, locked(other).pk}
    if len(numbers) == 1:
        raise ValidationError(_("These are one conversation already."))
    kept, gone = arranging.locked(numbers)
    arranging.merge(kept, gone, by=by)
    kept.is_arranged = True
    kept.keep("is_arranged")
    return kept


@transaction.atomic
def unmerge(row: Merge, *, by: "User") -> Conversation:
    """Undo a merge and return the conversation that is there again."""
    require_reply(by, row.kept)
    locked = Merge.objects.select_for_update().get(pk=row.pk)
    if locked.undone_at or locked.kept.merged_into_id:
        return locked.gone
    return arranging.unmerge(locked, by=by)


@transaction.atomic
def split(
    message: Message, *, by: "User", with_later: bool = True
) -> tuple[Conversation, Action]:
    """Make a new conversation of ``message`` and all later ones, or of it alone.

    Returns that and the journal's row. No machine joins the two again. ValidationError
    if nothing would be left.
    """
    require_reply(by, message.conversation)
    row = locked(message.conversation)
    chosen = Q(pk=message.pk)
    if with_later:
        chosen |= Q(at__gt=message.at) | Q(at=message.at, pk__gt=message.pk)
    inside = list(row.messages.in_order().filter(chosen))
    if not row.messages.exclude(pk__in=[m.pk for m in inside]).exists():
        raise ValidationError(
            _("This is all that the conversation has: there is nothing to split from.")
        )
    return arranging.split(row, inside, by=by)


def undo_split(row: Conversation, action: Action, by: "User") -> None:
    """Merge what was split off back into where it came from."""
    part = Conversation.objects.filter(pk=action.data.get("into")).first()
    if part is None or part.merged_into_id:
        raise ValidationError(_("What was split off is elsewhere by now."))
    merge(row, part, by=by)


def undo_merge(row: Conversation, action: Action, by: "User") -> None:
    """Separate what was merged."""
    merged = Merge.objects.filter(pk=action.data.get("merge"), kept=row).first()
    if merged is None or merged.undone_at:
        raise ValidationError(_("This merge was undone already."))
    unmerge(merged, by=by)
