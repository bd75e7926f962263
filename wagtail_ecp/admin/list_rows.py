"""The rows of a list as HTML: fifty of them cost a template more than all the rest.

What stands in each row fifty times is short, and of our own words unquoted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import CharField, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from wagtail_ecp.admin.ages import Age
from wagtail_ecp.admin.junk_list import JunkList
from wagtail_ecp.admin.place import Place
from wagtail_ecp.inbox.models import ConversationTag, Folder, Star
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet
from wagtail_ecp.inbox.presence import replying

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SNIPPET: Final = 60  # characters; few screens have room for more beside a subject
#: As many tags as a row has room for; the conversation shows them all.
TAGS: Final = 3


class Found(NamedTuple):
    """What the list shows of a conversation; bodies stay in the database."""

    pk: int
    mailbox: int
    folder: str
    correspondent: str
    subject: str
    snippet: str
    assignee_name: str
    is_unread: bool
    has_attachments: bool
    message_count: int
    last_message_at: datetime
    waiting_since: datetime | None
    came_back_at: datetime | None
    junked_at: datetime | None
    snoozed_until: datetime | None
    last_answer_at: datetime | None


def found_rows(conversations: ConversationQuerySet) -> list[Found]:
    """Return what is shown of these, read as plainly as a database gives it."""
    return [Found._make(row) for row in conversations.values_list(*Found._fields)]


class Marks(NamedTuple):
    """Tags and stars of the rows of a page, and who else is answering which."""

    tags: dict[int, list[str]]
    starred: Collection[int]
    replying: dict[int, str]


def marks_of(
    rows: Sequence[Found], user: "User | Any", *, mailboxes: Collection[int]
) -> Marks:
    """Return them for two queries; ``mailboxes`` are those that the rows lie in."""
    numbers = [row.pk for row in rows]
    taggings = ConversationTag.objects.filter(conversation__in=numbers)
    stars = Star.objects.filter(conversation__in=numbers, user=user)
    nothing = Cast(Value(""), CharField())
    tags: dict[int, list[str]] = {}
    starred = set()
    found = taggings.values_list("conversation", "tag__key", "tag__name").union(
        stars.annotate(ecp_key=nothing, ecp_name=nothing).values_list(
            "conversation", "ecp_key", "ecp_name"
        ),
        all=True,
    )
    for number, key, name in sorted(found) if numbers else ():
        if key:
            tags.setdefault(number, []).append(name)
        else:
            starred.add(number)
    return Marks(tags, starred, replying(mailboxes, but=user) if numbers else {})


def replying_words(name: str) -> str:
    """Say that somebody is answering just now."""
    return _("%(name)s is replying") % {"name": name}


@dataclass
class Rows:
    """Writes rows; what they have in common is worked out once."""

    place: Place
    marks: Marks
    #: What stands in the third and fourth column instead, for Spam and Trash.
    junk: JunkList | None = None
    is_spam: bool = False
    #: Whether rows can be ticked.
    has_boxes: bool = True
    #: What their mailboxes are called, where they lie in several.
    mailboxes: Mapping[int, str] = field(default_factory=dict)
    now: datetime = field(default_factory=timezone.localtime)

    def __post_init__(self) -> None:
        # One address is resolved for all of them, which is fifty times cheaper.
        self._url = escape(self.place.url_of(0))
        self._unread = _sign("ecp-dot", _("unread")) + " "
        self._attached = _sign("ecp-clip", _("attachments")) + " "
        self._star = escape(_("Star"))
        self._back = (
            f'<span class="w-status">{escape(_("back from the trash"))}</span> '
        )
        self._no_subject = _("(no subject)")
        purged = escape(_("deleted after"))
        # What waits has an hourglass instead, which weighs less.
        self._fourth = f' data-label="{purged}"' if self.junk else ""
        self._score = escape(_("Score of 100:"))
        self._age = Age(self.now)

    def html(self, rows: Sequence[Found]) -> SafeString:
        """Return all rows; everything that a stranger wrote is escaped."""
        return mark_safe("".join(map(self._row, rows)))  # noqa: S308

    def _row(self, row: Found) -> str:
        unread = " class=ecp-unread" if row.is_unread else ""
        return (
            f"<tr{unread}><td>{self._sender(row)}</td>"
            f"<td>{self._conversation(row)}</td><td>{self._third_cell(row)}</td>"
            f"<td{self._fourth}>{self._fourth_cell(row)}</td>"
            f"<td>{escape(self._age(row.last_message_at))}</td></tr>\n"
        )

    def _sender(self, row: Found) -> str:
        box = (
            f"<input type=checkbox name=row value={row.pk}"
            f" aria-labelledby=c{row.pk} data-w-bulk-target=item>"
            if self.has_boxes
            else ""
        )
        several = f" <i>{row.message_count}</i>" if row.message_count > 1 else ""
        unread = self._unread if row.is_unread else ""
        return f"{unread}{box}{escape(row.correspondent)}{several}"

    def _conversation(self, row: Found) -> str:
        name = self.mailboxes.get(row.mailbox)
        before = (
            (self._back if row.came_back_at else "")
            + self._star_button(row)
            + (self._attached if row.has_attachments else "")
            + (f"<small>{escape(name)}</small> " if name else "")
        )
        url = self._url.replace("/0/", f"/{row.pk}/", 1)
        subject = escape(row.subject or self._no_subject)
        tags = "".join(
            f"<span class=ecp-tag>{escape(name)}</span> "
            for name in self.marks.tags.get(row.pk, ())[:TAGS]
        )
        snippet = escape(row.snippet[:SNIPPET])
        return (
            f'{before}<a href="{url}" id=c{row.pk}>{subject}</a> '
            f"{self._replying(row)}{tags}{snippet}"
        )

    def _star_button(self, row: Found) -> str:
        """Return the only button of the row; a class for each would weigh a kilobyte.

        Its form is above the list. In Spam and Trash stars are but taken off.
        """
        is_on = row.pk in self.marks.starred
        if self.junk and not is_on:
            return ""
        name, state = ("off", "true") if is_on else ("on", "false")
        return (
            f"<button form=star name={name} value={row.pk} aria-pressed={state}>"
            f"{self._star}</button> "
        )

    def _replying(self, row: Found) -> str:
        name = self.marks.replying.get(row.pk)
        if name is None:
            return ""
        return f"<b class=ecp-replying>{escape(replying_words(name))}</b> "

    def _third_cell(self, row: Found) -> str:
        if self.is_spam and self.junk:
            return self._score_cell(row, self.junk)
        if not row.assignee_name:
            return ""
        # Two letters are drawn, the name is read out, and shown where the pointer is.
        letters, name = escape(initials(row.assignee_name)), escape(row.assignee_name)
        return f'<b class="ecp-who" data-i="{letters}">{name}</b>'

    def _score_cell(self, row: Found, junk: JunkList) -> str:
        score = junk.score(row)
        if not score:
            return ""
        return (
            f'<span class="w-sr-only">{self._score} </span>{escape(score)} '
            '<svg class="ecp-meter" viewBox="0 0 100 10" preserveAspectRatio="none"'
            f' aria-hidden="true"><rect width="{junk.score_width(row)}" height="10"/>'
            "</svg>"
        )

    def _fourth_cell(self, row: Found) -> str:
        if self.junk:
            return escape(self.junk.purged(row, now=self.now))
        if row.waiting_since is None or row.folder != Folder.INBOX:
            return ""
        return escape(self._age.waiting(row.waiting_since))


def initials(name: str) -> str:
    """Return the first letters of the first and the last word of a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def _sign(name: str, words: str) -> str:
    """Return what CSS draws, with its words for whom it is not drawn."""
    return f"<b class={name}>{escape(words)}</b>"
