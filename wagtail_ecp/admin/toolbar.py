"""What the buttons of a conversation offer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.forms import Media

from wagtail_ecp.admin import snoozing
from wagtail_ecp.admin.lookups import Reading
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest
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
SCRIPTS = ("tools", "complete", "toggle")


@dataclass(frozen=True, slots=True)
class Toolbar:
    """The choices behind the buttons."""

    is_spam: bool
    moves: Sequence[Folder]
    is_starred: bool
    is_followed: bool
    # Until when it sleeps, in words.
    until: str
    tags: Sequence[tuple[int, str]]
    # The list that one came from, as it travels.
    from_key: str
    # Keys and names of whom it can be assigned to, and the key of whom it is.
    assignees: Sequence[tuple[str, str]] = ()
    assignee_key: str = ""
    # The reader's own key, if it can be assigned to them.
    own_key: str = ""
    mailboxes: Sequence[tuple[int, str]] = ()
    snooze_choices: Sequence[snoozing.Choice] = ()
    media: Media = field(
        default_factory=partial(
            Media,
            css={"all": ["wagtail_ecp/css/toolbar.css"]},
            js=[
                "wagtail_ecp/js/combobox.js",
                *(f"wagtail_ecp/js/{name}_controller.js" for name in SCRIPTS),
            ],
        )
    )


def toolbar(request: AdminRequest, reading: Reading) -> Toolbar:
    """Return what can be done with it; choices only to those who may choose."""
    found = reading.conversation
    folder = Folder(found.folder)
    tags = found.tags.order_by("key").values_list("pk", "name")
    choices = _choices(request, found) if reading.may_reply else {}
    return Toolbar(
        is_spam=folder == Folder.SPAM,
        moves=MOVES[folder],
        is_starred=reading.is_starred,
        is_followed=reading.is_followed,
        until=snoozing.until_words(found.snoozed_until) if found.snoozed_until else "",
        tags=list(tags),
        from_key=request.GET.get("from", "") or request.POST.get("from", ""),
        assignee_key=str(found.assignee_id or ""),
        **choices,
    )


def _choices(request: AdminRequest, found: Conversation) -> dict[str, Any]:
    users = permissions.possible_assignees(found)
    assignees = [(str(user.pk), display_name(user)) for user in users]
    own_key = str(request.user.pk)
    return {
        "assignees": assignees,
        "own_key": own_key if own_key in dict(assignees) else "",
        "mailboxes": _mailboxes(request, found),
        "snooze_choices": snoozing.choices(),
    }


def _mailboxes(request: AdminRequest, found: Conversation) -> list[tuple[int, str]]:
    """Return the other mailboxes that it can be moved to."""
    mailboxes = navigation(request).written_from
    return [mailbox for mailbox in mailboxes if mailbox[0] != found.mailbox_id]
