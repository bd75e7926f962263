"""What waits, on Wagtail's own home page."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from laces.components import Component

from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.places import list_url
from wagtail_ecp.inbox.list_numbers import numbers


class Number(NamedTuple):
    """How many there are of something, and where they are."""

    number: int
    label: str
    url: str


class MailPanel(Component):
    """Three numbers over all mailboxes that the user reads, and the way to the rest."""

    name = "ecp_mail"
    template_name = "wagtail_ecp/admin/dashboard/home.html"
    order = 90

    class Media:
        """What the numbers look like."""

        css = {"all": ["wagtail_ecp/css/home.css"]}

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """Return the numbers, for one query."""
        request = parent_context["request"]
        mailboxes = [mailbox.pk for mailbox in navigation(request).mailboxes]
        kept = numbers(request.user, mailboxes).by_list
        only = mailboxes[0] if len(mailboxes) == 1 else None
        return {
            "numbers": [
                Number(kept["inbox"], _("unread"), list_url(only, "inbox")),
                Number(
                    kept["unassigned"], _("unassigned"), list_url(only, "unassigned")
                ),
                Number(kept["mine"], _("assigned to you"), list_url(only, "mine")),
            ]
        }
