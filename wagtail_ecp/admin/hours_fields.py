"""Fields for a mailbox's business hours, as a part of its form."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.admin.zone_field import ZoneField
from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.metrics.actions import Week, week_of
from wagtail_ecp.metrics.opening import (
    parse_holidays,
    parse_openings,
    write_holidays,
    write_openings,
)

HINT = _(
    "Business hours, such as 9:00-12:30, 13:30-17:00. Empty: closed; all days empty:"
    " always open, so that business time is calendar time."
)


class OpeningsField(forms.CharField):
    """Time spans of a day."""

    def clean(self, value: Any) -> Any:
        """Return the spans in minutes."""
        return tuple(parse_openings(super().clean(value)))


class HolidaysField(forms.CharField):
    """Days, each on a line of its own."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: Any) -> Any:
        """Return days and names."""
        return tuple(parse_holidays(super().clean(value)))


def _name(weekday: int) -> str:
    return f"hours_{weekday}"


class HoursFields(forms.Form):
    """What a form of a mailbox asks beside the mailbox's own columns."""

    hours_zone = ZoneField(
        label=_("Time zone of the business hours"),
        required=False,
        help_text=_("Empty: the account's."),
    )
    holidays = HolidaysField(
        label=_("Holidays"),
        required=False,
        help_text=_("One on each line, such as 2026-12-25 Christmas."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone, holidays = self.fields.pop("hours_zone"), self.fields.pop("holidays")
        for number, name in WEEKDAYS.items():
            field = OpeningsField(label=name, required=False, max_length=100)
            self.fields[_name(number)] = field
        self.fields[_name(0)].help_text = HINT
        self.fields |= {"hours_zone": zone, "holidays": holidays}

    def show_hours_of(self, mailbox: Mailbox) -> None:
        """Fill in what holds for ``mailbox``."""
        week = week_of(mailbox)
        for number, openings in enumerate(week.openings):
            self.initial[_name(number)] = write_openings(list(openings))
        self.initial["hours_zone"] = week.time_zone
        self.initial["holidays"] = write_holidays(list(week.holidays))

    @property
    def week(self) -> Week:
        """The business hours that were typed; the form is valid."""
        return Week(
            openings=tuple(self.cleaned_data[_name(number)] for number in WEEKDAYS),
            holidays=self.cleaned_data["holidays"],
            time_zone=self.cleaned_data["hours_zone"],
        )
