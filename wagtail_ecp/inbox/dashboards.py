"""Which panels a user's dashboard has, and in which order."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.inbox.models import DashboardPanel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User

#: What is shown to whoever has chosen nothing, in this order.
DEFAULT: Final = (
    "mailboxes",
    "my-mail",
    "saved-searches",
    "recent-actions",
    "users-online",
    "updates",
)
#: More panels are on no dashboard.
MOST: Final = 40


class Placed(NamedTuple):
    """A panel's place on a dashboard, and what it was told."""

    slot: int
    key: str
    settings: Any


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The panels of one user's page."""

    panels: tuple[Placed, ...]
    may_customise: bool
    #: Whether the user has chosen the panels, or else somebody for them.
    is_own: bool


def dashboard_of(user: "User | Any") -> Dashboard:
    """Return what ``user`` is shown: their own panels, those for all, or the six.

    While only administrators may customise, others see the six, whatever is kept.
    """
    restricted = Account.objects.current().dashboards_by_administrators_only
    if restricted and not can_administer(user):
        return Dashboard(six(), may_customise=False, is_own=False)
    rows = list(DashboardPanel.objects.for_page_of(user))
    own = [row for row in rows if row.user_id == user.pk]
    panels = placed(own or rows) or six()
    return Dashboard(panels, may_customise=True, is_own=bool(own))


def dashboard_for_all() -> Dashboard:
    """Return what administrators have chosen for whoever has chosen nothing."""
    panels = placed(DashboardPanel.objects.of(None))
    return Dashboard(panels or six(), may_customise=True, is_own=bool(panels))


def six() -> tuple[Placed, ...]:
    """Return the panels that everybody has at first."""
    return tuple(Placed(slot, key, {}) for slot, key in enumerate(DEFAULT))


def placed(rows: "Iterable[DashboardPanel]") -> tuple[Placed, ...]:
    """Return these rows as places on a dashboard."""
    return tuple(Placed(row.slot, row.key, row.settings) for row in rows)
