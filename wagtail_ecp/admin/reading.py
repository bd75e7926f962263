"""A conversation's messages as the page shows them; no raw mail is opened for it."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from django.db.models import Prefetch
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from wagtail_ecp.admin.ages import age
from wagtail_ecp.admin.collapsing import shown_whole
from wagtail_ecp.admin.quoted_text import folded
from wagtail_ecp.admin.scores import ShownScore, heading_score
from wagtail_ecp.admin.shown_files import ShownFile, shown_files
from wagtail_ecp.admin.shown_links import links_of, read_links, with_links
from wagtail_ecp.admin.shown_notes import ShownNote, notes_of
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.joined import stamp
from wagtail_ecp.inbox.models import (
    Attachment,
    Conversation,
    FileLink,
    Message,
    Outbox,
)
from wagtail_ecp.journal.models import Action
from wagtail_ecp.mail.addresses import Address, written

if TYPE_CHECKING:
    from wagtail_ecp.inbox.models.messages import MessageQuerySet

#: Characters; a longer text continues on a page of its own.
TEXT_SHOWN: Final = 20_000
#: Lines that fit the frames' heights; the tallest takes all others.
FRAME_LINES: Final = (3, 8, 14, 22, 32)
_CHARACTERS_A_LINE: Final = 90
#: Characters of a message that is one line.
SNIPPET: Final = 120
#: More people than these are named one by one only where somebody asks.
PEOPLE_NAMED: Final = 3

#: What a message's line shows, and what an answer to any message needs to know.
LINE: Final = (
    "addresses",
    "at",
    "author_name",
    "conversation_id",
    "direction",
    "has_attachments",
    "mailbox_id",
    "score__decision",
    "score__is_spam",
    "sender_address",
    "sender_name",
    "snippet",
    "stored_at",
    "subject",
)


class Line(NamedTuple):
    """One message of a long conversation, folded to one line; plain strings."""

    message: Message
    who: str
    snippet: str
    at: str
    age: str
    is_ours: bool
    is_spam: bool
    is_new: bool
    has_attachments: bool

    @property
    def kind(self) -> str:
        """What the template makes of it."""
        return "line"


@dataclass(frozen=True, slots=True)
class Shown:
    """One message, ready for the template."""

    kind: ClassVar[str] = "message"

    message: Message
    text: SafeString
    is_cut: bool
    frame_size: int
    files: list[ShownFile]
    #: What was too large to go along.
    links: Iterable[FileLink]
    outbox: Outbox | None
    score: ShownScore | None
    # Spam among accepted mail.
    is_folded: bool = False

    @property
    def is_from_contact(self) -> bool:
        """Whether a member added its sender."""
        contact = self.message.contact
        return contact is not None and contact.origin == Contact.Origin.ADDED

    @property
    def sender(self) -> str:
        """Who sent it, name and address."""
        return written(Address(self.message.sender_name, self.message.sender_address))

    @property
    def to(self) -> str:
        """Whom it is addressed to."""
        return _people(self.message, "to")

    @property
    def cc(self) -> str:
        """Who got a copy."""
        return _people(self.message, "cc")

    @property
    def bcc(self) -> str:
        """Who got a copy of our answer unseen by the others."""
        return _people(self.message, "bcc")

    @property
    def reply_to(self) -> str:
        """Where answers are to go, if not to the sender."""
        return _people(self.message, "reply_to")

    @property
    def recipients(self) -> str:
        """The first names of whom it went to, for one line."""
        pairs = [*_pairs(self.message, "to"), *_pairs(self.message, "cc")]
        names = [name or address for name, address in pairs]
        shown = ", ".join(names[:PEOPLE_NAMED])
        if len(names) <= PEOPLE_NAMED:
            return shown
        return _("%(names)s and %(number)s more") % {
            "names": shown,
            "number": len(names) - PEOPLE_NAMED,
        }

    @property
    def refusals(self) -> list[tuple[str, str]]:
        """Whom the server did not take it for, in its own words."""
        if self.outbox is None:
            return []
        return [
            (recipient.address, recipient.answer)
            for recipient in self.outbox.recipients.all()
            if recipient.state == recipient.State.REFUSED
        ]


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation's messages, oldest first, and the notes that stand among them."""

    rows: list[Shown | Line]
    notes: list[ShownNote]
    is_newest_first: bool = False
    #: When it was read: what joins it later is news.
    stamp: str = field(default_factory=stamp)

    @property
    def entries(self) -> list[Shown | Line | ShownNote]:
        """Messages and notes by time, in the order in which they are read."""
        timed = [(row.message.at, row) for row in self.rows]
        everything: list[tuple[datetime, Shown | Line | ShownNote]] = [
            *timed,
            *((note.written_at, note) for note in self.notes),
        ]
        everything.sort(key=itemgetter(0), reverse=self.is_newest_first)
        return [entry for _at, entry in everything]

    @property
    def newest(self) -> int:
        """The number of the message that was stored last."""
        return max((row.message.pk for row in self.rows), default=0)

    @property
    def is_collapsed(self) -> bool:
        """Whether some of its messages are one line."""
        return any(row.kind == "line" for row in self.rows)


