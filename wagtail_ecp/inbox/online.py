"""Who has the e-mail centre open just now, and what they look at."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import F
from django.utils import timezone

from wagtail_ecp.inbox.models import LastSeen, Presence
from wagtail_ecp.journal.actions import display_name

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Who was written down so little ago is not written down again.
FRESH: Final = timedelta(seconds=60)
#: Who was away for longer has come anew.
AWAY: Final = timedelta(minutes=10)
#: Of more people a page says only that there are more.
MOST: Final = 30


class Looked(NamedTuple):
    """A conversation that somebody has open."""

    number: int
    subject: str


class Online(NamedTuple):
    """Somebody who is here."""

    name: str
    since: datetime
    is_oneself: bool
    at: Looked | None


def note(user: "User | Any") -> None:
    """Note that ``user`` is here: one query, and one write a minute at most."""
    now = timezone.now()
    last = LastSeen.objects.filter(user=user.pk).first()
    if last is None:
        LastSeen.objects.bulk_create(
            [LastSeen(user_id=user.pk, since=now, seen_at=now)], ignore_conflicts=True
        )
    elif last.seen_at <= now - FRESH:
        since = now if last.seen_at < now - AWAY else F("since")
        # Of two pages that ask at the same moment one finds nothing to do.
        stale = LastSeen.objects.filter(pk=last.pk, seen_at=last.seen_at)
        stale.update(seen_at=now, since=since)


def online(user: "User | Any", mailboxes: Collection[int]) -> list[Online]:
    """Return who is here, the first who came first, in two queries.

    What they look at is told of conversations of these mailboxes alone, which ``user``
    must be allowed to read.
    """
    people = LastSeen.objects.online().select_related("user")
    rows = list(people.order_by("since", "pk")[: MOST + 1])
    looked = _looked([row.user_id for row in rows], mailboxes)
    return [
        Online(
            display_name(row.user),
            row.since,
            row.user_id == user.pk,
            looked.get(row.user_id),
        )
        for row in rows
    ]


def remove_old() -> None:
    """Forget who was not here for a week."""
    LastSeen.objects.filter(seen_at__lt=timezone.now() - timedelta(days=7)).delete()


def _looked(users: Collection[Any], mailboxes: Collection[int]) -> dict[Any, Looked]:
    here = Presence.objects.current().filter(
        user__in=users, conversation__mailbox__in=mailboxes
    )
    rows = here.order_by("seen_at", "pk").values_list(
        "user", "conversation", "conversation__subject"
    )
    return {user: Looked(number, subject) for user, number, subject in rows}
