"""Feeds of mailboxes: what came in, in the order in which it did."""

from dataclasses import dataclass
from typing import Final, Self

from django.conf import settings
from django.utils.translation import gettext as _

from wagtail_ecp.feeds import belongings, entries
from wagtail_ecp.feeds.feed import Feed
from wagtail_ecp.feeds.frame import Frame
from wagtail_ecp.inbox import feed_versions
from wagtail_ecp.inbox.feed_versions import Version
from wagtail_ecp.inbox.models import Folder, Mailbox, Message

#: Messages on one page.
MOST: Final = 50
_DIGITS: Final = 18


@dataclass(frozen=True)
class ShownMailbox:
    """A mailbox that its member may read."""

    frame: Frame
    version: Version

    @classmethod
    def open(cls, frame: Frame) -> Self | None:
        """Return it, for one query; None if its member may not read it."""
        readable = Mailbox.objects.visible_to(frame.subscription.user)
        number = frame.subscription.target_id
        version = feed_versions.of_mailboxes(readable.filter(pk=number)).get(number)
        return cls(frame, version) if version else None

    def feed(self, before: str) -> Feed:
        """Return one page of the mail, the latest first."""
        messages, has_more = self._page(before)
        found = belongings.of({m.conversation_id for m in messages}, messages)
        frame = self.frame
        subscription = frame.subscription
        oldest = messages[-1].pk if messages else 0
        return Feed(
            id=frame.identifier(),
            title=subscription.mailbox_name,
            subtitle=_("New mail for %(address)s")
            % {"address": subscription.mailbox_address},
            page_url=frame.page("folder", subscription.target_id, Folder.INBOX),
            self_url=frame.address(before=before) if before else frame.address(),
            updated=self.version.changed_at,
            entries=tuple(entries.of_message(frame, m, found) for m in messages),
            next_url=frame.address(before=oldest) if has_more else None,
            language=settings.LANGUAGE_CODE,
        )

    def _page(self, before: str) -> tuple[list[Message], bool]:
        subscription = self.frame.subscription
        visible = Message.objects.visible_to(subscription.user)
        news = visible.news(subscription.target_id)
        if before.isascii() and before.isdecimal() and len(before) <= _DIGITS:
            news = news.filter(pk__lt=int(before))
        if not self.frame.has_bodies:
            news = news.defer("text")
        rows = list(news[: MOST + 1])
        return rows[:MOST], len(rows) > MOST
