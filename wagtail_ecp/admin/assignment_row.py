"""The account option "Maintain assignments", and what it would have done."""

from functools import cached_property
from typing import NamedTuple

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from wagtail_ecp.accounts import permissions
from wagtail_ecp.admin.numbers import grouped
from wagtail_ecp.admin.option_row import OptionRow
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.inbox.assignment_trial import MOST, Trial, names, trial
from wagtail_ecp.inbox.models import Conversation

#: Messages that are listed.
LISTED = 50


class MaintainRow(OptionRow):
    """Whether new mail goes to whoever replied last."""

    name = "maintain_assignments"
    section = gettext_lazy("Assignment")
    template = "assignment.html"

    def field(self) -> forms.Field:
        """Return a box."""
        return forms.BooleanField(
            label=_("Maintain assignments"),
            required=False,
            help_text=_(
                "A new message is assigned to the member who sent the most recent reply"
                " in its conversation, also if somebody else is assigned now. It stays"
                " unread in the inbox of its mailbox. Off, the assignee stays."
            ),
        )

    def effect(self) -> str:
        """Return what it would have done with the mail of the last 30 days."""
        words = sentence(self._trial)
        return (
            words
            if self._trial.is_all
            else _("%(words)s Only the newest count.") % {"words": words}
        )

    @cached_property
    def _trial(self) -> Trial:
        return trial()

    @property
    def url(self) -> str:
        """Where these messages are listed; "" if there are none."""
        return reverse("wagtail_ecp:assignments") if self._trial.assigned else ""


def sentence(found: Trial) -> str:
    """Return how many messages would have been assigned."""
    if not found.total:
        return _("No mail has come in the last 30 days.")
    return ngettext(
        "In the last 30 days it would have assigned %(assigned)s of %(total)s message.",
        "In the last 30 days it would have assigned %(assigned)s of %(total)s messages.",
        found.total,
    ) % {"assigned": grouped(len(found.assigned)), "total": grouped(found.total)}


class Line(NamedTuple):
    """One message of the list."""

    url: str
    subject: str
    to: str


@require_safe
def assignments(request: AdminRequest) -> HttpResponse:
    """List what would have been assigned, as far as the owner may read it."""
    permissions.require_owner(request.user)
    found = trial()
    called = names(found.assigned)
    numbers = {would.conversation for would in found.assigned}
    readable = Conversation.objects.visible_to(request.user).filter(pk__in=numbers)
    subjects = dict(readable.values_list("pk", "subject"))
    lines = [
        Line(
            reverse("wagtail_ecp:conversation", args=[would.conversation]),
            subjects[would.conversation] or _("(no subject)"),
            called.get(would.user, ""),
        )
        for would in found.assigned
        if would.conversation in subjects
    ]
    return page(
        request,
        "options/assignments.html",
        crumbs=[
            (_("Account Options"), reverse("wagtail_ecp:account_options")),
            (_("Maintain assignments"), ""),
        ],
        context={
            "sentence": sentence(found),
            "lines": lines[:LISTED],
            "more": len(lines) - len(lines[:LISTED]),
            "hidden": len(found.assigned) - len(lines),
            "most": "" if found.is_all else grouped(MOST),
        },
    )
