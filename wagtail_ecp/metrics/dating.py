"""Makes rows of facts: which day it was, and how long by the mailbox's hours."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model

from wagtail_ecp.metrics.hours import Hours, business_seconds
from wagtail_ecp.metrics.models import BusinessHours, Fact
from wagtail_ecp.metrics.story import Found

#: How long writing takes has nothing to do with when the team is to be reached.
WITHOUT_HOURS = frozenset({Fact.Kind.HANDLED})


def hours_by_mailbox(zone: str) -> dict[int, Hours]:
    """Return the business hours of the mailboxes that have some."""
    rows = BusinessHours.objects.all()
    return {row.mailbox_id: hours_of(row, zone_of_account=zone) for row in rows}


def hours_of(row: BusinessHours, *, zone_of_account: str) -> Hours:
    """Return what a row means."""
    return Hours(
        row.time_zone or zone_of_account,
        tuple(
            tuple((opens, closes) for opens, closes in openings)
            for openings in row.week
        ),
        frozenset(date.fromisoformat(day) for day, _name in row.holidays),
    )


def rows_of(found: Iterable[Found], *, zone: str) -> list[Fact]:
    """Return unsaved rows, with the days of ``zone``."""
    chosen = list(found)
    place, hours = ZoneInfo(zone), hours_by_mailbox(zone)
    users = _users({one.user for one in chosen if one.user})
    return [
        _row(one, place, hours.get(one.mailbox), users.get(one.user)) for one in chosen
    ]


def _users(keys: Collection[str]) -> dict[str, Any]:
    """Return the keys of those who are still here, by what the journal calls them."""
    users = get_user_model()._default_manager
    fitting = [key for key in keys if _is_key(key)]
    found = users.filter(pk__in=fitting).values_list("pk", flat=True)
    return {str(key): key for key in found}


def _is_key(key: str) -> bool:
    try:
        get_user_model()._meta.pk.to_python(key)
    except Exception:  # noqa: BLE001 - whatever the site's key says of what it is not
        return False
    return True


def _row(found: Found, zone: ZoneInfo, hours: Hours | None, user: Any) -> Fact:
    local = found.at.astimezone(zone)
    row = Fact(
        kind=found.kind,
        at=found.at,
        day=local.date(),
        hour=local.hour,
        mailbox_number=found.mailbox,
        conversation_number=found.conversation,
        message_number=found.message,
        action_number=found.action,
        user_id=user,
        user_name=found.user_name,
        page_number=found.page,
        page_title=found.title,
    )
    if found.began is not None:
        row.seconds = max(0, int((found.at - found.began).total_seconds()))
        if found.kind not in WITHOUT_HOURS:
            began = found.at - timedelta(seconds=row.seconds)
            row.business_seconds = business_seconds(began, found.at, hours)
    return row
