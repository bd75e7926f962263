"""Who answers for a conversation."""

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp import signals
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.actions.steps import locked, note_action, require_reply
from wagtail_ecp.inbox.counters import counted
from wagtail_ecp.inbox.models import (
    Conversation,
)
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def assign(conversation: Conversation, *, to: "User | None", by: "User") -> None:
    """Make ``to`` answer for ``conversation``; ``None`` returns it to the team.

    PermissionDenied if ``by`` may not answer here, or if ``to`` may not.
    """
    require_reply(by, conversation)
    if to is not None and not permissions.can_reply(to, conversation.mailbox):
        raise PermissionDenied(_("That person may not answer mail in this mailbox."))
    row = locked(conversation)
    if row.assignee_id == (to.pk if to else None):
        return
    with counted(row):
        row.assignee_id = to.pk if to else None
        row.assignee_name = display_name(to)
        row.save(update_fields=["assignee", "assignee_name"])
    note_action(Action.Kind.ASSIGNED, row, by=by, to=row.assignee_name)
    announce = partial(
        signals.conversation_assigned.send, Conversation, conversation=row, by=by
    )
    transaction.on_commit(announce)
