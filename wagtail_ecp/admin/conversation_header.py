"""What a conversation is: the facts above its messages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

from django.forms import Media
from django.utils.translation import gettext as _

from wagtail_ecp.admin.lookups import Reading
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.admin.place import Place
from wagtail_ecp.admin.places import came_from
from wagtail_ecp.inbox.models import Conversation, Folder, Merge


@dataclass(frozen=True, slots=True)
class Header:
    """The facts, in words."""

    title: str
    status: str
    folder_label: str
    merges: Iterable[Merge]
    # The list that one came from, and what lies beside the conversation there.
    place: Place
    previous_url: str = ""
    next_url: str = ""
    media: Media = field(
        default_factory=partial(Media, css={"all": ["wagtail_ecp/css/marks.css"]})
    )


def header(request: AdminRequest, reading: Reading) -> Header:
    """Return what stands above the messages of the conversation."""
    found = reading.conversation
    place = came_from(request, found)
    beside = place.neighbours(found)
    return Header(
        title=found.subject or _("(no subject)"),
        status=str(Conversation.Status(found.status).label),
        folder_label=str(Folder(found.folder).label),
        merges=_merges(found) if reading.has_merges else [],
        place=place,
        previous_url=place.url_of(beside.previous) if beside.previous else "",
        next_url=place.url_of(beside.next) if beside.next else "",
    )


def _merges(found: Conversation) -> Iterable[Merge]:
    standing = found.merges.filter(undone_at=None)
    return standing.order_by("at").only("gone", "by_name", "at")
