"""What an empty list says: what it is for, and what to do."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: By the list's name: a heading, and advice.
EMPTY: "dict[str, tuple[StrOrPromise, StrOrPromise]]" = {
    "inbox": (
        _("Nothing waits here."),
        _("New mail appears in this list by itself."),
    ),
    "waiting": (
        _("Nobody waits for an answer."),
        _("What was not answered yet is listed here, the longest waiting first."),
    ),
    "mine": (
        _("Nothing is assigned to you."),
        _("Take a conversation from “Unassigned”, or wait until one is given to you."),
    ),
    "unassigned": (
        _("Somebody answers for everything."),
        _("New mail that nobody has taken yet appears in this list."),
    ),
    "drafts": (
        _("Nobody is writing."),
        _("What is begun and not sent is kept here, for the whole team to go on with."),
    ),
    "starred": (
        _("You have no stars."),
        _("Put a star on a conversation to find it again here; only you see it."),
    ),
    "snoozed": (
        _("Nothing sleeps."),
        _("Snooze a conversation to have it back in the inbox when its time comes."),
    ),
    "sent": (
        _("Nothing was answered yet."),
        _("Conversations that your team has answered are listed here."),
    ),
    "archive": (
        _("Nothing is archived yet."),
        _(
            "Archive a conversation when it is done: a reply brings it back to the"
            " inbox."
        ),
    ),
    "spam": (
        _("There is no spam."),
        _("Mail that is judged to be spam lies here, out of the way."),
    ),
    "trash": (
        _("The trash is empty."),
        _("Move here what nobody needs; a reply brings it back."),
    ),
}

#: What a list says that is empty because of its filters.
NARROWED: "tuple[StrOrPromise, StrOrPromise]" = (
    _("Nothing here is like that."),
    _("Take a filter away above, or look in another list, to see more."),
)
