"""Who has a conversation open just now, and who is answering it.

Advice, not a lock: what guards against two answers is that sending is refused, once,
when something came meanwhile.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db.models.functions import Now
from django.utils import timezone

from wagtail_ecp.inbox.models import Conversation, Presence
from wagtail_ecp.journal.actions import display_name

if TYPE_CHECKING:
    from django.contrib.auth.models import User

#: Who said so little ago that they are here is not written down again.
FRESH = timedelta(seconds=8)
#: Whom a page names; of more it is enough that there are some.
NAMED = 20
#: Of more who are answering at once, a list names those that it heard of last.
MOST = 200


class Present(NamedTuple):
    """A colleague who has the conversation open."""

    name: str
    is_replying: bool

    @property
    def initials(self) -> str:
        """One or two letters that stand for the name."""
        words = self.name.split()
        letters = [words[0][0], *(word[0] for word in words[1:][-1:])] if words else []
        return "".join(letters).upper()


def others(conversation: Conversation, *, than: "User") -> list[Present]:
    """Return who else is here, those who are answering first."""
    return [_present(row) for row in _here(conversation) if row.user_id != than.pk]


def tell(
    conversation: Conversation, *, user: "User", is_replying: bool
) -> list[Present]:
    """Note that ``user`` is here; return who else is.

    Costs two queries; who said the same a moment ago costs one.
    """
    here = _here(conversation)
    own = next((row for row in here if row.user_id == user.pk), None)
    is_known = own is not None and own.is_replying == is_replying
    if own is None or not is_known or own.seen_at < timezone.now() - FRESH:
        _note(conversation, user=user, is_replying=is_replying)
    return [_present(row) for row in here if row.user_id != user.pk]


def leave(conversation: Conversation, *, user: "User") -> None:
    """Note that ``user`` has closed the conversation."""
    Presence.objects.filter(conversation=conversation, user=user.pk).delete()


def replying(mailboxes: Collection[int], *, but: "User | Any") -> dict[int, str]:
    """Return who else is answering which conversation of these mailboxes, by number.

    One query, which begins with who is here at all: few, however much mail there is.
    """
    rows = Presence.objects.current().filter(
        conversation__mailbox__in=mailboxes, is_replying=True, user__is_active=True
    )
    found: dict[int, str] = {}
    latest = rows.exclude(user=but.pk).select_related("user").order_by("-seen_at", "pk")
    for row in latest[:MOST]:
        found.setdefault(row.conversation_id, display_name(row.user))
    return found


def remove_old() -> None:
    """Delete what pages that were closed without a word have left."""
    Presence.objects.filter(seen_at__lt=Now() - timedelta(hours=1)).delete()


def _here(conversation: Conversation) -> list[Presence]:
    rows = Presence.objects.current().filter(
        conversation=conversation, user__is_active=True
    )
    name = f"user__{get_user_model().USERNAME_FIELD}"
    return list(rows.select_related("user").order_by("-is_replying", name)[:NAMED])


def _present(row: Presence) -> Present:
    return Present(display_name(row.user), row.is_replying)


def _note(conversation: Conversation, *, user: "User", is_replying: bool) -> None:
    Presence.objects.bulk_create(
        [
            Presence(
                conversation=conversation,
                user_id=user.pk,
                is_replying=is_replying,
                seen_at=timezone.now(),
            )
        ],
        update_conflicts=True,
        unique_fields=["user", "conversation"],
        update_fields=["is_replying", "seen_at"],
    )
