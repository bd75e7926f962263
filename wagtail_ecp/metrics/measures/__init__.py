"""All metrics: small equals, one line each."""

from wagtail_ecp.metrics.measures.activity import ACTIVITY
from wagtail_ecp.metrics.measures.backlog import BACKLOG
from wagtail_ecp.metrics.measures.breakdown import BREAKDOWN
from wagtail_ecp.metrics.measures.closing import REOPENED
from wagtail_ecp.metrics.measures.metric import Metric
from wagtail_ecp.metrics.measures.pages import PAGES
from wagtail_ecp.metrics.measures.spam import SPAM
from wagtail_ecp.metrics.measures.times import (
    FIRST_RESOLUTION,
    FIRST_RESPONSE,
    RESOLUTION,
    RESPONSE,
)
from wagtail_ecp.metrics.measures.traffic import BY_HOUR, TRAFFIC
from wagtail_ecp.metrics.measures.waiting import WAITING

METRICS: tuple[Metric, ...] = (
    FIRST_RESPONSE,
    RESPONSE,
    FIRST_RESOLUTION,
    RESOLUTION,
    TRAFFIC,
    BY_HOUR,
    BREAKDOWN,
    ACTIVITY,
    BACKLOG,
    REOPENED,
    WAITING,
    SPAM,
    PAGES,
)

__all__ = ["METRICS", "Metric"]
