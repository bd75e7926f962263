"""The bar above a list: what can be done to the conversations that are ticked."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from wagtail_ecp.admin.place import Place
from wagtail_ecp.admin.places import ListPlace
from wagtail_ecp.inbox.actions.bulk import BULK_ACTIONS, BulkAction
from wagtail_ecp.inbox.models import Folder

#: In sight; the rest is folded away.
FIRST = ("archive", "mine", "assign", "spam", "wanted", "inbox", "trash")
#: What would change nothing in a list that holds one folder, or changes too little.
POINTLESS = {
    Folder.INBOX: {"inbox", "wanted"},
    "waiting": {"inbox", "wanted"},
    "mine": {"inbox", "wanted", "mine"},
    "unassigned": {"inbox", "wanted"},
    "snoozed": {"inbox", "wanted"},
    "sent": {"wanted"},
    "starred": {"star"},
    Folder.ARCHIVE: {"archive", "wanted"},
    Folder.SPAM: {"spam", "inbox", "archive", "snooze", "mine", "assign"},
    Folder.TRASH: {"trash", "wanted", "snooze"},
}


#: Keys that press a button for the ticked rows, else for the one in focus.
KEYS = {"archive": "e", "mine": "a", "snooze": "s", "spam": "!"}


class Button(NamedTuple):
    """One button, in words, and its key."""

    name: str
    label: str
    key: str


class Bar(NamedTuple):
    """The buttons, those in sight first; the list's key; whether there is more of it."""

    first: Sequence[Button]
    more: Sequence[Button]
    place: str
    is_part: bool


def bar_of(place: Place, *, may_reply: bool, is_part: bool) -> Bar:
    """Return the bar of a list's page; ``is_part``: the list has other pages too."""
    pointless: Collection[str] = ()
    if isinstance(place, ListPlace):
        pointless = POINTLESS[place.listing.kind.name]
    fitting = [
        action
        for action in BULK_ACTIONS
        if action.name not in pointless and (may_reply or action.is_for_readers)
    ]
    return Bar(
        [_button(action) for action in fitting if action.name in FIRST],
        [_button(action) for action in fitting if action.name not in FIRST],
        place.key,
        is_part,
    )


def _button(action: BulkAction) -> Button:
    dots = "…" if action.argument or action.must_confirm else ""
    key = KEYS.get(action.name, "")
    return Button(action.name, f"{action.label}{dots}", key)
