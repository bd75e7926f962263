"""Customising dashboards: one's own, or that of whoever has chosen nothing.

The first change makes the panels that are shown one's own; their slots stay, so that a
page that was open before means the same panels.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.inbox import permissions
from wagtail_ecp.inbox.dashboards import MOST, Placed, dashboard_for_all, dashboard_of
from wagtail_ecp.inbox.models import DashboardPanel

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Panels = list[Placed]


def add_panel(key: str, *, for_all: bool = False, by: "User") -> int:
    """Put a panel below the others; return its slot. ValidationError if they are many."""

    def add(panels: Panels) -> Panels:
        if len(panels) >= MOST:
            raise ValidationError(
                _("A dashboard has at most %(number)s panels."), params={"number": MOST}
            )
        slot = 1 + max((panel.slot for panel in panels), default=-1)
        return [*panels, Placed(slot, key, {})]

    return _change(add, for_all=for_all, by=by)[-1].slot


def remove_panel(slot: int, *, for_all: bool = False, by: "User") -> None:
    """Take a panel away; one stays, as nothing at all would mean the default."""

    def remove(panels: Panels) -> Panels:
        kept = [panel for panel in panels if panel.slot != slot]
        if not kept:
            raise ValidationError(
                _("A dashboard has at least one panel. You can reset it instead.")
            )
        return kept

    _change(remove, for_all=for_all, by=by)


def move_panel(slot: int, position: int, *, for_all: bool = False, by: "User") -> None:
    """Put a panel at this place among the others; at the end if there is no such."""

    def move(panels: Panels) -> Panels:
        moved = [panel for panel in panels if panel.slot == slot]
        others = [panel for panel in panels if panel.slot != slot]
        place = position if 0 <= position <= len(others) else len(others)
        return [*others[:place], *moved, *others[place:]]

    _change(move, for_all=for_all, by=by)


def tell_panel(
    slot: int, settings: dict[str, Any], *, for_all: bool = False, by: "User"
) -> None:
    """Give a panel its period and filters."""

    def tell(panels: Panels) -> Panels:
        return [
            panel._replace(settings=settings) if panel.slot == slot else panel
            for panel in panels
        ]

    _change(tell, for_all=for_all, by=by)


@transaction.atomic
def reset_dashboard(*, for_all: bool = False, by: "User") -> None:
    """Forget what was chosen: the default is shown again."""
    _require(by, for_all=for_all)
    DashboardPanel.objects.of(None if for_all else by).delete()


@transaction.atomic
def _change(change: Callable[[Panels], Panels], *, for_all: bool, by: "User") -> Panels:
    """Write down what ``change`` makes of the panels that are shown now."""
    # One at a time, also the first change, which has no rows to lock.
    Account.objects.select_for_update().first()
    _require(by, for_all=for_all)
    shown = dashboard_for_all() if for_all else dashboard_of(by)
    panels = change(list(shown.panels))
    owner = None if for_all else by
    DashboardPanel.objects.of(owner).delete()
    DashboardPanel.objects.bulk_create(
        DashboardPanel(user=owner, position=position, **panel._asdict())
        for position, panel in enumerate(panels)
    )
    return panels


def _require(by: "User", *, for_all: bool) -> None:
    if for_all and not can_administer(by):
        raise PermissionDenied(_("Only administrators set the default dashboard."))
    if not permissions.can_customise_dashboard(by):
        raise PermissionDenied(_("Only administrators may customize their dashboards."))
