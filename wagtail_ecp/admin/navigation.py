"""What one user sees of the e-mail centre, for one query on any admin page."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from wagtail_ecp.accounts import levels, zones
from wagtail_ecp.accounts.models import Account, Installation
from wagtail_ecp.accounts.permissions import ADMINISTER
from wagtail_ecp.admin.navigation_query import MOST_ALERTS, Row, rows_of
from wagtail_ecp.inbox import subscriptions
from wagtail_ecp.inbox.models import Conversation, Folder


@dataclass(frozen=True, slots=True)
class MailboxLink:
    """A mailbox that the user may read, and what is unread in its inbox."""

    pk: int
    name: str
    unread: int

    @property
    def label(self) -> str:
        """The name, with the number of unread conversations if there are any."""
        if not self.unread:
            return self.name
        return _("%(mailbox)s (%(unread)s)") % {
            "mailbox": self.name,
            "unread": self.unread,
        }

    @property
    def url(self) -> str:
        """Where its inbox is."""
        return reverse("wagtail_ecp:folder", args=[self.pk, Folder.INBOX])


class Navigation:
    """What one user sees of the e-mail centre, read at once when first asked for."""

    def __init__(self, user: Any) -> None:
        self._user = user

    @cached_property
    def _rows(self) -> list[Row]:
        return rows_of(self._user)

    def _rows_of(self, kind: str) -> list[Row]:
        return [row for row in self._rows if row[0] == kind]

    @cached_property
    def mailboxes(self) -> list[MailboxLink]:
        """Return the mailboxes that the user may read, by name."""
        found = [MailboxLink(*row[1:]) for row in self._rows_of("mailbox")]
        return sorted(found, key=lambda mailbox: (mailbox.name.casefold(), mailbox.pk))

    def names_of(self, numbers: Collection[int]) -> dict[int, str]:
        """Return what these mailboxes are called; of one alone everybody knows it."""
        if len(numbers) < 2:  # noqa: PLR2004
            return {}
        return {one.pk: one.name for one in self.mailboxes if one.pk in numbers}

    @property
    def written_from(self) -> list[tuple[int, str]]:
        """Return number and name of the active mailboxes that the user may answer in."""
        found = [(pk, name) for _kind, pk, name, _none in self._rows_of("writes")]
        return sorted(found, key=lambda row: (row[1].casefold(), row[0]))

    @property
    def may_write(self) -> bool:
        """Whether the user may send from a mailbox."""
        return bool(self._rows_of("writes"))

    @property
    def saved_searches(self) -> list[tuple[int, str]]:
        """Return numbers and names of searches that the user may run, by name."""
        found = [(pk, name) for _kind, pk, name, _none in self._rows_of("search")]
        return sorted(found, key=lambda row: (row[1].casefold(), row[0]))

    @property
    def is_owner(self) -> bool:
        """Whether the user owns the account."""
        return any(owned for *_rest, owned in self._rows_of("account"))

    @cached_property
    def is_administrator(self) -> bool:
        """Tell whether the user manages mailboxes; the same as ``can_administer``."""
        return self._user.has_perm(ADMINISTER) or self.is_owner

    @property
    def account_zone(self) -> str:
        """The name of the account's own time zone."""
        codes = [code for _kind, _pk, code, _owned in self._rows_of("account")]
        return codes[0] if codes else Account().time_zone

    @cached_property
    def zone(self) -> ZoneInfo:
        """Return the time zone of the dates that the user sees."""
        return zones.zone_for(self._user, of_account=self.account_zone)

    @property
    def alerts(self) -> int:
        """How many alerts the user has not seen; a hundred stands for more."""
        return len(self._rows_of("alert"))

    def has_alerts_of(self, conversation: Conversation) -> bool:
        """Whether there may be some of this conversation."""
        of_it = (number for *_rest, number in self._rows_of("alert"))
        return self.alerts > MOST_ALERTS or conversation.pk in of_it

    def forget_alerts_of(self, conversation: Conversation) -> None:
        """Leave out of the menu's number what has just been read."""
        read = ("alert", conversation.pk)
        self._rows = [row for row in self._rows if (row[0], row[3]) != read]

    @property
    def is_closed(self) -> bool:
        """Whether the owner has closed the account."""
        return bool(self._rows_of("closed"))

    @property
    def receives_only(self) -> bool:
        """Whether nothing is sent because this is a trial."""
        return bool(self._rows_of("trial"))

    @property
    def serves_feeds(self) -> bool:
        """Whether members may have feeds: owner, service level and site let them."""
        levels_of_it = [code for _kind, _pk, code, _none in self._rows_of("feeds")]
        is_on = any("rss" in levels.find(code).allows for code in levels_of_it)
        return is_on and subscriptions.is_mounted()

    @property
    def has_account(self) -> bool:
        """Whether somebody has set up the account."""
        return bool(self._rows_of("account"))

    @property
    def pause(self) -> str:
        """Why no mail moves, in words; empty while it does."""
        codes = [code for _kind, _pk, code, _none in self._rows_of("installation")]
        return str(Installation.Pause(codes[0]).label) if any(codes) else ""

    @property
    def is_shown(self) -> bool:
        """Whether the e-mail centre is any of the user's business."""
        return bool(self.mailboxes) or self.is_administrator


def navigation(request: HttpRequest) -> Navigation:
    """Return the user's navigation; asking again within a request costs nothing."""
    found: Navigation | None = getattr(request, "_ecp_navigation", None)
    if found is None:
        found = Navigation(request.user)
        request._ecp_navigation = found  # type: ignore[attr-defined]
    return found
