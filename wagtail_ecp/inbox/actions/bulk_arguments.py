"""What a bulk action asks for beside the conversations: whom, until when, which tag."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.inbox import snooze_times, tagging
from wagtail_ecp.inbox.models import UNTIL_REPLY, Mailbox
from wagtail_ecp.inbox.permissions import Permission
from wagtail_ecp.journal.actions import display_name

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django_stubs_ext import StrOrPromise

Choices = Sequence[tuple[str, str]]

#: What a snooze may last, by the names that ``_times`` offers.
TIMES: dict[str, Callable[[datetime], datetime]] = {
    "tomorrow": snooze_times.tomorrow,
    "monday": snooze_times.next_week,
    "fortnight": snooze_times.in_two_weeks,
}


@dataclass(frozen=True, slots=True)
class Argument:
    """One thing to choose or to write."""

    name: str
    label: "StrOrPromise"
    #: Reads what the form gives; ValidationError says what is wrong with it.
    read: Callable[[str, "User"], Any]
    #: What ``by`` may choose from; None: any text.
    choices: "Callable[[User], Choices] | None" = None


def member(key: str) -> "User | None":
    """Return the member of this key; "" is nobody."""
    return _users().get(pk=key) if key else None


def _users() -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model()._default_manager


def _members(by: "User") -> Choices:
    """Return nobody, and who may answer in any mailbox in which ``by`` may."""
    users = _users().filter(
        is_active=True,
        groups__mailbox_permissions__mailbox__in=_answered_by(by),
        groups__mailbox_permissions__permission__in=(
            Permission.REPLY,
            Permission.MANAGE,
        ),
    )
    people = [(str(user.pk), display_name(user)) for user in users.distinct()]
    people.sort(key=lambda choice: choice[1].casefold())
    return [("", _("nobody in particular")), *people]


def _answered_by(by: "User") -> Any:
    answering = Mailbox.objects.open_to(by, Permission.REPLY, Permission.MANAGE)
    return answering.values("pk")


def _mailboxes(by: "User") -> Choices:
    mailboxes = Mailbox.objects.active().filter(pk__in=_answered_by(by))
    return [(str(box.pk), box.name) for box in mailboxes]


def _times(_by: "User") -> Choices:
    return [
        ("tomorrow", _("tomorrow morning")),
        ("monday", _("next Monday morning")),
        ("fortnight", _("in two weeks")),
        ("reply", _("until somebody writes")),
    ]


def _one_of(choices: Callable[["User"], Choices]) -> Callable[[str, "User"], str]:
    def read(given: str, by: "User") -> str:
        if given not in {value for value, _label in choices(by)}:
            raise ValidationError(_("Choose one of those that are there."))
        return given

    return read


def _until(given: str, by: "User") -> str:
    """Return the moment that was meant, on the member's clock."""
    name = _one_of(_times)(given, by)
    if name == "reply":
        return UNTIL_REPLY.isoformat()
    return TIMES[name](timezone.localtime()).isoformat()


def _tags(given: str, _by: "User") -> list[str]:
    names = tagging.split(given)
    if not names:
        raise ValidationError(_("Write at least one tag."))
    return names


def _mailbox(given: str, by: "User") -> int:
    return int(_one_of(_mailboxes)(given, by))


ASSIGNEE = Argument(
    "assignee", gettext_lazy("Assign to"), _one_of(_members), choices=_members
)
UNTIL = Argument("until", gettext_lazy("Snooze until"), _until, choices=_times)
TAGS = Argument("tags", gettext_lazy("Tags, with commas between them"), _tags)
MAILBOX = Argument("mailbox", gettext_lazy("Mailbox"), _mailbox, choices=_mailboxes)
