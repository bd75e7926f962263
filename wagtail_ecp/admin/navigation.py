"""The Mail part of Wagtail's sidebar, for one query on any admin page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BigIntegerField,
    CharField,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem, SubMenuItem

from wagtail_ecp.accounts import levels, zones
from wagtail_ecp.accounts.models import Account, Installation
from wagtail_ecp.accounts.permissions import ADMINISTER
from wagtail_ecp.inbox import subscriptions
from wagtail_ecp.inbox.models import (
    Alert,
    Conversation,
    Folder,
    FolderCounter,
    GroupMailboxPermission,
    Mailbox,
    SavedSearch,
)


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


#: Of more unread alerts the menu says only that there are more.
MOST_ALERTS = 99


class Navigation:
    """What one user sees of the e-mail centre, read at once when first asked for."""

    def __init__(self, user: Any) -> None:
        self._user = user

    @cached_property
    def _rows(self) -> list[tuple[str, int, str, int]]:
        first, *others = _parts(self._user)
        # Sorted where it is shown; the first part would bring its model's order along.
        return list(first.union(*others, all=True).order_by())

    def _rows_of(self, kind: str) -> list[tuple[str, int, str, int]]:
        return [row for row in self._rows if row[0] == kind]

    @cached_property
    def mailboxes(self) -> list[MailboxLink]:
        """Return the mailboxes that the user may read, by name."""
        found = [MailboxLink(*row[1:]) for row in self._rows_of("mailbox")]
        return sorted(found, key=lambda mailbox: (mailbox.name.casefold(), mailbox.pk))

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


def _parts(user: Any) -> list[QuerySet[Any, Any]]:
    """Return queries of equal columns: kind, number, text, another number."""
    counters = FolderCounter.objects.filter(
        mailbox=OuterRef("pk"), folder=Folder.INBOX
    ).values("unread")[:1]
    writing = Mailbox.objects.active().open_to(
        user,
        GroupMailboxPermission.Permission.REPLY,
        GroupMailboxPermission.Permission.MANAGE,
    )
    owned = Account.objects.filter(owner=user.pk).values("pk")[:1]
    return [
        _columns(Mailbox.objects.visible_to(user), "mailbox", "name", counters),
        _columns(writing, "writes", "name", None),
        _columns(Account.objects.all(), "account", "time_zone", owned),
        _columns(_unread_alerts(user), "alert", "kind", F("conversation")),
        _columns(Account.objects.exclude(closed_at=None), "closed", "name", None),
        _columns(Account.objects.filter(receives_only=True), "trial", "name", None),
        _columns(
            Account.objects.filter(rss_enabled=True), "feeds", "service_level", None
        ),
        _columns(Installation.objects.all(), "installation", "pause", None),
        _columns(_searches(user), "search", "name", None),
    ]


def _searches(user: Any) -> QuerySet[Any, Any]:
    # SQLite takes no part of a union that is sliced, but one that names a slice.
    offered = SavedSearch.objects.offered_to(user).order_by("name", "pk")
    return SavedSearch.objects.filter(pk__in=offered.values("pk")[:SEARCHES])


def _unread_alerts(user: Any) -> QuerySet[Any, Any]:
    unread = Alert.objects.filter(user=user.pk).unread().visible_to(user)
    some = unread.order_by().values("pk")[: MOST_ALERTS + 1]
    return Alert.objects.filter(pk__in=some)


def _columns(
    rows: QuerySet[Any, Any],
    kind: str,
    text: str,
    number: QuerySet[Any, Any] | F | None,
) -> QuerySet[Any, Any]:
    big = BigIntegerField()
    nothing = Value(0, output_field=big)
    given = (
        Subquery(number, output_field=big) if isinstance(number, QuerySet) else number
    )
    second = nothing if given is None else Coalesce(given, nothing)
    annotated: QuerySet[Any, Any] = rows.order_by().annotate(
        ecp_kind=Value(kind, output_field=CharField()),
        ecp_pk=Cast("pk", big),
        ecp_second=second,
    )
    return annotated.values_list("ecp_kind", "ecp_pk", text, "ecp_second")


#: So many saved searches are in the menu.
SEARCHES = 30


class MailMenuItem(MenuItem):
    """The menu with a link for each mailbox; hidden from whom it doesn't concern."""

    def __init__(self) -> None:
        super().__init__(_("Mail"), "#", name="ecp-mail", icon_name="mail", order=50)

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the user has a mailbox or administers some."""
        return navigation(request).is_shown

    def render_component(self, request: HttpRequest) -> SubMenuItem:
        """Return the submenu for this user."""
        found = navigation(request)
        return SubMenuItem(
            self.name, _("Mail"), [*links(found)], icon_name=self.icon_name
        )


class OwnersMenuItem(MenuItem):
    """A screen of the owner's; absent for everybody else."""

    def __init__(self, url_name: str, label: Any, *, icon_name: str) -> None:
        self._url_name = f"wagtail_ecp:{url_name}"
        name = f"ecp-owner-{url_name.replace('_', '-')}"
        super().__init__(label, "", name=name, icon_name=icon_name, order=60)

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this is the owner; asked on every page, and answered with the rest."""
        return navigation(request).is_owner

    def render_component(self, request: HttpRequest) -> LinkMenuItem:
        """Return the link, once the addresses are known."""
        self.url = reverse(self._url_name)
        return super().render_component(request)


def links(found: Navigation) -> list[Any]:
    """Return what is below "Mail" for this user, in order."""
    below = [*_on_top(found), *_of_mailboxes(found.mailboxes)]
    if found.may_write:
        below.append(_link("compose", _("Compose"), "edit"))
    if not (found.mailboxes and found.has_account):
        below.append(_link("start", _("Getting started"), "help"))
    if found.mailboxes:
        below.append(_searching(found))
        below.append(_link("alerts", _alerts_label(found.alerts), "ecp-bell"))
        below.append(_link("contacts", _("Contacts"), "group"))
    below.append(_link("incoming_mail", _("Incoming mail"), "download"))
    if found.is_administrator:
        below.append(_administration(found))
    if found.is_owner:
        below.append(_link("account_options", _("Account Options"), "sliders"))
        below.append(_link("billing", _("Billing"), "doc-full"))
    return below


def _on_top(found: Navigation) -> list[Any]:
    items = []
    if found.pause:
        items.append(_link("pause", _("All mail is paused"), "warning"))
    if found.has_account:
        items.append(_link("dashboard", _("Dashboard"), "desktop"))
    return items


def _of_mailboxes(mailboxes: Sequence[MailboxLink]) -> list[Any]:
    items = [
        LinkMenuItem(
            f"ecp-mailbox-{mailbox.pk}", mailbox.label, mailbox.url, icon_name="mail"
        )
        for mailbox in mailboxes
    ]
    return [_all_mailboxes(mailboxes), *items] if len(items) > 1 else items


def _all_mailboxes(mailboxes: Sequence[MailboxLink]) -> LinkMenuItem:
    """Return the link to the inbox of all; its tabs lead to the other lists."""
    unread = sum(mailbox.unread for mailbox in mailboxes)
    together = MailboxLink(0, _("All mailboxes"), unread)
    url = reverse("wagtail_ecp:all_mailboxes", args=[Folder.INBOX])
    return LinkMenuItem("ecp-all-mailboxes", together.label, url, icon_name="mail")


def _alerts_label(number: int) -> str:
    if not number:
        return _("Alerts")
    shown = str(number) if number <= MOST_ALERTS else f"{MOST_ALERTS}+"
    return _("Alerts (%(number)s)") % {"number": shown}


def _link(url_name: str, label: str, icon: str) -> LinkMenuItem:
    name = f"ecp-{url_name.replace('_', '-')}"
    url = reverse(f"wagtail_ecp:{url_name}")
    return LinkMenuItem(name, label, url, icon_name=icon)


def _searching(found: Navigation) -> Any:
    """Return the search, with what is saved below it if anything is."""
    search = _link("search", _("Search mail"), "search")
    if not found.saved_searches:
        return search
    saved = [
        LinkMenuItem(
            f"ecp-search-{pk}",
            name,
            reverse("wagtail_ecp:saved_search", args=[pk]),
            icon_name="search",
        )
        for pk, name in found.saved_searches
    ]
    return SubMenuItem(
        "ecp-searches", _("Searches"), [search, *saved], icon_name="search"
    )


def _administration(found: Navigation) -> SubMenuItem:
    pages = (
        ("ecp_mailboxes", _("Mailboxes"), "mail"),
        ("ecp_sources", _("Sources"), "download"),
        ("ecp_outgoing_servers", _("Outgoing servers"), "upload"),
        ("ecp_tags", _("Tags"), "tag"),
    )
    screens = [
        LinkMenuItem(name, label, reverse(f"{name}:index"), icon_name=icon)
        for name, label, icon in pages
    ]
    if found.serves_feeds:
        screens.append(_link("subscriptions", _("Feeds"), "ecp-feed"))
    screens.append(_link("health", _("Health"), "circle-check"))
    return SubMenuItem(
        "ecp-administration", _("Mail servers & mailboxes"), screens, icon_name="cogs"
    )
