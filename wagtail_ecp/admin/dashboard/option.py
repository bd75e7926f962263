"""The account option that keeps customising to administrators."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from wagtail_ecp.admin.option_row import OptionRow
from wagtail_ecp.inbox.models import DashboardPanel


class DashboardsRow(OptionRow):
    """Who may choose what is on their dashboard."""

    name = "dashboards_by_administrators_only"
    section = gettext_lazy("Dashboards")

    def field(self) -> forms.Field:
        """Return a box."""
        return forms.BooleanField(
            label=_("Only allow Administrators to customize their Dashboards"),
            required=False,
            help_text=_(
                "Everybody else sees the six panels that everybody has at first. What"
                " they have chosen before is kept, and comes back when this is off."
            ),
        )

    def effect(self) -> str:
        """Return how many people have panels of their own."""
        own = DashboardPanel.objects.exclude(user=None).order_by()
        number = own.values("user").distinct().count()
        if not number:
            return _("Nobody has a dashboard of their own.")
        return ngettext(
            "%(number)s person has a dashboard of their own.",
            "%(number)s people have a dashboard of their own.",
            number,
        ) % {"number": number}
