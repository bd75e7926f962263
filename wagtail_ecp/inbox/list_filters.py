"""What narrows a list further: small equals, combinable with each other and any list."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.inbox.models import ConversationTag, Tag
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet
from wagtail_ecp.journal.actions import display_name

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ME: Final = "me"
NOBODY: Final = "nobody"
YES: Final = "yes"
#: Hours after which one may ask who waits still.
HOURS: Final = ("1", "4", "24", "72")
_DIGITS: Final = 18

Found = ConversationQuerySet


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be asked for under one name, and what an answer means."""

    name: str
    #: Whether a value makes sense; what does not is as if it were not there.
    knows: Callable[[str], bool]
    narrow: Callable[[Found, str, "User | Any"], Found]
    words: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Filter:
    """A kind with its value, as it stands in an address."""

    kind: Kind
    value: str

    @property
    def words(self) -> str:
        """Say what is shown, for the price of a query where it names somebody."""
        return self.kind.words(self.value)

    def narrow(self, found: Found, user: "User | Any") -> Found:
        """Leave only what it lets through."""
        return self.kind.narrow(found, self.value, user)


def filters(given: Mapping[str, Any]) -> tuple[Filter, ...]:
    """Return the filters that these parameters name; nonsense is left out."""
    return tuple(
        Filter(kind, value)
        for kind in KINDS
        if (value := str(given.get(kind.name) or "")) and kind.knows(value)
    )


def _knows_assignee(value: str) -> bool:
    if value in (ME, NOBODY):
        return True
    try:
        get_user_model()._meta.pk.to_python(value)
    except ValidationError:
        return False
    return len(value) <= _DIGITS * 2


def _of_assignee(found: Found, value: str, user: "User | Any") -> Found:
    if value == NOBODY:
        return found.filter(assignee=None)
    wanted: Any = user.pk if value == ME else value
    return found.filter(assignee=wanted)


def _assignee_words(value: str) -> str:
    if value == ME:
        return _("Assigned to me")
    if value == NOBODY:
        return _("Assigned to nobody")
    members = get_user_model()._default_manager.exclude(
        groups__mailbox_permissions=None
    )
    user = members.filter(pk=value).first()
    return _("Assigned to %(name)s") % {"name": display_name(user) if user else "?"}


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) <= _DIGITS


def _tagged(found: Found, value: str, _user: "User | Any") -> Found:
    taggings = ConversationTag.objects.filter(tag=int(value))
    return found.filter(pk__in=taggings.values("conversation"))


def _tag_words(value: str) -> str:
    tag = Tag.objects.filter(pk=value).first()
    return _("Tag: %(tag)s") % {"tag": tag.name if tag else "?"}


def _waiting(found: Found, value: str, _user: "User | Any") -> Found:
    return found.filter(waiting_since__lte=Now() - timedelta(hours=int(value)))


def _waiting_words(value: str) -> str:
    hours = int(value)
    return ngettext(
        "Waiting longer than %(hours)s hour",
        "Waiting longer than %(hours)s hours",
        hours,
    ) % {"hours": hours}


def _unread(found: Found, _value: str, _user: "User | Any") -> Found:
    return found.filter(is_unread=True)


def _with_files(found: Found, _value: str, _user: "User | Any") -> Found:
    return found.filter(has_attachments=True)


KINDS: tuple[Kind, ...] = (
    Kind("unread", YES.__eq__, _unread, lambda _value: _("Unread")),
    Kind("assignee", _knows_assignee, _of_assignee, _assignee_words),
    Kind("tag", _is_number, _tagged, _tag_words),
    Kind("waiting", HOURS.__contains__, _waiting, _waiting_words),
    Kind("files", YES.__eq__, _with_files, lambda _value: _("Has attachments")),
)
