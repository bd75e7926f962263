"""What a place is: some conversations that one came from and returns to."""

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from wagtail_ecp.inbox.lists import Neighbours
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet


class Place(ABC):
    """Some conversations in an order, on a page of ours."""

    @property
    @abstractmethod
    def key(self) -> str:
        """What it travels as."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of the page that was open."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What people call it."""

    @abstractmethod
    def everything(self) -> ConversationQuerySet:
        """Return all conversations that it holds, in no order."""

    @abstractmethod
    def neighbours(self, conversation: Conversation) -> Neighbours:
        """Return what lies beside a conversation, for a few look-ups in an index."""

    @property
    def where(self) -> dict[str, Any] | None:
        """What a bulk change keeps of it, to find the same again in a job.

        None for what can't be changed as a whole; see ``inbox.bulk_sources``.
        """
        return None

    @property
    def number(self) -> int | None:
        """How many conversations it holds, where that is kept; nothing is counted."""
        return None

    def url_of(self, number: int) -> str:
        """Return the address of a conversation that leads back here."""
        url = reverse("wagtail_ecp:conversation", args=[number])
        return f"{url}?from={quote(self.key, safe='/')}"
