"""What a panel was told: its period and its filters, as they are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

#: What a panel may ask for.
PERIOD: Final = "period"
MAILBOX: Final = "mailbox"
MEMBER: Final = "member"

DAYS: Final = (7, 30, 90, 365)
LONGEST: Final = 731


class SettingsError(ValueError):
    """What a panel was told makes no sense; says to a person why."""


class Span(NamedTuple):
    """Days from the first to the last, both of them included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Span":
        """As many days, up to the first of these."""
        return Span(
            self.first - timedelta(days=self.days), self.first - timedelta(days=1)
        )


@dataclass(frozen=True, slots=True)
class Period:
    """So many days up to today, or from one day to another."""

    days: int = 30
    dates: Span | None = None

    def span(self, today: date) -> Span:
        """Return the days that are meant."""
        return self.dates or Span(today - timedelta(days=self.days - 1), today)

    @property
    def words(self) -> str:
        """Say which days."""
        if self.dates:
            first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in self.dates)
            return _("%(first)s to %(last)s") % {"first": first, "last": last}
        return ngettext("last %(number)s day", "last %(number)s days", self.days) % {
            "number": self.days
        }


@dataclass(frozen=True, slots=True)
class PanelSettings:
    """A period, and whose mail is meant."""

    period: Period = field(default_factory=Period)
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
        if self.period.dates:
            first, last = self.period.dates
            found |= {"from": first.isoformat(), "to": last.isoformat()}
        elif self.period != Period():
            found["days"] = self.period.days
        if self.mailbox is not None:
            found[MAILBOX] = self.mailbox
        if self.member:
            found[MEMBER] = self.member
        return found


def _period(kept: Mapping[str, Any]) -> Period:
    if "from" in kept or "to" in kept:
        return Period(dates=between(_day(kept.get("from")), _day(kept.get("to"))))
    days = kept.get("days", Period().days)
    if days not in DAYS:
        raise SettingsError(
            _("There is no period of “%(days)s” days.") % {"days": days}
        )
    return Period(days=days)


def between(first: date | None, last: date | None) -> Span:
    """Return these days; SettingsError if they are none, or too many."""
    if first is None or last is None:
        raise SettingsError(_("A period has a first and a last day."))
    if last < first:
        raise SettingsError(_("The period ends before it begins."))
    span = Span(first, last)
    if span.days > LONGEST:
        raise SettingsError(
            _("A period has at most %(days)s days.") % {"days": LONGEST}
        )
    return span


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
