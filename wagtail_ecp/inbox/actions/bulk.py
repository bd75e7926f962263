"""What can be done to many conversations: small equals, each by its single action.

Rights, locks, history and undo are the single action's; one conversation at a time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from wagtail_ecp.inbox.actions import bulk_arguments as arguments
from wagtail_ecp.inbox.actions.assigning import assign
from wagtail_ecp.inbox.actions.attention import star
from wagtail_ecp.inbox.actions.bulk_arguments import Argument
from wagtail_ecp.inbox.actions.filing import mark_read, move_to
from wagtail_ecp.inbox.actions.judging import mark
from wagtail_ecp.inbox.actions.snoozing import snooze
from wagtail_ecp.inbox.actions.switching import switch
from wagtail_ecp.inbox.actions.tagging import tag, untag
from wagtail_ecp.inbox.models import Conversation, Folder, Mailbox, Tag
from wagtail_ecp.inbox.tagging import key_of
from wagtail_ecp.journal.models import Action
from wagtail_ecp.spam.models import Mark

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django_stubs_ext import StrOrPromise

#: What a bulk action takes beside the conversations, as JSON keeps it.
Values = dict[str, Any]
#: Does it to one; None if it is so already. The errors are those of the single action.
Apply = Callable[[Conversation, Values, "User"], Action | None]


@dataclass(frozen=True, slots=True)
class BulkAction:
    """One thing that can be done to many conversations."""

    name: str
    #: On its button.
    label: "StrOrPromise"
    #: What the result calls it.
    done: "StrOrPromise"
    apply: Apply
    argument: Argument | None = None
    #: Whoever may read may do it.
    is_for_readers: bool = False
    #: Puts out of sight, and so leaves alone what got new mail meanwhile.
    hides: bool = False
    #: Asks first, however few they are.
    must_confirm: bool = False


def _assign_to_me(row: Conversation, _values: Values, by: "User") -> Action | None:
    return assign(row, to=by, by=by)


def _assign(row: Conversation, values: Values, by: "User") -> Action | None:
    return assign(row, to=arguments.member(values["assignee"]), by=by)


def _archive(row: Conversation, _values: Values, by: "User") -> Action | None:
    return move_to(Folder.ARCHIVE, row, by=by)


def _to_inbox(row: Conversation, _values: Values, by: "User") -> Action | None:
    return move_to(Folder.INBOX, row, by=by)


def _to_trash(row: Conversation, _values: Values, by: "User") -> Action | None:
    return move_to(Folder.TRASH, row, by=by)


def _spam(row: Conversation, _values: Values, by: "User") -> Action | None:
    return mark(row, Mark.Verdict.SPAM, by=by)


def _wanted(row: Conversation, _values: Values, by: "User") -> Action | None:
    return mark(row, Mark.Verdict.WANTED, by=by)


def _tag(row: Conversation, values: Values, by: "User") -> Action | None:
    return tag(row, values["tags"], by=by)


def _untag(row: Conversation, values: Values, by: "User") -> Action | None:
    keys = [key_of(name) for name in values["tags"]]
    return untag(row, list(Tag.objects.filter(key__in=keys)), by=by)


def _snooze(row: Conversation, values: Values, by: "User") -> Action | None:
    return snooze(row, until=datetime.fromisoformat(values["until"]), by=by)


def _read(row: Conversation, _values: Values, by: "User") -> Action | None:
    return mark_read(row, by=by)


def _unread(row: Conversation, _values: Values, by: "User") -> Action | None:
    return mark_read(row, by=by, is_read=False)


def _switch(row: Conversation, values: Values, by: "User") -> Action | None:
    return switch(row, to=Mailbox.objects.get(pk=values["mailbox"]), by=by)


def _star(row: Conversation, _values: Values, by: "User") -> Action | None:
    return star(row, by=by)


def _unstar(row: Conversation, _values: Values, by: "User") -> Action | None:
    return star(row, by=by, is_starred=False)


BULK_ACTIONS: tuple[BulkAction, ...] = (
    BulkAction("archive", _("Archive"), _("Archived"), _archive, hides=True),
    BulkAction("mine", _("Assign to me"), _("Assigned to you"), _assign_to_me),
    BulkAction("assign", _("Assign"), _("Assigned"), _assign, arguments.ASSIGNEE),
    BulkAction("spam", _("Spam"), _("Marked as spam"), _spam, hides=True),
    BulkAction("wanted", _("Not spam"), _("Marked as not spam"), _wanted),
    BulkAction("inbox", _("Move to inbox"), _("Moved to the inbox"), _to_inbox),
    BulkAction(
        "trash",
        _("Move to trash"),
        _("Moved to the trash"),
        _to_trash,
        hides=True,
        must_confirm=True,
    ),
    BulkAction(
        "snooze", _("Snooze"), _("Snoozed"), _snooze, arguments.UNTIL, hides=True
    ),
    BulkAction("tag", _("Add tags"), _("Tagged"), _tag, arguments.TAGS),
    BulkAction(
        "untag", _("Take tags off"), _("Tags taken off"), _untag, arguments.TAGS
    ),
    BulkAction(
        "mailbox",
        _("Move to mailbox"),
        _("Moved to another mailbox"),
        _switch,
        arguments.MAILBOX,
        hides=True,
    ),
    BulkAction(
        "read",
        _("Mark read"),
        _("Marked as read"),
        _read,
        is_for_readers=True,
        hides=True,
    ),
    BulkAction(
        "unread", _("Mark unread"), _("Marked as unread"), _unread, is_for_readers=True
    ),
    BulkAction("star", _("Star"), _("Starred"), _star, is_for_readers=True),
    BulkAction(
        "unstar",
        _("Take the star off"),
        _("Star taken off"),
        _unstar,
        is_for_readers=True,
    ),
)
BULK_ACTION_NAMED: dict[str, BulkAction] = {one.name: one for one in BULK_ACTIONS}
