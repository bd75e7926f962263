"""What a panel was told: its period and its filters, as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wagtail_ecp.metrics.scope import Period

#: What a panel may ask for.
PERIOD: Final = "period"
MAILBOX: Final = "mailbox"
MEMBER: Final = "member"

DAYS: Final = (7, 30, 90, 365)


class SettingsError(ValueError):
    """What a panel was told makes no sense; says to a person why."""


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """So many days up to today, or from one day to another."""

    days: int = 30
    dates: Period | None = None

    def meant(self) -> Period:
        """Return the days that are meant today."""
        return self.dates or Period.latest(self.days)

    @property
    def words(self) -> str:
        """Say which days."""
        if self.dates:
            return _("%(first)s to %(last)s") % {
                "first": date_format(self.dates.first, "SHORT_DATE_FORMAT"),
                "last": date_format(self.dates.last, "SHORT_DATE_FORMAT"),
            }
        return ngettext("last %(number)s day", "last %(number)s days", self.days) % {
            "number": self.days
        }


@dataclass(frozen=True, slots=True)
class PanelSettings:
    """A period, and whose mail is meant."""

    period: PeriodChoice = field(default_factory=PeriodChoice)
    mailbox: int | None = None
    #: The primary key of a user, as text.
    member: str = ""

    @classmethod
    def read(cls, kept: Any) -> "PanelSettings":
        """Return what is kept; SettingsError for what this version can't follow."""
        if not isinstance(kept, Mapping):
            raise SettingsError(_("The settings of this panel can't be read."))
        unknown = sorted(set(kept) - {"days", "from", "to", MAILBOX, MEMBER})
        if unknown:
            raise SettingsError(
                _(
                    "This panel was set by another version: nobody knows “%(name)s” here."
                )
                % {"name": unknown[0]}
            )
        return cls(_period(kept), _mailbox(kept), str(kept.get(MEMBER) or ""))

    def kept(self) -> dict[str, Any]:
        """Return what ``read`` reads."""
        found: dict[str, Any] = {}
        if dates := self.period.dates:
            found |= {"from": dates.first.isoformat(), "to": dates.last.isoformat()}
        elif self.period != PeriodChoice():
            found["days"] = self.period.days
        if self.mailbox is not None:
            found[MAILBOX] = self.mailbox
        if self.member:
            found[MEMBER] = self.member
        return found


def _period(kept: Mapping[str, Any]) -> PeriodChoice:
    if "from" in kept or "to" in kept:
        return PeriodChoice(dates=between(_day(kept.get("from")), _day(kept.get("to"))))
    days = kept.get("days", PeriodChoice().days)
    if days not in DAYS:
        raise SettingsError(
            _("There is no period of “%(days)s” days.") % {"days": days}
        )
    return PeriodChoice(days=days)


def between(first: date | None, last: date | None) -> Period:
    """Return these days; SettingsError if they are none, or too many."""
    if first is None or last is None:
        raise SettingsError(_("A period has a first and a last day."))
    try:
        return Period(first, last)
    except ValidationError as refusal:
        raise SettingsError(" ".join(refusal.messages)) from refusal


def _day(value: Any) -> date | None:
    try:
        return parse_date(str(value or ""))
    except ValueError:
        return None


def _mailbox(kept: Mapping[str, Any]) -> int | None:
    number = kept.get(MAILBOX)
    if number is None or type(number) is int:
        return number
    raise SettingsError(_("“%(mailbox)s” is no mailbox.") % {"mailbox": number})
