"""The tab "Mail" of a member's Account page: signature, mailbox, alerts."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import ModelForm
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages as notices
from wagtail.admin.views.account import BaseSettingsPanel, SettingsTab

from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.admin.subscription_lists import own_rows
from wagtail_ecp.inbox import profiles
from wagtail_ecp.inbox.models import Mailbox, MemberProfile

#: Before the names of our fields in Wagtail's one large form.
PREFIX = "ecp_profile"

WAYS_OF_WORKING = (
    *("signature", "default_mailbox", "starting_tab", "archive_on_reply"),
    *("then_shows", "undo_seconds", "writes_plain"),
    *("newest_first", "has_preview", "is_compact"),
)
ALERTS = (
    "alert_assigned",
    "alert_mentioned",
    "alert_followed",
    "alert_mailboxes",
    "alerts_by_mail",
)
NAMES = (*WAYS_OF_WORKING, *ALERTS)


class ProfileForm(ModelForm):  # type: ignore[type-arg]
    """A member's own preferences; only what was changed on this page is saved.

    Each field says, hidden, what the page showed, so that a page that was open for
    long takes nothing back.
    """

    class Meta:
        model = MemberProfile
        fields = NAMES
        widgets: ClassVar = {
            "signature": forms.Textarea(attrs={"rows": 4}),
            "alert_mailboxes": forms.CheckboxSelectMultiple,
        }
        help_texts: ClassVar = {
            "signature": gettext_lazy(
                "Put below your answers, where you can still change it."
            ),
            "default_mailbox": gettext_lazy("Where “Mail” leads to; empty: the first."),
            "starting_tab": gettext_lazy("The folder that is shown first."),
            "archive_on_reply": gettext_lazy(
                "“Send and archive” becomes the main button below an answer."
            ),
            "newest_first": gettext_lazy(
                "In a conversation the latest message comes first, and the answer"
                " above it."
            ),
            "undo_seconds": gettext_lazy(
                "For so long an e-mail can be taken back; it leaves only then."
            ),
            "writes_plain": gettext_lazy(
                "Each e-mail can be switched to formatted text and back."
            ),
        }

    class Media:
        css: ClassVar = {
            "all": ["wagtail_ecp/css/profile.css", "wagtail_ecp/css/feeds.css"]
        }

    #: Says that the page had our fields; without it they are not read.
    shown = forms.BooleanField(widget=forms.HiddenInput, initial=True, required=False)

    def __init__(self, request: AdminRequest, data: Any = None) -> None:
        own = MemberProfile.objects.of(request.user)
        super().__init__(data, instance=own, prefix=PREFIX)
        self._request = request
        readable = Mailbox.objects.visible_to(request.user)
        for name in ("default_mailbox", "alert_mailboxes"):
            self.fields[name].queryset = readable  # type: ignore[attr-defined]
        self.fields["default_mailbox"].empty_label = _("the first one")  # type: ignore[attr-defined]
        for name in NAMES:
            self.fields[name].show_hidden_initial = True

    @property
    def wanted(self) -> dict[str, Any]:
        """What the person changed on this page."""
        changed = set(self.changed_data)
        return {name: self.cleaned_data[name] for name in NAMES if name in changed}

    def save(self, commit: bool = True) -> Any:
        """Write the changes; say so if the right on a mailbox went away just now."""
        del commit
        if not self.wanted:
            return self.instance
        try:
            return profiles.change(self.wanted, by=self._request.user)
        except (PermissionDenied, ValidationError) as refusal:
            words = getattr(refusal, "messages", None) or [str(refusal)]
            notices.error(self._request, " ".join(words))
            return self.instance

    def shown_rows(self, *names: str) -> list[tuple[forms.BoundField, str]]:
        """Return these fields, each with the hidden input of what the page showed."""
        fields = [self[name] for name in names]
        return [(field, field.as_hidden(only_initial=True)) for field in fields]


class ProfilePanel(BaseSettingsPanel):
    """The tab of Wagtail's Account page, for members."""

    name = PREFIX
    title = gettext_lazy("Mail")
    tab = SettingsTab("ecp-mail", gettext_lazy("Mail"), order=150)
    order = 100
    template_name = "wagtail_ecp/admin/profile_panel.html"

    @cached_property
    def form(self) -> ProfileForm:
        """Return the one form; Wagtail asks for it several times."""
        is_ours = f"{PREFIX}-shown" in self.request.POST
        return ProfileForm(self.request, self.request.POST if is_ours else None)

    def is_active(self) -> bool:
        """Whether this is a member; the sidebar has asked for that anyway."""
        return bool(navigation(self.request).mailboxes)

    def get_form(self) -> ProfileForm:
        """Return what is read, checked and saved."""
        return self.form

    def get_context_data(self) -> dict[str, Any]:
        """Return what the template shows."""
        return {
            "form": self.form,
            "subscriptions": own_rows(self.request),
            "serves_feeds": navigation(self.request).serves_feeds,
            "zone": navigation(self.request).zone.key,
            "ways_of_working": self.form.shown_rows(*WAYS_OF_WORKING),
            "alerts": self.form.shown_rows(*ALERTS),
        }
