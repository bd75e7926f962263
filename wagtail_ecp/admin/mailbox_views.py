"""Saving a mailbox, and what to tell whoever did."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail.admin import messages as notices
from wagtail.admin.views import generic

from wagtail_ecp.accounts import guard
from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.metrics.actions import set_business_hours


class MailboxCreateView(generic.CreateView):
    """Warns of people whose own mail now arrives in the mailbox."""

    def save_instance(self) -> Any:
        """Save it with its business hours, then warn."""
        mailbox = super().save_instance()
        set_business_hours(mailbox, self.form.week, by=self.request.user)
        _warn(self.request, mailbox)
        return mailbox


class MailboxEditView(generic.EditView):
    """Warns of people whose own mail now arrives in the mailbox."""

    def save_instance(self) -> Any:
        """Save it with its business hours, then warn."""
        mailbox = super().save_instance()
        set_business_hours(mailbox, self.form.week, by=self.request.user)
        _warn(self.request, mailbox)
        return mailbox


def _warn(request: HttpRequest, mailbox: Mailbox) -> None:
    people = guard.people_in_reach([mailbox.address_key]) if mailbox.is_active else []
    if people:
        names = ", ".join(str(user) for user in people)
        notices.warning(
            request,
            _(
                "Mail to the own address of %(names)s arrives in this mailbox, whose"
                " members would read a password reset. Give them another address."
            )
            % {"names": names},
        )
