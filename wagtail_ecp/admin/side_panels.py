"""What stands beside a conversation's messages: Wagtail's side panels.

Each is read when it is first opened, so that the page does not wait for what most
readers do not look at.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.forms import Media
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from wagtail.admin.ui.side_panels import BaseSidePanel

from wagtail_ecp.admin.conversation_history import history
from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.origins import origins
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.admin.people import people
from wagtail_ecp.admin.related import related
from wagtail_ecp.inbox.models import Conversation


class Beside(NamedTuple):
    """A side panel: its name in the address, its title and icon, what it shows."""

    name: str
    title: Any
    icon: str
    context: Callable[[AdminRequest, Conversation], dict[str, Any]]


def _history(request: AdminRequest, found: Conversation) -> dict[str, Any]:
    del request
    return {"history": history(found)}


def _contact(request: AdminRequest, found: Conversation) -> dict[str, Any]:
    return people(request, found) | {"origins": origins(request, found)}


PANELS: Final = (
    Beside("contact", gettext_lazy("Contact"), "user", _contact),
    Beside("history", gettext_lazy("History"), "history", _history),
    Beside("related", gettext_lazy("Related conversations"), "link", related),
)


class SidePanel(BaseSidePanel):
    """One of ``PANELS`` in Wagtail's frame, and its button in the header."""

    class SidePanelToggle(BaseSidePanel.SidePanelToggle):
        """The button."""

        has_counter = False

    template_name = "wagtail_ecp/admin/includes/side/panel.html"

    def __init__(
        self, beside: Beside, found: Conversation, request: AdminRequest
    ) -> None:
        super().__init__(found, request)
        self.name = f"ecp-{beside.name}"
        self.title = beside.title
        self.order = 100
        self.url = reverse("wagtail_ecp:beside", args=[found.pk, beside.name])
        self.toggle.aria_label = beside.title
        self.toggle.icon_name = beside.icon


@dataclass(frozen=True, slots=True)
class Side:
    """The panels beside a conversation, and what they need of the page."""

    panels: Sequence[SidePanel]
    media: Media


def side(request: AdminRequest, found: Conversation) -> Side:
    """Return the panels beside ``found``."""
    panels = [SidePanel(beside, found, request) for beside in PANELS]
    return Side(panels, Media(js=["wagtail_ecp/js/side_controller.js"]))


@require_safe
def beside(request: AdminRequest, number: int, name: str) -> HttpResponse:
    """Return what one of the panels shows."""
    found = find_conversation(request, number)
    panel = next((panel for panel in PANELS if panel.name == name), None)
    if panel is None:
        raise Http404
    template = f"wagtail_ecp/admin/includes/side/{panel.name}.html"
    return render(request, template, panel.context(request, found))
