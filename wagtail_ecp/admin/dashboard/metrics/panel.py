"""A panel for each metric: what it says, in numbers and pictures."""

from functools import cached_property
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from wagtail_ecp.admin.dashboard.forms import given_by
from wagtail_ecp.admin.dashboard.metrics.frame import scope_of
from wagtail_ecp.admin.dashboard.metrics.pictures import headlines, pictures
from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.admin.dashboard.settings import (
    MAILBOX,
    MEMBER,
    PERIOD,
    SettingsError,
)
from wagtail_ecp.admin.search_places import viewer_of
from wagtail_ecp.journal.actions import display_name
from wagtail_ecp.metrics.asking import measured
from wagtail_ecp.metrics.measures import METRICS, Metric


class MetricPanel(Panel):
    """A metric over a period, beside the period before; opens the cases behind it."""

    metric: ClassVar[Metric]
    template_name = "wagtail_ecp/admin/dashboard/panels/metric.html"

    @property
    def url(self) -> str:
        """The page of the cases."""
        page = reverse("wagtail_ecp:metric", args=[self.metric.key])
        return f"{page}?{urlencode(given_by(self.settings))}"

    @property
    def about(self) -> str:
        """Say which mailbox, days and member it is about."""
        words = super().about
        return f"{words} · {self._member}" if self.settings.member else words

    @cached_property
    def _member(self) -> str:
        scope = scope_of(self.user, self.settings)
        known = viewer_of(self.request).members()
        user = known.filter(pk=scope.member).first()
        if user is None:
            raise SettingsError(_("This panel is about a member who is gone."))
        return display_name(user)

    def context(self) -> dict[str, Any]:
        """Return the numbers and their pictures."""
        result = measured(self.metric, scope_of(self.user, self.settings))
        return {
            "url": self.url,
            "headlines": headlines(result),
            "pictures": pictures(result),
            "is_of_now": self.metric.is_of_now,
        }


def panel_of(metric: Metric) -> type[MetricPanel]:
    """Return the class of a metric's panel."""
    told = {MAILBOX}
    told |= set() if metric.is_of_now else {PERIOD}
    told |= {MEMBER} if metric.is_of_members else set()
    columns = {
        "__doc__": f"The panel of {metric.key}.",
        "key": metric.key,
        "title": metric.name,
        "description": metric.definition,
        "asks": frozenset(told),
        "metric": metric,
    }
    return type("MetricPanelOfOne", (MetricPanel,), columns)


METRIC_PANELS = tuple(panel_of(metric) for metric in METRICS)
