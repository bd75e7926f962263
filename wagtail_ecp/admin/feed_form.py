"""What a member chooses of a feed."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox.actions import Choices
from wagtail_ecp.inbox.models import Conversation, SavedSearch, Subscription
from wagtail_ecp.inbox.models.subscriptions import Target


class ChoicesForm(forms.Form):
    """The choices that there are for a mailbox, a conversation or a saved search."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=Subscription.Format.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Every reader takes RSS, and most take the others."),
    )
    has_bodies = forms.BooleanField(
        label=gettext_lazy("Whole messages"),
        required=False,
        help_text=gettext_lazy(
            "Instead of their beginnings. A reader on somebody else's server keeps what"
            " it has read."
        ),
    )
    has_notes = forms.BooleanField(
        label=gettext_lazy("Notes as well"),
        required=False,
        help_text=gettext_lazy("What colleagues write for each other."),
    )

    def __init__(
        self,
        data: Any,
        *,
        target: Target,
        account: Account,
        subscription: Subscription | None,
    ) -> None:
        chosen = subscription or Choices()
        initial = {name: getattr(chosen, name) for name in Choices._fields}
        super().__init__(data, initial=initial)
        if isinstance(target, SavedSearch):
            del self.fields["has_bodies"]
        elif not account.rss_full_bodies:
            self.initial["has_bodies"] = False
            self.fields["has_bodies"].disabled = True
            self.fields["has_bodies"].help_text = _(
                "The account owner has not allowed whole messages in feeds."
            )
        if not isinstance(target, Conversation):
            del self.fields["has_notes"]

    @property
    def choices(self) -> Choices:
        """What was chosen."""
        return Choices(**self.cleaned_data)
