"""The keys of our screens, told by Wagtail's own dialog of shortcuts (``?``).

A screen includes ``includes/shortcuts.html`` with the groups that hold on it. A button
that a key presses is Wagtail's ``w-kbd``; what moves in a list is ``ecp-list-keys``.
Both are silent for members whose profile in Wagtail switches shortcuts off.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Shortcut(NamedTuple):
    """What a key does; keys are not translated, as Wagtail's aren't."""

    words: "StrOrPromise"
    keys: str


class Group(NamedTuple):
    """Shortcuts under a heading of the dialog."""

    heading: "StrOrPromise"
    shortcuts: Sequence[Shortcut]


MOVING = Group(
    _("Lists of mail"),
    (
        Shortcut(_("Next conversation"), "j or ↓"),
        Shortcut(_("Previous conversation"), "k or ↑"),
        Shortcut(_("Open the conversation"), "Enter"),
        Shortcut(_("Tick the conversation"), "x"),
        Shortcut(_("Star the conversation"), "*"),
        Shortcut(_("Search mail"), "q"),  # "/" is Wagtail's own search.
    ),
)

#: What the keys of ``bulk_bar`` do, for the ticked conversations, else the one in focus.
ROWS = Group(
    _("Ticked conversations"),
    (
        Shortcut(_("Archive"), "e"),
        Shortcut(_("Take"), "a"),
        Shortcut(_("Snooze"), "s"),
        Shortcut(_("Mark as spam"), "!"),
    ),
)
