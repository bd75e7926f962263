"""What members keep an eye on: stars and follows, each of one's own."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.actions.steps import locked, note_action
from wagtail_ecp.inbox.counters import touch
from wagtail_ecp.inbox.models import Conversation, Follow, Star
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def star(
    conversation: Conversation, *, by: "User", is_starred: bool = True
) -> Action | None:
    """Star ``conversation`` for ``by`` alone, or take the star off; readers may.

    None if it was so already.
    """
    row = _readable(conversation, by=by)
    if not _set(Star, row, by=by, is_set=is_starred):
        return None
    return note_action(Action.Kind.STARRED, row, by=by, after=is_starred)


def undo_star(row: Conversation, action: Action, by: "User") -> None:
    """Give ``by`` the star back, or take it off again."""
    _set(Star, row, by=by, is_set=not action.data["after"])


@transaction.atomic
def follow(conversation: Conversation, *, by: "User", is_followed: bool = True) -> None:
    """Have ``by`` told of what comes into ``conversation``, or no longer; readers may."""
    _set(Follow, _readable(conversation, by=by), by=by, is_set=is_followed)


def _readable(conversation: Conversation, *, by: "User") -> Conversation:
    if not permissions.can_read(by, conversation.mailbox):
        raise PermissionDenied
    return locked(conversation)


def _set(
    model: type[Star | Follow], row: Conversation, *, by: "User", is_set: bool
) -> bool:
    """Return whether that changed anything."""
    rows = model._default_manager
    if is_set:
        has_changed = rows.get_or_create(user=by, conversation=row)[1]
    else:
        has_changed = bool(rows.filter(user=by.pk, conversation=row).delete()[0])
    if has_changed:
        touch(row)
    return has_changed
