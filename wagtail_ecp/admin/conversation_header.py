"""What a conversation is: the facts above its messages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from django.forms import Media
from django.utils.translation import gettext as _

from wagtail_ecp.inbox.models import Conversation, Folder, Merge


@dataclass(frozen=True, slots=True)
class Header:
    """The facts, in words."""

    title: str
    status: str
    folder_label: str
    merges: Iterable[Merge]
    media: Media = field(
        default_factory=partial(Media, css={"all": ["wagtail_ecp/css/marks.css"]})
    )


def header(found: Conversation) -> Header:
    """Return what stands above the messages of ``found``."""
    standing = found.merges.filter(undone_at=None)
    return Header(
        title=found.subject or _("(no subject)"),
        status=str(Conversation.Status(found.status).label),
        folder_label=str(Folder(found.folder).label),
        merges=standing.order_by("at").only("gone", "by_name", "at"),
    )
