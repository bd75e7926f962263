"""Conversations made of others."""

from typing import TYPE_CHECKING

from django.db import transaction

from wagtail_ecp.inbox import arranging
from wagtail_ecp.inbox.actions.steps import require_reply
from wagtail_ecp.inbox.models import (
    Conversation,
    Merge,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def merge(one: Conversation, other: Conversation, *, by: "User") -> Conversation:
    """Make one conversation of two; the lower number stays and is returned."""
    for conversation in (one, other):
        require_reply(by, conversation)
    kept, gone = arranging.locked([one.pk, other.pk])
    arranging.merge(kept, gone, by=by)
    kept.is_arranged = True
    kept.save(update_fields=["is_arranged"])
    return kept


@transaction.atomic
def unmerge(row: Merge, *, by: "User") -> Conversation:
    """Undo a merge and return the conversation that is there again."""
    require_reply(by, row.kept)
    locked = Merge.objects.select_for_update().get(pk=row.pk)
    if locked.undone_at or locked.kept.merged_into_id:
        return locked.gone
    return arranging.unmerge(locked, by=by)
