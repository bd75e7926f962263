"""Values as people read them: numbers, durations, shares, and how they changed."""

from datetime import date, datetime
from typing import Final

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from wagtail_ecp.admin.dashboard.charts import Write
from wagtail_ecp.metrics.results import Unit, Value

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
#: From so many on, smaller units say nothing.
MANY: Final = 10
#: Round durations for the side of a picture.
ROUND: Final = (
    *(MINUTE, 2 * MINUTE, 4 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE),
    *(HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR),
    *(DAY, 2 * DAY, 4 * DAY, 6 * DAY, 10 * DAY, 20 * DAY, 30 * DAY, 60 * DAY),
)


def written(value: Value, unit: Unit) -> str:
    """Return the value with its unit; a dash where there is none."""
    if value is None:
        return "—"
    if unit is Unit.SECONDS:
        return _duration(value)
    if unit is Unit.SHARE:
        return _percent(value)
    # What lies between whole numbers is at the side of a picture alone.
    return number_format(value, 0 if value == int(value) else 1, force_grouping=True)


def change(value: Value, before: Value) -> str:
    """Return by how much it changed, in per cent; empty where that means nothing."""
    if value is None or not before:
        return ""
    changed = round(100 * (value - before) / before)
    sign = "+" if changed > 0 else "\N{MINUS SIGN}" if changed < 0 else "±"
    return _("%(sign)s%(number)s %%") % {"sign": sign, "number": abs(changed)}


def moment(at: date | datetime) -> str:
    """Return a day, or an hour of one."""
    return date_format(
        at, "SHORT_DATETIME_FORMAT" if isinstance(at, datetime) else "SHORT_DATE_FORMAT"
    )


class Writing(Write):
    """Writes values of one unit."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def __call__(self, value: float) -> str:
        """Return the value as people read it."""
        return written(value, self._unit)

    def round_up(self, value: float) -> float:
        """Return a round value that is not less: of durations a round duration."""
        if self._unit is Unit.SECONDS and value > 0:
            return next((one for one in ROUND if one >= value), super().round_up(value))
        return super().round_up(value)


def _percent(value: float) -> str:
    return _("%(number)s %%") % {"number": number_format(100 * value, 1)}


def _duration(seconds: float) -> str:
    """Return the two largest units, or the largest alone of many."""
    units = (
        (DAY, HOUR, _("%(number)s d")),
        (HOUR, MINUTE, _("%(number)s h")),
        (MINUTE, 1, _("%(number)s min")),
    )
    for place, (unit, _smaller, words) in enumerate(units):
        whole, rest = divmod(int(seconds), unit)
        if not whole:
            continue
        said = words % {"number": whole}
        if whole >= MANY or place == len(units) - 1:
            return said
        below, _smallest, small = units[place + 1]
        return f"{said} {small % {'number': rest // below}}" if rest // below else said
    return _("%(number)s s") % {"number": int(seconds)}
