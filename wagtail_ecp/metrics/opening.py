"""Business hours as people write them: "9:00-12:00, 13:00-17:00"."""

import re
from datetime import date
from itertools import pairwise
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wagtail_ecp.metrics.hours import DAY_MINUTES, Opening

MOST_HOLIDAYS: Final = 200

_TIME = r"(\d{1,2})(?::(\d\d))?"
_SPAN = re.compile(rf"{_TIME}\s*[-\u2013\u2014]\s*{_TIME}")


def parse_openings(text: str) -> list[Opening]:
    """Return what is written, in order; ValidationError in words for a person."""
    spans = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    openings = sorted(_opening(span) for span in spans)
    for (_begin, end), (begin, _end) in pairwise(openings):
        if begin < end:
            raise ValidationError(_("These times overlap: %(text)s") % {"text": text})
    return openings


def _opening(span: str) -> Opening:
    found = _SPAN.fullmatch(span)
    if found is None:
        raise ValidationError(
            _("“%(span)s” is no time span. Write it like 9:00-17:30.") % {"span": span}
        )
    first, last = found.group(1, 2), found.group(3, 4)
    opens, closes = (
        int(hour) * 60 + int(minute or 0) for hour, minute in (first, last)
    )
    minutes = [int(minute or 0) for _hour, minute in (first, last)]
    if max(minutes) >= 60 or closes > DAY_MINUTES:  # noqa: PLR2004
        raise ValidationError(_("There is no such time: %(span)s") % {"span": span})
    if closes <= opens:
        raise ValidationError(
            _("“%(span)s” ends before it begins. A night is two spans, on two days.")
            % {"span": span}
        )
    return opens, closes


def write_openings(openings: list[Opening]) -> str:
    """Return what ``parse_openings`` reads."""
    return ", ".join(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in openings)


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def parse_holidays(text: str) -> list[tuple[str, str]]:
    """Return days and names, in order, of lines such as "2026-12-25 Christmas"."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        day, _space, name = line.partition(" ")
        try:
            found[date.fromisoformat(day).isoformat()] = name.strip()
        except ValueError:
            raise ValidationError(
                _("“%(line)s” does not begin with a day such as 2026-12-25.")
                % {"line": line}
            ) from None
    if len(found) > MOST_HOLIDAYS:
        raise ValidationError(
            _("At most %(number)s holidays; leave out those that are over.")
            % {"number": MOST_HOLIDAYS}
        )
    return sorted(found.items())


def write_holidays(holidays: list[tuple[str, str]]) -> str:
    """Return what ``parse_holidays`` reads."""
    return "\n".join(f"{day} {name}".strip() for day, name in holidays)
