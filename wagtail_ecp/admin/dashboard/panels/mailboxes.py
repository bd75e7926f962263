"""Every mailbox, and what needs doing there."""

from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.admin.ages import Age
from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.admin.dashboard.settings import MAILBOX
from wagtail_ecp.admin.places import list_url
from wagtail_ecp.inbox import glance


class Row(NamedTuple):
    """A mailbox, its numbers, and where each of them leads."""

    name: str
    url: str
    unread: int
    unread_url: str
    unassigned: int
    unassigned_url: str
    waiting: str
    waiting_url: str


class MailboxesPanel(Panel):
    """Each mailbox with what is unread, unassigned, and has waited longest."""

    key = "mailboxes"
    title = _("Mailboxes")
    description = _(
        "What is unread, unassigned and has waited longest in each mailbox."
    )
    asks = frozenset({MAILBOX})
    is_live = True
    template_name = "wagtail_ecp/admin/dashboard/panels/mailboxes.html"

    def context(self) -> dict[str, Any]:
        """Return the mailboxes, for one query."""
        told = self.mailboxes  # SettingsError for one that may not be read.
        age = Age(timezone.localtime())
        rows = glance.mailboxes(self.user)
        return {"rows": [_row(row, age) for row in rows if row.pk in told]}


def _row(row: glance.MailboxGlance, age: Age) -> Row:
    inbox = list_url(row.pk, "inbox")
    return Row(
        name=row.name,
        url=inbox,
        unread=row.unread,
        unread_url=f"{inbox}?unread=yes",
        unassigned=row.unassigned,
        unassigned_url=list_url(row.pk, "unassigned"),
        waiting=age.waiting(row.waiting_since) if row.waiting_since else "",
        waiting_url=list_url(row.pk, "waiting"),
    )
