"""What a subscription shows: a class for each kind of thing, found by its column."""

from typing import Final, Protocol

from wagtail_ecp.feeds.conversations import ShownConversation
from wagtail_ecp.feeds.feed import Feed
from wagtail_ecp.feeds.frame import Frame
from wagtail_ecp.feeds.mailboxes import ShownMailbox
from wagtail_ecp.feeds.searches import ShownSearch
from wagtail_ecp.inbox.feed_versions import Version


class Shown(Protocol):
    """Something that its member may read now, and of which nothing is read yet."""

    @property
    def version(self) -> Version:
        """What changes whenever the feed does."""

    def feed(self, before: str) -> Feed:
        """Return the page of it that begins there; nonsense is the first one."""


class Kind(Protocol):
    """A kind of thing that there are feeds of."""

    def open(self, frame: Frame) -> Shown | None:
        """Return what a subscription shows; None if its member may not read it."""


KINDS: Final[dict[str, Kind]] = {
    "mailbox": ShownMailbox,
    "conversation": ShownConversation,
    "saved_search": ShownSearch,
}


def open_for(frame: Frame) -> Shown | None:
    """Return what the subscription shows; None if its member may not read it now."""
    return KINDS[frame.subscription.column].open(frame)
