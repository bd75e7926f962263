"""Mailboxes, mail servers and tags, for administrators, in Wagtail's own screens."""

from typing import Any, ClassVar

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn, StatusTagColumn
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import register_permission_policy
from wagtail.utils.urlpatterns import decorate_urlpatterns

from wagtail_ecp.admin.clock import on_our_clock
from wagtail_ecp.admin.mailbox_form import MailboxForm
from wagtail_ecp.admin.mailbox_views import MailboxCreateView, MailboxEditView
from wagtail_ecp.admin.policies import AdministratorsPolicy
from wagtail_ecp.admin.server_forms import OutgoingServerForm, SourceForm
from wagtail_ecp.admin.tag_views import TagDeleteView, TagEditView, TagForm
from wagtail_ecp.inbox.models import Mailbox, OutgoingServer, Source, Tag

#: Mailboxes are deactivated; deleting one would take its mail along.
ACTIONS: dict[type[Model], set[str]] = {
    Mailbox: {"add", "change", "view"},
    OutgoingServer: {"add", "change", "view"},
    Source: {"add", "change", "delete", "view"},
    # They come with their use.
    Tag: {"change", "delete", "view"},
}


def register_policies() -> None:
    """Tell Wagtail that administrators manage these; before it first asks."""
    for model, actions in ACTIONS.items():
        policy = AdministratorsPolicy(model, actions=actions)
        register_permission_policy(model, policy)


def _active() -> StatusTagColumn:
    return StatusTagColumn(
        "is_active",
        label=_("Active"),
        accessor=lambda row: _("yes") if row.is_active else _("no"),
        primary=lambda row: row.is_active,
    )


class AdministrationViewSet(ModelViewSet):
    """What our viewsets have in common."""

    copy_view_enabled = False
    add_to_reference_index = False
    list_per_page = 50

    def get_urlpatterns(self) -> list[Any]:
        """Show dates on our clock, as everywhere."""
        return decorate_urlpatterns(super().get_urlpatterns(), on_our_clock)  # type: ignore[no-any-return]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Leave out the usage of rows that nothing in Wagtail refers to."""
        without_usage = {"usage_url_name": None, **kwargs}
        return super().get_common_view_kwargs(**without_usage)  # type: ignore[no-any-return]


class MailboxViewSet(AdministrationViewSet):
    """Shared addresses."""

    model = Mailbox
    name = "ecp_mailboxes"
    url_prefix = "mail/mailboxes"
    icon = "mail"
    add_view_class = MailboxCreateView
    edit_view_class = MailboxEditView
    list_display: ClassVar = [
        "name",
        "address",
        "outgoing_server",
        _active(),
    ]

    def get_form_class(self, for_update: bool = False) -> type[MailboxForm]:  # noqa: ARG002
        """Return the form that asks for the account first."""
        return MailboxForm


class SourceViewSet(AdministrationViewSet):
    """Where mail is fetched."""

    model = Source
    name = "ecp_sources"
    url_prefix = "mail/sources"
    icon = "download"
    list_display: ClassVar = [
        "name",
        "mailbox",
        "host",
        DateColumn("last_success_at", label=_("Last success")),
        Column("last_error", label=_("Last error")),
        _active(),
    ]

    def get_form_class(self, for_update: bool = False) -> type[SourceForm]:  # noqa: ARG002
        """Return the form that takes a password."""
        return SourceForm


class OutgoingServerViewSet(AdministrationViewSet):
    """Servers that take our answers."""

    model = OutgoingServer
    name = "ecp_outgoing_servers"
    url_prefix = "mail/outgoing-servers"
    icon = "upload"
    list_display: ClassVar = ["name", "host", "port", "security"]

    def get_form_class(self, for_update: bool = False) -> type[OutgoingServerForm]:  # noqa: ARG002
        """Return the form that takes a password."""
        return OutgoingServerForm


class TagViewSet(AdministrationViewSet):
    """Words on conversations; how many bear one is nobody's to see who can't read them."""

    model = Tag
    name = "ecp_tags"
    url_prefix = "mail/tag-list"
    icon = "tag"
    list_display: ClassVar = ["name"]
    search_fields: ClassVar = ["name"]
    edit_view_class = TagEditView
    delete_view_class = TagDeleteView

    def get_form_class(self, for_update: bool = False) -> type[TagForm]:  # noqa: ARG002
        """Return the form that renames or merges."""
        return TagForm


VIEWSETS = (MailboxViewSet, SourceViewSet, OutgoingServerViewSet, TagViewSet)
