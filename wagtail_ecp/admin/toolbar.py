"""What the buttons of a conversation offer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.forms import Media

from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.models import Conversation, Folder
from wagtail_ecp.journal.actions import display_name

#: Where to it can be moved, by the folder that the conversation is in.
MOVES = {
    Folder.INBOX: (Folder.ARCHIVE, Folder.TRASH),
    Folder.ARCHIVE: (Folder.INBOX, Folder.TRASH),
    Folder.SPAM: (Folder.TRASH,),
    Folder.TRASH: (Folder.INBOX,),
}


@dataclass(frozen=True, slots=True)
class Toolbar:
    """The choices behind the buttons."""

    is_spam: bool
    moves: Sequence[Folder]
    # Keys and names of whom it can be assigned to, and the key of whom it is.
    assignees: Sequence[tuple[str, str]]
    assignee_key: str
    media: Media = field(default_factory=Media)


def toolbar(found: Conversation, *, may_reply: bool) -> Toolbar:
    """Return what can be done with ``found``; people only to those who may assign."""
    folder = Folder(found.folder)
    return Toolbar(
        is_spam=folder == Folder.SPAM,
        moves=MOVES[folder],
        assignees=_assignees(found) if may_reply else [],
        assignee_key=str(found.assignee_id or ""),
    )


def _assignees(found: Conversation) -> list[tuple[str, str]]:
    users = permissions.possible_assignees(found)
    return [(str(user.pk), display_name(user)) for user in users]
