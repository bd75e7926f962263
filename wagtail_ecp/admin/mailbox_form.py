"""The form of a mailbox."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wagtail_ecp.accounts import guard
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.admin.hours_fields import HoursFields
from wagtail_ecp.billing import usage
from wagtail_ecp.inbox.models import Mailbox, OutgoingServer
from wagtail_ecp.mail.addresses import address_key
from wagtail_ecp.mail.sending.site import tls_problem_of_site


class MailboxForm(HoursFields, forms.ModelForm):  # type: ignore[type-arg]
    """A shared address; there must be an account that it belongs to."""

    class Meta:
        model = Mailbox
        widgets: ClassVar = {"signature": forms.Textarea(attrs={"rows": 4})}
        fields: ClassVar = [
            "name",
            "address",
            "from_name",
            "signature",
            "outgoing_server",
            "is_active",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_hours_of(self.instance)

    def clean_address(self) -> str:
        """Refuse an address that another mailbox has, however it is spelt."""
        address: str = self.cleaned_data["address"]
        others = Mailbox.objects.exclude(pk=self.instance.pk)
        if others.filter(address_key=address_key(address)).exists():
            raise ValidationError(_("Another mailbox already has this address."))
        return address

    def clean(self) -> dict[str, Any] | None:
        """Refuse a mailbox before there is an account that it could belong to."""
        cleaned = super().clean()
        if not Account.objects.exists():
            raise ValidationError(
                _("First the e-mail centre has to be set up: open the Mail menu.")
            )
        account = Account.objects.current()
        if account.requires_ssl and not account.receives_only:
            self._refuse_open_lines()
        self._refuse_owners_address()
        self._refuse_too_many(account)
        return cleaned

    def _refuse_too_many(self, account: Account) -> None:
        """Refuse one more active mailbox than the service level allows."""
        if not self.cleaned_data.get("is_active"):
            return
        if self.instance.pk and "is_active" not in self.changed_data:
            return
        refusal = usage.refusal(account, "mailboxes")
        if refusal:
            self.add_error(None, refusal)

    def _refuse_owners_address(self) -> None:
        """Refuse to take in the owner's own mail, such as their password reset.

        A mailbox that does so already may still be renamed, or deactivated.
        """
        asked = {"address", "is_active"}.intersection(self.changed_data)
        address = self.cleaned_data.get("address")
        if not (asked and address and self.cleaned_data.get("is_active")):
            return
        if guard.takes_owners_mail(address):
            self.add_error("address", guard.owners_address_is_shared())

    def _refuse_open_lines(self) -> None:
        """Refuse a way out that does not encrypt while the account demands it.

        A mailbox that is there may still be renamed, or deactivated.
        """
        asked = {"outgoing_server", "is_active"}.intersection(self.changed_data)
        is_active = self.cleaned_data.get("is_active")
        if not is_active or (self.instance.pk and not asked):
            return
        server = self.cleaned_data.get("outgoing_server")
        problem = ""
        if server is None:
            problem = tls_problem_of_site()
        elif server.security == OutgoingServer.Security.NONE:
            problem = _("This server is used without encryption.")
        if problem:
            self.add_error(
                "outgoing_server",
                _(
                    "%(problem)s The account demands SSL for all e-mail transmissions:"
                    " put that right, or choose an outgoing server that encrypts."
                )
                % {"problem": problem},
            )
