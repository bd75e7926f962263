"""What is assigned to whoever looks."""

from typing import Any, Final, NamedTuple

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.admin.ages import Age
from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.admin.dashboard.settings import MAILBOX
from wagtail_ecp.admin.places import list_url
from wagtail_ecp.inbox import glance
from wagtail_ecp.inbox.models import AssigneeCounter, Conversation

ROWS: Final = 8


class Row(NamedTuple):
    """A conversation, and how long somebody has waited for the answer."""

    url: str
    subject: str
    correspondent: str
    mailbox: str
    waiting: str
    is_unread: bool


class MyMailPanel(Panel):
    """The user's own conversations, the longest waiting first."""

    key = "my-mail"
    title = gettext_lazy("My Mail")
    description = gettext_lazy("What is assigned to you, the longest waiting first.")
    asks = frozenset({MAILBOX})
    is_live = True
    template_name = "wagtail_ecp/admin/dashboard/panels/my_mail.html"

    @property
    def url(self) -> str:
        """The list of all of them."""
        return list_url(self.settings.mailbox, "mine") if self.mailboxes else ""

    def context(self) -> dict[str, Any]:
        """Return eight rows and how many there are."""
        numbers = list(self.mailboxes)
        kept = AssigneeCounter.objects.filter(user=self.user.pk, mailbox__in=numbers)
        total = kept.aggregate(sum=Sum("conversations"))["sum"] or 0
        age = Age(timezone.localtime())
        found = glance.my_mail(self.user, numbers, most=ROWS) if total else []
        return {
            "total": total,
            "url": self.url,
            "rows": [self._row(row, age) for row in found],
            "has_several": len(self.mailboxes) > 1,
        }

    def _row(self, row: Conversation, age: Age) -> Row:
        return Row(
            url=reverse("wagtail_ecp:conversation", args=[row.pk]),
            subject=row.subject or _("(no subject)"),
            correspondent=row.correspondent,
            mailbox=self.mailboxes[row.mailbox_id],
            waiting=age.waiting(row.waiting_since) if row.waiting_since else "",
            is_unread=row.is_unread,
        )
