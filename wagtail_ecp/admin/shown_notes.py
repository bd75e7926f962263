"""Notes among a conversation's messages: only colleagues read them."""

import re
from datetime import datetime
from typing import Final, NamedTuple

from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from wagtail_ecp.inbox.models import Conversation, Note

# At a word's beginning, so that no e-mail address is taken for one.
_MENTION: Final = re.compile(r"(?<![\w.@/])@\w[\w.+-]*\w|(?<![\w.@/])@\w")
_LINK: Final = re.compile(r"(<a [^>]*>.*?</a>)", re.DOTALL)


class ShownNote(NamedTuple):
    """A note, ready for the template."""

    note: Note
    author: str
    text: SafeString
    written_at: datetime
    is_changed: bool

    @property
    def kind(self) -> str:
        """What the template makes of it."""
        return "note"


def notes_of(conversation: Conversation) -> list[ShownNote]:
    """Return all notes, oldest first, for one query."""
    notes = Note.objects.filter(conversation=conversation.pk).order_by("at", "id")
    return [_shown(note) for note in notes]


def _shown(note: Note) -> ShownNote:
    return ShownNote(
        note=note,
        author=note.author_name or _("Somebody"),
        text=with_mentions(note.text.strip()),
        written_at=note.at,
        is_changed=note.changed_at is not None,
    )


def with_mentions(text: str) -> SafeString:
    """Return a note's text escaped, with its addresses as links and names marked."""
    html = urlize(text, nofollow=True, autoescape=True)
    outside = 'rel="nofollow noopener noreferrer" target="_blank"'
    pieces = _LINK.split(html.replace('rel="nofollow"', outside))
    # Every second piece is a link, whose address may have an @ of its own.
    pieces[::2] = [_MENTION.sub(_mark, piece) for piece in pieces[::2]]
    return mark_safe("".join(pieces))  # noqa: S308


def _mark(match: re.Match[str]) -> str:
    return f'<mark class="ecp-mention">{match[0]}</mark>'
