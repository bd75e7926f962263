"""A feed and its entries, whichever format a reader wants."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file that an entry names; whoever wants it logs in."""

    name: str
    size: int
    content_type: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One item of a feed.

    ``id`` is a URI that never changes; readers take what has the same one for the same
    item, in whichever feed it is. ``html`` is shown as it is and must come from
    ``mail.html.sanitise``; without it ``text`` is shown. Times know their zone.
    """

    id: str
    title: str
    author: str
    url: str
    at: datetime
    updated: datetime
    tags: tuple[str, ...] = ()
    text: str = ""
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What a reader gets: some entries, and where there are more.

    Entries stay in their order. ``updated`` is the time of the last visible change.
    ``is_complete`` says that nothing exists beyond these entries, ``next_url`` where
    older ones are: never both.
    """

    id: str
    title: str
    subtitle: str
    page_url: str
    self_url: str
    updated: datetime
    entries: tuple[Entry, ...]
    next_url: str | None = None
    is_complete: bool = False
    language: str
