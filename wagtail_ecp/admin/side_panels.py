"""What stands beside a conversation's messages."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.forms import Media

from wagtail_ecp.admin.conversation_history import Entry, history
from wagtail_ecp.inbox.models import Conversation


@dataclass(frozen=True, slots=True)
class Side:
    """What is told about a conversation that is not in its messages."""

    history: Sequence[Entry]
    media: Media = field(default_factory=Media)


def side(found: Conversation) -> Side:
    """Return what is told about ``found``."""
    return Side(history=history(found))
