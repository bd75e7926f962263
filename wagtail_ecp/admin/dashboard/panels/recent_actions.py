"""What happened lately, as far as whoever looks may know of it."""

from datetime import datetime
from typing import Any, Final, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.admin import option_history
from wagtail_ecp.admin.conversation_history import words
from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.admin.dashboard.settings import MAILBOX
from wagtail_ecp.inbox.recent_actions import Recent, recent_actions

ROWS: Final = 12


class Row(NamedTuple):
    """One thing that happened."""

    at: datetime
    by: str
    what: str
    url: str
    subject: str


class RecentActionsPanel(Panel):
    """The log of the user's mailboxes, and for the owner that of the account."""

    key = "recent-actions"
    title = gettext_lazy("Recent Actions")
    description = gettext_lazy("What happened lately in the mailboxes that you read.")
    asks = frozenset({MAILBOX})
    template_name = "wagtail_ecp/admin/dashboard/panels/recent_actions.html"

    def context(self) -> dict[str, Any]:
        """Return twelve rows, newest first."""
        found = recent_actions(list(self.mailboxes), most=ROWS)
        rows = [_row(recent) for recent in found]
        if self.navigation.is_owner and self.settings.mailbox is None:
            rows += _of_the_account()
        rows.sort(key=lambda row: row.at, reverse=True)
        return {"rows": rows[:ROWS]}


def _row(recent: Recent) -> Row:
    action, subject = recent
    number = action.conversation_number
    is_there = subject is not None
    return Row(
        at=action.at,
        by=action.user_name or _("automatically"),
        what=words(action),
        url=reverse("wagtail_ecp:conversation", args=[number]) if is_there else "",
        subject=(subject or _("(no subject)")) if is_there else "",
    )


def _of_the_account() -> list[Row]:
    url = reverse("wagtail_ecp:account_options")
    return [
        Row(entry.at, entry.by, entry.what, url, _("Account Options"))
        for entry in option_history.history()[:ROWS]
    ]
