"""Feeds of saved searches: conversations as they come to match."""

from dataclasses import dataclass
from typing import Final, Self

from django.conf import settings
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from wagtail_ecp.feeds import belongings, entries
from wagtail_ecp.feeds.feed import Feed
from wagtail_ecp.feeds.frame import Frame
from wagtail_ecp.inbox import feed_versions
from wagtail_ecp.inbox.feed_versions import Version
from wagtail_ecp.inbox.models import Mailbox, SavedSearch
from wagtail_ecp.inbox.search import changes
from wagtail_ecp.inbox.search.finding import Search
from wagtail_ecp.inbox.search.viewing import Viewer
from wagtail_ecp.inbox.search.vocabulary import Rule, read

#: Conversations in the feed: those that changed last.
MOST: Final = 50


@dataclass(frozen=True)
class ShownSearch:
    """A saved search that its member may run, over the mail that they may read now."""

    frame: Frame
    saved: SavedSearch
    viewer: Viewer
    versions: dict[int, Version]

    @classmethod
    def open(cls, frame: Frame) -> Self | None:
        """Return it, for one query; None if its member may not run it, or has no mail."""
        saved, user = frame.subscription.saved_search, frame.subscription.user
        assert saved is not None  # noqa: S101 - it is of this kind.
        versions = feed_versions.of_mailboxes(Mailbox.objects.visible_to(user))
        if not versions or not saved.is_offered_to(user):
            return None
        zone = frame.subscription.account.time_zone
        viewer = Viewer.known(user, versions, zone=zone, asks_once=True)
        return cls(frame, saved, viewer, versions)

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        return read(self.saved.rules)

    @property
    def version(self) -> Version:
        """That of all its member's mailboxes, of its rules, and of the clock."""
        mark, changed_at = feed_versions.together(self.versions.items())
        since = changes.since(self._rules, self.viewer.clock)
        times = [changed_at, self.saved.changed_at, *([since] if since else [])]
        ruled = self.saved.changed_at.isoformat()
        clock = since.isoformat() if since else ""
        return Version(f"{mark} {ruled} {clock}", max(times))

    def feed(self, before: str) -> Feed:
        """Return what matches and changed last; there are no more pages."""
        del before
        search = Search(self._rules, self.viewer)
        rows = changes.last_changed(search, most=MOST)
        found = belongings.of([row.pk for row in rows])
        frame = self.frame
        return Feed(
            id=frame.identifier(),
            title=self.saved.name,
            subtitle=_("Conversations that match a saved search"),
            page_url=frame.page("saved_search", self.saved.pk),
            self_url=frame.address(),
            updated=self.version.changed_at,
            entries=tuple(entries.of_conversation(frame, row, found) for row in rows),
            language=settings.LANGUAGE_CODE,
        )
