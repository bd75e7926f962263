"""The form of a mailbox."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.mail.addresses import address_key


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]
    """A shared address; there must be an account that it belongs to."""

    class Meta:
        model = Mailbox
        fields: ClassVar = [
            "name",
            "address",
            "from_name",
            "outgoing_server",
            "is_active",
        ]

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
                _("First the e-mail centre needs an owner: manage.py ecp_set_owner")
            )
        return cleaned
