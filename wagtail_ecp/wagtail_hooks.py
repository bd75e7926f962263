"""What Wagtail asks us for: addresses, menu, panels, permissions; wiring only."""

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea
from wagtail.admin.viewsets import viewsets
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.utils.urlpatterns import decorate_urlpatterns

from wagtail_ecp.accounts.actions import OPTIONS_CHANGED, OWNER_CHANGED
from wagtail_ecp.admin import editor_blocks, urls
from wagtail_ecp.admin.account_options import OptionsPanel
from wagtail_ecp.admin.administration import VIEWSETS, register_policies
from wagtail_ecp.admin.clock import on_our_clock
from wagtail_ecp.admin.dashboard.home import MailPanel
from wagtail_ecp.admin.group_rights import CHANGED, MailboxRights
from wagtail_ecp.admin.guarded_django_admin import guard_django_admin
from wagtail_ecp.admin.guarded_views import guard_viewsets
from wagtail_ecp.admin.menu import MailMenuItem, OwnersMenuItem
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.own_address import OwnAddressPanel
from wagtail_ecp.admin.owner_guard import HOOKS
from wagtail_ecp.admin.pause import PausePanel
from wagtail_ecp.admin.profile import ProfilePanel
from wagtail_ecp.admin.search import search_area
from wagtail_ecp.inbox.actions import DECLARED_A_COPY, TRANSPORT_RESUMED
from wagtail_ecp.inbox.exports import EXPORT_ASKED, EXPORT_DOWNLOADED

register_policies()

# Keeps the owner's user safe in Wagtail's own screens.
for _name, _hook in HOOKS:
    hooks.register(_name, _hook)


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[URLResolver]:
    """Put our screens below /admin/mail/."""
    patterns = decorate_urlpatterns(urls.urlpatterns, on_our_clock)
    return [path("mail/", include((patterns, urls.app_name)))]


@hooks.register("register_icons")
def register_icons(icons: list[str]) -> list[str]:
    """Add the icons that Wagtail has none for."""
    return [*icons, "wagtail_ecp/icons/ecp-bell.svg", "wagtail_ecp/icons/ecp-feed.svg"]


@hooks.register("register_rich_text_features")
def register_editor_blocks(features: Any) -> None:
    """Let pictures and tables be pasted where e-mail is written."""
    editor_blocks.register(features)


@hooks.register("register_admin_menu_item")
def register_menu_item() -> MenuItem:
    """Put "Mail" into the sidebar."""
    return MailMenuItem()


@hooks.register("register_admin_search_area")
def register_search_area() -> SearchArea:
    """Let mail be searched from Wagtail's own search."""
    return search_area()


@hooks.register("register_settings_menu_item")
def register_options_menu_item() -> MenuItem:
    """Put the account options into Settings, for the owner."""
    return OwnersMenuItem("account_options", _("Account Options"), icon_name="sliders")


@hooks.register("register_settings_menu_item")
def register_billing_menu_item() -> MenuItem:
    """Put billing into Settings, for the owner."""
    return OwnersMenuItem("billing", _("Billing"), icon_name="doc-full")


@hooks.register("register_account_settings_panel")
def register_options_panel(request: HttpRequest, user: Any, profile: Any) -> Any:
    """Give the owner's Account page its tab."""
    return OptionsPanel(request, user, profile)


@hooks.register("register_account_settings_panel")
def register_profile_panel(request: HttpRequest, user: Any, profile: Any) -> Any:
    """Give a member's Account page its tab."""
    return ProfilePanel(request, user, profile)


@hooks.register("register_account_settings_panel")
def register_address_panel(request: HttpRequest, user: Any, profile: Any) -> Any:
    """Look at the address that the Account page saves."""
    return OwnAddressPanel(request, user, profile)


@hooks.register("construct_homepage_panels")
def add_pause_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Say on the home page that no mail moves, to whom it concerns."""
    found = navigation(request)
    if found.is_shown and found.pause:
        panels.append(PausePanel())


@hooks.register("construct_homepage_panels")
def add_mail_panel(request: HttpRequest, panels: list[Any]) -> None:
    """Say on the home page what waits, to whoever reads mail."""
    if navigation(request).mailboxes:
        panels.append(MailPanel())


@hooks.register("register_permissions")
def register_permissions() -> QuerySet[Permission]:
    """Let groups be made administrators of the e-mail centre."""
    return Permission.objects.filter(
        content_type__app_label="wagtail_ecp", codename="administer_ecp"
    )


@hooks.register("register_group_permission_panel")
def register_group_permission_panel() -> type[MailboxRights]:
    """Let Wagtail's group page give rights on mailboxes."""
    return MailboxRights


@hooks.register("register_log_actions")
def register_log_actions(actions: Any) -> None:
    """Name what we write into Wagtail's audit log."""
    actions.register_action(
        CHANGED, _("Mailbox rights changed"), _("Changed rights on mailboxes")
    )
    actions.register_action(
        OPTIONS_CHANGED, _("Options changed"), _("Changed the account options")
    )
    actions.register_action(
        OWNER_CHANGED, _("Owner changed"), _("Changed the account owner")
    )
    actions.register_action(
        TRANSPORT_RESUMED,
        _("Mail moves again"),
        _("Declared this to be the live installation"),
    )
    actions.register_action(
        EXPORT_ASKED, _("Data exported"), _("Began an export of all data")
    )
    actions.register_action(
        EXPORT_DOWNLOADED, _("Export downloaded"), _("Downloaded an export of all data")
    )
    actions.register_action(
        DECLARED_A_COPY,
        _("Mail stays paused"),
        _("Declared this to be a copy of another installation"),
    )


@hooks.register("register_admin_viewset")
def register_viewsets() -> list[ModelViewSet]:
    """Let administrators manage mailboxes and mail servers."""
    return [viewset() for viewset in VIEWSETS]


@hooks.register("register_admin_viewset", order=1000)
def guard_others_viewsets() -> list[ModelViewSet]:
    """Guard the group and token screens, once all are gathered; we add none."""
    guard_viewsets(viewsets.viewsets)
    return []


@hooks.register("register_admin_urls", order=1000)
def guard_other_admin() -> list[URLResolver]:
    """Guard Django's admin, whose apps have all registered by now; we add none."""
    guard_django_admin()
    return []