def thread(
    conversation: Conversation,
    *,
    unread_since: datetime | None = None,
    opened: Container[int] = (),
    is_newest_first: bool = False,
) -> Thread:
    """Return all messages and notes, for seven queries whatever their number.

    Of the messages in between only what their lines show is read. What came after
    ``unread_since`` is new to the team.
    """
    messages = list(lines_of(conversation))
    unread = _unread(messages, since=unread_since)
    numbers = [message.pk for message in messages]
    whole = shown_whole(numbers, unread=unread, opened=opened)
    full = list(in_whole(conversation.messages.filter(pk__in=whole)))
    read_links(full)
    has_accepted = not all(message.is_spam for message in messages)
    rows: dict[int, Shown | Line] = {
        message.pk: shown(message, is_folded=message.is_spam and has_accepted)
        for message in full
    }
    now = timezone.localtime()
    for message in messages:
        if message.pk not in rows:
            is_new = message.pk in unread
            rows[message.pk] = line(message, is_new=is_new, now=now)
    return Thread(
        [rows[number] for number in numbers],
        notes_of(conversation),
        is_newest_first=is_newest_first,
    )


def unread_since(conversation: Conversation) -> datetime | None:
    """Return when the team last opened an unread conversation; one query."""
    opened = Action.objects.filter(
        conversation_number=conversation.pk, kind=Action.Kind.READ
    )
    at = opened.order_by("-pk").values_list("at", flat=True).first()
    return at or conversation.began_at


def lines_of(conversation: Conversation) -> "MessageQuerySet":
    """Return the messages with what ``line`` needs of them, in order."""
    return conversation.messages.in_order().only(*LINE)


def in_whole(messages: "MessageQuerySet") -> "MessageQuerySet":
    """Return ``messages`` with all that ``shown`` needs of them."""
    files = Prefetch("attachments", Attachment.objects.filter(is_inline=False))
    related = messages.in_order().select_related("outbox", "contact")
    return with_links(related).prefetch_related(files, "outbox__recipients")


def _unread(messages: Iterable[Message], *, since: datetime | None) -> set[int]:
    if since is None:
        return set()
    news = (m for m in messages if m.stored_at >= since and not m.is_ours)
    return {message.pk for message in news}


def shown(message: Message, *, is_folded: bool = False) -> Shown:
    """Return one of ``in_whole`` messages for the template."""
    text = message.text.strip()
    return Shown(
        message=message,
        text=folded(text[:TEXT_SHOWN]),
        is_cut=len(text) > TEXT_SHOWN,
        frame_size=_frame_size(text),
        files=shown_files(message.attachments.all()),
        links=links_of(message),
        outbox=getattr(message, "outbox", None),
        score=heading_score(message),
        is_folded=is_folded,
    )


def line(message: Message, *, is_new: bool, now: datetime) -> Line:
    """Return one of ``lines_of`` for the template."""
    return Line(
        message=message,
        who=message.author_name
        or message.sender_name
        or message.sender_address
        or _("unknown sender"),
        snippet=message.snippet[:SNIPPET],
        at=message.at.isoformat(timespec="minutes"),
        age=age(message.at, now=now),
        is_ours=message.is_ours,
        is_spam=message.is_spam,
        is_new=is_new,
        has_attachments=message.has_attachments,
    )


def _frame_size(text: str) -> int:
    """Return how tall the HTML's frame begins, guessed: nothing in it may tell us."""
    lines = sum(1 + len(line) // _CHARACTERS_A_LINE for line in text.splitlines())
    fitting = [size for size, most in enumerate(FRAME_LINES, 1) if lines <= most]
    return fitting[0] if fitting else len(FRAME_LINES) + 1


def _people(message: Message, header: str) -> str:
    return ", ".join(written(Address(*pair)) for pair in _pairs(message, header))


def _pairs(message: Message, header: str) -> Iterable[list[str]]:
    pairs: Iterable[list[str]] = message.addresses.get(header, ())
    return pairs
