"""What happened lately in the mailboxes that somebody may read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Nobody else's business, or of no interest to anybody.
LEFT_OUT: Final = frozenset(
    {
        *(Action.Kind.STARRED, Action.Kind.READ, Action.Kind.UNREAD),
        *(Action.Kind.SUBSCRIBED, Action.Kind.UNSUBSCRIBED, Action.Kind.FEED_RENEWED),
    }
)
#: So many are read for each that is shown, as some are left out.
SPARE: Final = 4


class Recent(NamedTuple):
    """Something that happened; what it happened to has a subject while it is there."""

    action: Action
    subject: str | None


def recent_actions(mailboxes: Sequence[int], *, most: int) -> list[Recent]:
    """Return the latest of what happened in these mailboxes, newest first.

    They must be ones that are read by whoever asks. What has moved to another mailbox
    since is left out with all that it says.
    """
    rows = _latest(mailboxes, most=most * SPARE)
    shown = [row for row in rows if row.kind not in LEFT_OUT]
    known = _conversations(shown)
    found = []
    for row in shown:
        mailbox, subject = known.get(
            row.conversation_number, (row.mailbox_number, None)
        )
        if mailbox in mailboxes:
            found.append(Recent(row, subject))
    return found[:most]


def _latest(
    mailboxes: Sequence[int], *, most: int
) -> "QuerySet[Action] | list[Action]":
    """Return the newest rows over these mailboxes, each read from its own index."""
    arms = [
        Action.objects.filter(mailbox_number=number).order_by("-pk").values("pk")[:most]
        for number in mailboxes
    ]
    if not arms:
        return []
    # SQLite takes no part of a union that is sliced, but one that names a slice.
    numbers = [Action.objects.filter(pk__in=arm).values("pk") for arm in arms]
    either = numbers[0].union(*numbers[1:], all=True) if len(arms) > 1 else numbers[0]
    return Action.objects.filter(pk__in=either).order_by("-pk")[:most]


def _conversations(
    actions: Sequence[Action],
) -> dict[int | None, tuple[int, str | None]]:
    numbers = {row.conversation_number for row in actions if row.conversation_number}
    rows = Conversation.objects.filter(pk__in=numbers)
    return {
        number: (mailbox, subject)
        for number, mailbox, subject in rows.values_list("pk", "mailbox", "subject")
    }
