"""The only way into the journal."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.utils import timezone

from wagtail_ecp.journal.models import Action

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Kind = Action.Kind

#: What the numbers of the dashboard follow from: see metrics/history.py.
COUNTED: Final = frozenset(
    {
        *(Kind.RECEIVED, Kind.REPLIED, Kind.FORWARDED, Kind.BEGUN, Kind.UNSENT),
        *(Kind.SENT, Kind.SEND_FAILED, Kind.SEND_RETRIED, Kind.SEND_UNKNOWN),
        *(Kind.SEND_SETTLED, Kind.CHANGED_FOLDER, Kind.SNOOZED, Kind.SWITCHED),
        *(Kind.ASSIGNED, Kind.UNDONE, Kind.PURGED),
        *(Kind.MERGED, Kind.UNMERGED, Kind.SPLIT),
        *(Kind.MARKED_SPAM, Kind.MARKED_WANTED, Kind.MARK_TAKEN_BACK),
        Kind.JUDGED_AGAIN,
    }
)


def display_name(user: "User | None") -> str:
    """Return the name that stays in the history when ``user`` is gone."""
    if user is None:
        return ""
    full_name: str = getattr(user, "get_full_name", str)() or user.get_username()
    return full_name[:255]


class Subjects(NamedTuple):
    """What one action is about, by number."""

    mailbox: int
    conversation: int
    message: int | None = None
    data: dict[str, Any] = {}


def record_all(kind: Action.Kind, about: Iterable[Subjects]) -> None:
    """Write down that the machine did the same to many, with one statement."""
    now = timezone.now()
    Action.objects.bulk_create(
        Action(
            at=now,
            kind=kind,
            mailbox_number=one.mailbox,
            conversation_number=one.conversation,
            message_number=one.message,
            data=one.data,
            is_to_be_counted=kind in COUNTED,
        )
        for one in about
    )


def record(
    kind: Action.Kind,
    *,
    mailbox: int | None = None,
    conversation: int | None = None,
    message: int | None = None,
    by: "User | None" = None,
    data: dict[str, Any] | None = None,
) -> Action:
    """Write down that ``by`` (None: the machine) did this; belongs in its transaction."""
    return Action.objects.create(
        at=timezone.now(),
        kind=kind,
        user=by,
        user_name=display_name(by),
        mailbox_number=mailbox,
        conversation_number=conversation,
        message_number=message,
        data=data or {},
        is_to_be_counted=kind in COUNTED and conversation is not None,
    )
