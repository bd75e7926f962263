"""Feeds of conversations: their messages, and their notes where that was chosen."""

from dataclasses import dataclass
from typing import Final, Self

from django.conf import settings
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from wagtail_ecp.feeds import belongings, entries
from wagtail_ecp.feeds.feed import Feed
from wagtail_ecp.feeds.frame import Frame
from wagtail_ecp.inbox.cursors import Cursor, Order
from wagtail_ecp.inbox.feed_versions import Version
from wagtail_ecp.inbox.models import Conversation, Message, Note
from wagtail_ecp.inbox.models.conversations import JUNK
from wagtail_ecp.inbox.models.notes import NoteQuerySet

#: Messages on one page, and as many notes; few conversations have more.
MOST: Final = 100
NEWEST: Final = Order("at")


@dataclass(frozen=True)
class ShownConversation:
    """A conversation that its member may read: the whole of which it is a part."""

    frame: Frame
    conversation: Conversation

    @classmethod
    def open(cls, frame: Frame) -> Self | None:
        """Return it, for one query; None if its member may not read it."""
        visible = Conversation.objects.visible_to(frame.subscription.user)
        part = Conversation.objects.filter(pk=frame.subscription.target_id)
        near = part.values(ecp_whole=Coalesce("merged_into", "pk"))
        found = next(iter(visible.whole().filter(pk__in=near)), None)
        if found is None:  # A part of a part, or nothing to be read.
            found = visible.filter(pk=part.get().whole.pk).first()
        return cls(frame, found) if found else None

    @property
    def version(self) -> Version:
        """The conversation's own."""
        row = self.conversation
        return Version(f"{row.pk}.{row.version}", row.changed_at)

    def feed(self, before: str) -> Feed:
        """Return one page, which is nearly always all of it, the latest first."""
        cursor = Cursor.read(before)
        messages, has_more = self._page(cursor)
        oldest = NEWEST.cursor(messages[-1]) if has_more else None
        found = belongings.of(
            [self.conversation.pk], messages, notes=self._notes(cursor, oldest)
        )
        frame, row = self.frame, self.conversation
        told = [entries.of_message(frame, message, found) for message in messages]
        told += [entries.of_note(frame, note, row) for note in found.notes]
        told.sort(key=lambda entry: entry.at, reverse=True)
        return Feed(
            id=frame.identifier(),
            title=row.subject or f"#{row.pk}",
            subtitle=_("Conversation #%(number)s") % {"number": row.pk},
            page_url=frame.page_of(row),
            self_url=frame.address(before=before) if cursor else frame.address(),
            updated=row.changed_at,
            entries=tuple(told),
            next_url=frame.address(before=oldest) if oldest else None,
            is_complete=not cursor and not has_more and len(found.notes) < MOST,
            language=settings.LANGUAGE_CODE,
        )

    def _page(self, cursor: Cursor | None) -> tuple[list[Message], bool]:
        if self.conversation.folder in JUNK:
            return [], False
        visible = Message.objects.visible_to(self.frame.subscription.user)
        found = visible.filter(conversation=self.conversation)
        found = found.exclude(score__is_spam=True)
        if cursor:
            found = NEWEST.beyond(cursor, found)
        if not self.frame.has_bodies:
            found = found.defer("text")
        rows = list(NEWEST.sort(found)[: MOST + 1])
        return rows[:MOST], len(rows) > MOST

    def _notes(
        self, cursor: Cursor | None, oldest: Cursor | None
    ) -> NoteQuerySet | None:
        """Return the notes from between the page's bounds; None where nobody wants any."""
        if not self.frame.subscription.has_notes or self.conversation.folder in JUNK:
            return None
        visible = Note.objects.visible_to(self.frame.subscription.user)
        found = visible.filter(conversation=self.conversation)
        if cursor:
            found = found.filter(at__lt=cursor.at)
        if oldest:
            found = found.filter(at__gte=oldest.at)
        # SQLite takes no part of a union that is sliced, but one that names a slice.
        latest = found.order_by("-at", "-pk").values("pk")[:MOST]
        return Note.objects.filter(pk__in=latest)
