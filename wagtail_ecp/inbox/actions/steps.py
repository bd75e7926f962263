"""What every action begins and ends with: may they, which row, what is written down."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import (
    Conversation,
)
from wagtail_ecp.journal.actions import record
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def locked(conversation: Conversation) -> Conversation:
    """Read the row again, so that nothing a colleague did meanwhile is lost.

    If it has become part of another conversation meanwhile, that one is meant;
    PermissionDenied if that lies in another mailbox, where other rights hold.
    """
    row = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if row.merged_into is None:
        return row
    if row.merged_into.mailbox_id != row.mailbox_id:
        raise PermissionDenied(_("This conversation went to another mailbox."))
    return locked(row.merged_into)


def require_reply(user: "User", conversation: Conversation) -> None:
    """Raise PermissionDenied unless ``user`` may answer mail of its mailbox."""
    if not permissions.can_reply(user, conversation.mailbox):
        raise PermissionDenied(_("You may only read mail in this mailbox."))


def note_action(
    kind: Action.Kind,
    conversation: Conversation,
    /,
    *,
    by: "User",
    message: int | None = None,
    **data: Any,
) -> Action:
    """Write down what was done to ``conversation``; the row undoes it."""
    return record(
        kind,
        mailbox=conversation.mailbox_id,
        conversation=conversation.pk,
        message=message,
        by=by,
        data=data,
    )


class CannotUndoError(ValidationError):
    """Nothing can take this back."""

    def __init__(self) -> None:
        super().__init__(_("This can't be undone."))


class ChangedSinceError(ValidationError):
    """What is to be undone does not hold any more."""

    def __init__(self) -> None:
        super().__init__(_("Not undone: somebody has changed it again since."))
