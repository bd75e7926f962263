"""A conversation's messages as the page shows them; no raw mail is opened for it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Prefetch
from django.utils.safestring import SafeString

from wagtail_ecp.admin.quoted_text import folded
from wagtail_ecp.admin.scores import ShownScore, shown_score
from wagtail_ecp.contacts.models import Contact
from wagtail_ecp.inbox.models import Attachment, Conversation, Message, Outbox
from wagtail_ecp.mail.addresses import Address
from wagtail_ecp.spam.models import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Characters; a longer text continues on a page of its own.
TEXT_SHOWN: Final = 20_000
#: Lines that fit the frames' heights; the tallest takes all others.
FRAME_LINES: Final = (3, 8, 14, 22, 32)
_CHARACTERS_A_LINE: Final = 90


@dataclass(frozen=True, slots=True)
class Shown:
    """One message, ready for the template."""

    message: Message
    text: SafeString
    is_cut: bool
    frame_size: int
    files: list[Attachment]
    outbox: Outbox | None
    score: ShownScore | None
    # Spam among accepted mail.
    is_folded: bool = False
    # One of several that came in, which can be judged by itself.
    is_one_of_several: bool = False

    @property
    def is_from_contact(self) -> bool:
        """Whether a member added its sender."""
        contact = self.message.contact
        return contact is not None and contact.origin == Contact.Origin.ADDED

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
    def refusals(self) -> list[tuple[str, str]]:
        """Whom the server did not take it for, in its own words."""
        if self.outbox is None:
            return []
        return [
            (recipient.address, recipient.answer)
            for recipient in self.outbox.recipients.all()
            if recipient.state == recipient.State.REFUSED
        ]


def shown(conversation: Conversation) -> list[Shown]:
    """Return all messages, oldest first, for four queries whatever their number."""
    related = conversation.messages.in_order().select_related("outbox", "contact")
    marks = Prefetch("marks", Mark.objects.defer("features"))
    messages = list(
        related.prefetch_related("attachments", "outbox__recipients", marks)
    )
    is_any_accepted = not all(message.is_spam for message in messages)
    are_several = sum(not message.is_ours for message in messages) > 1
    return [
        _shown(
            message,
            is_folded=message.is_spam and is_any_accepted,
            is_one_of_several=are_several and not message.is_ours,
        )
        for message in messages
    ]


def _shown(message: Message, **place: bool) -> Shown:
    text = message.text.strip()
    return Shown(
        message=message,
        text=folded(text[:TEXT_SHOWN]),
        is_cut=len(text) > TEXT_SHOWN,
        frame_size=_frame_size(text),
        files=[file for file in message.attachments.all() if not file.is_inline],
        outbox=getattr(message, "outbox", None),
        score=shown_score(message),
        **place,
    )


def _frame_size(text: str) -> int:
    """Return how tall the HTML's frame begins, guessed: nothing in it may tell us."""
    lines = sum(1 + len(line) // _CHARACTERS_A_LINE for line in text.splitlines())
    fitting = [size for size, most in enumerate(FRAME_LINES, 1) if lines <= most]
    return fitting[0] if fitting else len(FRAME_LINES) + 1


def _people(message: Message, header: str) -> str:
    pairs: Iterable[list[str]] = message.addresses.get(header, ())
    return ", ".join(written(Address(*pair)) for pair in pairs)


def written(address: Address) -> str:
    """Return ``name <address>`` as people write it and ``parse_addresses`` reads it."""
    if not address.name or not address.address:
        return address.address or address.name
    name = address.name
    if any(character in name for character in '",;:<>@()[]\\'):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return f"{name} <{address.address}>"
