"""All panels: ours in the order in which they are offered, then those of other apps."""

import logging

from wagtail import hooks

from wagtail_ecp.admin.dashboard.metrics.panel import METRIC_PANELS
from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.admin.dashboard.panels.mailboxes import MailboxesPanel
from wagtail_ecp.admin.dashboard.panels.my_mail import MyMailPanel
from wagtail_ecp.admin.dashboard.panels.recent_actions import RecentActionsPanel
from wagtail_ecp.admin.dashboard.panels.saved_searches import SavedSearchesPanel
from wagtail_ecp.admin.dashboard.panels.updates import UpdatesPanel
from wagtail_ecp.admin.dashboard.panels.users_online import UsersOnlinePanel

logger = logging.getLogger(__name__)

#: A function that returns classes of panels; see docs/how-to/dashboard.md.
HOOK = "register_ecp_dashboard_panels"

PANELS: tuple[type[Panel], ...] = (
    MailboxesPanel,
    MyMailPanel,
    SavedSearchesPanel,
    RecentActionsPanel,
    UsersOnlinePanel,
    UpdatesPanel,
    *METRIC_PANELS,
)


def panel_classes() -> dict[str, type[Panel]]:
    """Return every panel's class by its key; of two with one key the first."""
    found: dict[str, type[Panel]] = {}
    others = [kind for register in hooks.get_hooks(HOOK) for kind in register()]
    for kind in (*PANELS, *others):
        if found.setdefault(kind.key, kind) is not kind:
            logger.warning("two dashboard panels have the key %s", kind.key)
    return found
