"""Choosing panels: one's own, or those of whoever has chosen none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from wagtail.admin import messages as notices

from wagtail_ecp.admin.dashboard.access import require_mail
from wagtail_ecp.admin.dashboard.choices import mailboxes_for, members_for
from wagtail_ecp.admin.dashboard.forms import PanelForm
from wagtail_ecp.admin.dashboard.framing import Framed
from wagtail_ecp.admin.dashboard.registry import panel_classes
from wagtail_ecp.admin.dashboard.settings import PanelSettings, SettingsError
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.inbox import actions, permissions
from wagtail_ecp.inbox.dashboards import (
    Dashboard,
    Placed,
    dashboard_for_all,
    dashboard_of,
)

#: Whose panels an address means.
OWN, ALL = "own", "all"
#: Wagtail's script puts a row's number in its place.
ANY_SLOT = 999999


@dataclass(frozen=True, slots=True)
class Row:
    """A panel in the list, with what Wagtail's own cell for ordering asks."""

    index: int
    slot: int
    title: str
    about: str
    has_settings: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A panel that can be added."""

    key: str
    title: str
    description: str


@require_safe
def customise(request: AdminRequest, whose: str) -> HttpResponse:
    """List the panels, and those that can be added."""
    found = _dashboard(request, whose)
    rows = [_row(request, placed, i) for i, placed in enumerate(found.panels)]
    move = reverse("wagtail_ecp:move_panel", args=[whose, ANY_SLOT])
    return page(
        request,
        "dashboard/customise.html",
        crumbs=[_crumb(), (_title(whose), "")],
        context={
            "whose": whose,
            "is_own": found.is_own,
            "rows": rows,
            "table": {"row_count": len(rows)},
            "move_url": move,
            "offers": _offers(),
            "may_set_default": navigation(request).is_administrator,
        },
    )


@refuses_forgery
@require_POST
def add_panel(request: AdminRequest, whose: str) -> HttpResponse:
    """Put a panel below the others; on to its settings if it has some."""
    for_all = _for_all(request, whose)
    key = request.POST.get("key", "")
    kind = panel_classes().get(key)
    if kind is None:
        raise Http404
    try:
        slot = actions.add_panel(key, for_all=for_all, by=request.user)
    except ValidationError as refusal:
        notices.error(request, " ".join(refusal.messages))
        return redirect("wagtail_ecp:customise", whose)
    notices.success(request, _("“%(panel)s” is added.") % {"panel": kind.title})
    if kind.asks:
        return redirect("wagtail_ecp:panel_settings", whose, slot)
    return redirect("wagtail_ecp:customise", whose)


@refuses_forgery
@require_POST
def remove_panel(request: AdminRequest, whose: str, slot: int) -> HttpResponse:
    """Take a panel away."""
    for_all = _for_all(request, whose)
    return _done(
        request,
        whose,
        lambda: actions.remove_panel(slot, for_all=for_all, by=request.user),
        _("The panel is removed."),
    )


@refuses_forgery
@require_POST
def reset_dashboard(request: AdminRequest, whose: str) -> HttpResponse:
    """Forget what was chosen."""
    for_all = _for_all(request, whose)
    return _done(
        request,
        whose,
        lambda: actions.reset_dashboard(for_all=for_all, by=request.user),
        _("The default panels are back."),
    )


@refuses_forgery
@require_POST
def move_panel(request: AdminRequest, whose: str, slot: int) -> HttpResponse:
    """Put a panel where Wagtail's script says, which shows the message itself."""
    for_all = _for_all(request, whose)
    given = request.GET.get("position", "")
    # Without a place, as Wagtail has it: to the end.
    position = int(given) if given.isascii() and given.isdecimal() else -1
    actions.move_panel(slot, position, for_all=for_all, by=request.user)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
def panel_settings(request: AdminRequest, whose: str, slot: int) -> HttpResponse:
    """Ask for a panel's period and filters."""
    if request.method == "POST":
        return _change_settings(request, whose, slot)
    return _settings_page(request, whose, _form(request, whose, slot))


@refuses_forgery
def _change_settings(request: AdminRequest, whose: str, slot: int) -> HttpResponse:
    for_all = _for_all(request, whose)
    form = _form(request, whose, slot)
    if not form.is_valid():
        return _settings_page(request, whose, form)
    return _done(
        request,
        whose,
        lambda: actions.tell_panel(
            slot, form.told.kept(), for_all=for_all, by=request.user
        ),
        _("The panel is changed."),
    )


def _settings_page(request: AdminRequest, whose: str, form: PanelForm) -> HttpResponse:
    back = reverse("wagtail_ecp:customise", args=[whose])
    return page(
        request,
        "dashboard/settings.html",
        crumbs=[_crumb(), (_title(whose), back), (str(form.kind.title), "")],
        context={"form": form, "back_url": back},
    )


def _form(request: AdminRequest, whose: str, slot: int) -> PanelForm:
    panels = _dashboard(request, whose).panels
    placed = next((panel for panel in panels if panel.slot == slot), None)
    kind = panel_classes().get(placed.key) if placed else None
    if placed is None or kind is None or not kind.asks:
        raise Http404
    try:
        told = PanelSettings.read(placed.settings)
    except SettingsError:  # Of another version, say: to be set anew.
        told = PanelSettings()
    return PanelForm(
        request.POST if request.method == "POST" else None,
        kind=kind,
        told=told,
        mailboxes=mailboxes_for(request, for_all=whose == ALL),
        members=members_for(request, for_all=whose == ALL),
    )


def _done(
    request: AdminRequest, whose: str, change: Callable[[], None], words: str
) -> HttpResponse:
    try:
        change()
    except ValidationError as refusal:
        notices.error(request, " ".join(refusal.messages))
    else:
        notices.success(request, words)
    return redirect("wagtail_ecp:customise", whose)


def _for_all(request: AdminRequest, whose: str) -> bool:
    """Return whether the default is meant; 404 for an address that means nothing."""
    require_mail(request)
    if whose not in (OWN, ALL):
        raise Http404
    return whose == ALL


def _dashboard(request: AdminRequest, whose: str) -> Dashboard:
    for_all = _for_all(request, whose)
    if for_all and not navigation(request).is_administrator:
        raise PermissionDenied
    if not permissions.can_customise_dashboard(request.user):
        raise PermissionDenied
    return dashboard_for_all() if for_all else dashboard_of(request.user)


def _row(request: AdminRequest, placed: Placed, index: int) -> Row:
    framed = Framed(request, placed)
    return Row(
        index=index,
        slot=placed.slot,
        title=framed.title,
        about=framed.about,
        has_settings=bool(framed.kind and framed.kind.asks),
    )


def _offers() -> Sequence[Offer]:
    return [
        Offer(key, str(kind.title), str(kind.description))
        for key, kind in panel_classes().items()
    ]


def _crumb() -> tuple[str, str]:
    return _("Dashboard"), reverse("wagtail_ecp:dashboard")


def _title(whose: str) -> str:
    return _("Default for everybody") if whose == ALL else _("Customize")
