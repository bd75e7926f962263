"""The Mail part of Wagtail's sidebar."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem, SubMenuItem

from wagtail_ecp.admin.navigation import MailboxLink, Navigation, navigation
from wagtail_ecp.admin.navigation_query import MOST_ALERTS
from wagtail_ecp.inbox.models import Folder


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
