"""Facts as the books hold them, without a history."""

from datetime import UTC, date, datetime, time, timedelta

from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.scope import Period, Scope

JUNE = date(2026, 6, 1)
WEEK = Period(JUNE, JUNE + timedelta(days=6))


def a_fact(kind, mailbox, *, day=0, hour=9, conversation=1, user=None, **columns):
    """Return a fact, so many days after the first of June."""
    on = JUNE + timedelta(days=day)
    seconds = columns.get("seconds")
    defaults = {"action_number": 1, "business_seconds": seconds}
    return Fact.objects.create(
        kind=kind,
        at=datetime.combine(on, time(hour), tzinfo=UTC),
        day=on,
        hour=hour,
        mailbox_number=mailbox.pk,
        conversation_number=getattr(conversation, "pk", conversation),
        user=user,
        user_name=user.username if user else columns.pop("user_name", ""),
        **defaults | columns,
    )


def asked(metric, viewer, period=WEEK, **frame):
    """Return what a metric says to ``viewer``."""
    return metric.measure(Scope.of(viewer, period, **frame))


def figures(result):
    """Return the figures by key: now and before."""
    return {one.key: (one.value, one.before) for one in result.figures}


def line(result, key):
    """Return the values of a line."""
    (found,) = [one for one in result.lines if one.key == key]
    return [value for _moment, value in found.points]


def table(result, key):
    """Return the rows of a table, by name."""
    (found,) = [one for one in result.tables if one.key == key]
    return {str(row.name): list(row.values) for row in found.rows}
