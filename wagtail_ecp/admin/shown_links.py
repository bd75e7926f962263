"""Files that a sent message leads to: most messages lead to none, and cost no query."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, prefetch_related_objects

from wagtail_ecp.inbox.models import FileLink, Message

if TYPE_CHECKING:
    from wagtail_ecp.inbox.models.messages import MessageQuerySet

HAS_LINKS: Final = "ecp_has_links"


def with_links(messages: "MessageQuerySet") -> "MessageQuerySet":
    """Return ``messages``, each knowing whether it leads to files."""
    links = FileLink.objects.filter(message=OuterRef("pk"))
    return messages.annotate(**{HAS_LINKS: Exists(links)})


def read_links(messages: Sequence[Message]) -> None:
    """Read at once the files that any of ``with_links`` messages lead to."""
    linking = [message for message in messages if getattr(message, HAS_LINKS)]
    prefetch_related_objects(linking, "file_links")


def links_of(message: Message) -> Iterable[FileLink]:
    """Return the files that one of ``with_links`` messages leads to."""
    return message.file_links.all() if getattr(message, HAS_LINKS) else ()
