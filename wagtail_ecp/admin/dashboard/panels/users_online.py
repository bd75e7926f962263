"""Who else is here."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.inbox.online import MOST, online


class UsersOnlinePanel(Panel):
    """Who has the e-mail centre open, since when, and on which conversation."""

    key = "users-online"
    title = _("Users Online")
    description = _("Who is here, since when, and which conversation they have open.")
    is_live = True
    template_name = "wagtail_ecp/admin/dashboard/panels/users_online.html"

    def context(self) -> dict[str, Any]:
        """Return who is here, for two queries."""
        people = online(self.user, list(self.mailboxes))
        return {"people": people[:MOST], "has_more": len(people) > MOST}
