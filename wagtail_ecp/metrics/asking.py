"""How metrics are asked for: by key, and what was just measured is not measured again."""

import hashlib
from typing import Final

from django.core.cache import cache
from django.utils.translation import get_language

from wagtail_ecp.metrics.measures import METRICS, Metric
from wagtail_ecp.metrics.results import Result
from wagtail_ecp.metrics.scope import Scope

#: Seconds for which an answer may be shown again.
FRESH: Final = 300

BY_KEY: Final = {metric.key: metric for metric in METRICS}


def measured(metric: Metric, scope: Scope) -> Result:
    """Return what ``metric`` says, at most five minutes old.

    For the same mailboxes, days and member it is the same, whoever asks.
    """
    name = _name(metric, scope)
    known: Result | None = cache.get(name)
    if known is not None:
        return known
    result = metric.measure(scope)
    cache.set(name, result, FRESH)
    return result


def _name(metric: Metric, scope: Scope) -> str:
    frame = (
        metric.key,
        *(scope.period.first, scope.period.last, scope.mailboxes),
        *(sorted(scope.names.items()), scope.member, get_language()),
    )
    digest = hashlib.sha256(repr(frame).encode()).hexdigest()
    return f"ecp-metric-{digest}"
