"""The lists above a list, with their kept numbers, and the mailboxes to choose from."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from wagtail_ecp.admin.numbers import grouped
from wagtail_ecp.admin.places import list_url
from wagtail_ecp.inbox.list_numbers import DRAFTS, MOST_DRAFTS
from wagtail_ecp.inbox.lists import BY_NAME
from wagtail_ecp.inbox.models import Folder
from wagtail_ecp.inbox.models.mailboxes import SNOOZED

#: Which numbers are shown, as far as they are not nothing: with what they count.
_UNREAD: Final = frozenset({Folder.INBOX, Folder.SPAM})
_NUMBERED: Final = frozenset({*_UNREAD, "mine", "unassigned", SNOOZED, DRAFTS})

#: In this order; "waiting" is the inbox in another order.
NAMES: Final = (
    *("inbox", "mine", "unassigned", "starred", "snoozed", DRAFTS),
    *("sent", "archive", "spam", "trash"),
)


class Tab(NamedTuple):
    """One list above the list."""

    name: str
    label: str
    url: str
    number: str
    is_unread: bool
    is_current: bool


def label_of(name: str) -> str:
    """Return what people call a list."""
    return _("Drafts") if name == DRAFTS else str(BY_NAME[name].label)


def tabs(mailbox: int | None, current: str, by_list: Mapping[str, int]) -> list[Tab]:
    """Return all lists of a mailbox, or of all mailboxes."""
    shown = "inbox" if current == "waiting" else current
    return [
        Tab(
            name,
            label_of(name),
            list_url(mailbox, name),
            _number(name, by_list),
            name in _UNREAD,
            name == shown,
        )
        for name in NAMES
    ]


def _number(name: str, by_list: Mapping[str, int]) -> str:
    number = by_list[name] if name in _NUMBERED else 0
    if name == DRAFTS and number > MOST_DRAFTS:
        return f"{MOST_DRAFTS}+"
    return grouped(number) if number > 0 else ""
