"""Keyset paging: a page begins after a row, so that the hundredth costs as the first."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Self

from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
# As many digits as a datetime and a database's integer surely hold.
_CURSOR: Final = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")


class Cursor(NamedTuple):
    """The last row of the page before, in the order of the list."""

    at: datetime
    number: int

    @classmethod
    def after(cls, conversation: Conversation) -> Self:
        """Return the cursor of what comes after ``conversation``."""
        return cls(conversation.last_message_at, conversation.pk)

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return what ``str`` of a cursor gave; None for anything else."""
        found = _CURSOR.fullmatch(text)
        if found is None:
            return None
        at, number = map(int, found.groups())
        return cls(_EPOCH + at * _MICROSECOND, number)

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.number}"

    def rest_of(self, conversations: ConversationQuerySet) -> ConversationQuerySet:
        """Return what comes after the cursor in a list that is newest first.

        Written so that the index is entered at the right place: an OR would be
        answered by reading the folder from its beginning.
        """
        return conversations.filter(last_message_at__lte=self.at).exclude(
            last_message_at=self.at, pk__gte=self.number
        )
