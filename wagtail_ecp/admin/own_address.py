"""Keeps people's own addresses apart from the mailboxes, in Wagtail's Account page."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages as notices
from wagtail.admin.views.account import BaseSettingsPanel, NameEmailSettingsPanel

from wagtail_ecp.accounts import guard, members
from wagtail_ecp.mail.addresses import address_key


class OwnAddressForm(forms.Form):
    """Asks nothing: it looks at the address that another panel of the page saves."""

    def __init__(self, data: Any, *, panel: "OwnAddressPanel") -> None:
        super().__init__(data, prefix=panel.name)
        self._panel = panel

    def clean(self) -> dict[str, Any]:
        """Refuse an owner's new address that is a mailbox's."""
        if self._panel.is_changed and guard.is_the_owner(self._panel.user):
            raise ValidationError(guard.address_is_shared())
        return self.cleaned_data

    def save(self) -> None:
        """Warn whoever else has such an address."""
        notices.warning(self._panel.request, self._panel.warning)


class OwnAddressPanel(BaseSettingsPanel):
    """Shown only while mail to the person's address arrives in a mailbox."""

    name = "ecp_own_address"
    title = gettext_lazy("Your address and the mailboxes")
    order = 150
    template_name = "wagtail_ecp/admin/own_address.html"

    @cached_property
    def _posted(self) -> str | None:
        field = f"{NameEmailSettingsPanel.name}-email"
        posted: str | None = self.request.POST.get(field)
        return posted

    @cached_property
    def _stored(self) -> str:
        # Not the request's user: the form beside may have written into that one.
        model = get_user_model()
        row = model._default_manager.filter(pk=self.user.pk)
        return str(row.values_list(model.get_email_field_name(), flat=True).get())

    @property
    def is_changed(self) -> bool:
        """Whether the page would save another address."""
        posted = self._posted
        return posted is not None and address_key(posted) != address_key(self._stored)

    @cached_property
    def mailbox(self) -> Any:
        """Return the mailbox in which mail to the address arrives, if one does."""
        address = self._stored if self._posted is None else self._posted
        return members.mailbox_taking(address)

    @property
    def warning(self) -> str:
        """What the person should know."""
        return _(
            "Mail to your own address arrives in the mailbox “%(mailbox)s”. Its members"
            " would read your password reset: use another address for yourself."
        ) % {"mailbox": self.mailbox.name}

    def is_active(self) -> bool:
        """Whether there is anything to say."""
        return self.mailbox is not None

    def get_form(self) -> OwnAddressForm:
        """Return the form, which is bound as the page's others are."""
        data = self.request.POST if self.request.method == "POST" else None
        return OwnAddressForm(data, panel=self)

    def get_context_data(self) -> dict[str, Any]:
        """Add the warning."""
        return {**super().get_context_data(), "warning": self.warning}
