"""The account options about spam: the threshold, and how long it is kept."""

from functools import cached_property
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wagtail_ecp.accounts.options import RETENTION
from wagtail_ecp.admin import junk_words, spam_words
from wagtail_ecp.admin.histogram import Histogram, histogram
from wagtail_ecp.admin.last_month import LastMonth
from wagtail_ecp.admin.option_row import OptionRow
from wagtail_ecp.admin.spam_preview import preview
from wagtail_ecp.admin.threshold_field import (
    DaysInput,
    ThresholdInput,
    WholeNumberField,
)
from wagtail_ecp.inbox.junk import junk


class ThresholdRow(OptionRow):
    """From which score on a message is spam."""

    name = "spam_threshold"
    section = gettext_lazy("Spam")
    template = "threshold.html"

    def field(self) -> forms.Field:
        """Return a number that a slider moves."""
        return WholeNumberField(
            least=0,
            most=100,
            label=_("Spam threshold"),
            widget=ThresholdInput,
            help_text=_(
                "Every message gets a score from 0 to 100; from the threshold on it"
                " goes to Spam. Low is strict: at 0 everything but the mail of contacts"
                " goes there. High is lenient: at 100 nothing does."
            ),
        )

    def behaviour(self) -> dict[str, str]:
        """Return what makes the slider move the line and the sentence."""
        return {
            "data-controller": "ecp-preview ecp-threshold",
            "data-action": "input->ecp-preview#changed"
            " ecp-progress:done@window->ecp-preview#refresh",
            "data-ecp-preview-url-value": reverse("wagtail_ecp:spam_preview"),
            "data-ecp-preview-name-value": "threshold",
            "data-ecp-preview-shown-value": str(self.account.spam_threshold),
        }

    def effect(self) -> str:
        """Return what the saved threshold means for the last 30 days."""
        return spam_words.sentence(
            self.last_month.month.effect(self.account.spam_threshold)
        )

    @cached_property
    def last_month(self) -> LastMonth:
        """The mail that shows what a threshold does."""
        return LastMonth(self.account)

    @cached_property
    def preview(self) -> dict[str, Any]:
        """What the saved threshold would do; the owner alone sees this."""
        owner, threshold = self.account.owner, self.account.spam_threshold
        return preview(self.last_month.month, threshold, user=owner)

    @cached_property
    def histogram(self) -> Histogram:
        """How the scores are spread."""
        return histogram(self.last_month.month)


class RetentionRow(OptionRow):
    """How long Spam and Trash are kept."""

    name = "junk_retention_days"
    section = gettext_lazy("Spam")
    template = "retention.html"

    def field(self) -> forms.Field:
        """Return a number of days."""
        return WholeNumberField(
            least=RETENTION[0],
            most=RETENTION[-1],
            label=_("Kept in Spam and Trash (days)"),
            widget=DaysInput,
            help_text=_(
                "After so many days a conversation in Spam or Trash is deleted for"
                " good, with its files. What comes back from there in time stays."
            ),
        )

    def behaviour(self) -> dict[str, str]:
        """Return what makes the line change with the number."""
        return {
            "data-controller": "ecp-preview",
            "data-action": "input->ecp-preview#changed",
            "data-ecp-preview-url-value": reverse("wagtail_ecp:retention_preview"),
            "data-ecp-preview-name-value": "days",
            "data-ecp-preview-shown-value": str(self.account.junk_retention_days),
        }

    def effect(self) -> str:
        """Return how many lie there, and which go next."""
        return junk_words.in_words(junk(self.account.junk_retention_days))
