"""Fields for a mailbox's business hours, as a part of its form."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.admin.zone_field import ZoneField
from wagtail_ecp.inbox.models import Mailbox
from wagtail_ecp.metrics.actions import Week, week_of
from wagtail_ecp.metrics.hours import Opening
from wagtail_ecp.metrics.opening import (
    parse_holidays,
    parse_openings,
    write_holidays,
    write_openings,
)

LONGEST = 100


class WeekInput(forms.MultiWidget):
    """A line for each weekday."""

    template_name = "wagtail_ecp/admin/widgets/week.html"
    use_fieldset = True

    class Media:
        css = {"all": ["wagtail_ecp/css/week.css"]}

    def __init__(self, attrs: Any = None) -> None:
        box = forms.TextInput(attrs={"autocomplete": "off", "maxlength": LONGEST})
        super().__init__([box] * len(WEEKDAYS), attrs)

    def decompress(self, value: Sequence[str] | None) -> list[str]:
        """Return the text of each day."""
        return list(value or [""] * len(WEEKDAYS))

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the days' names."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        days = zip(context["widget"]["subwidgets"], WEEKDAYS.values(), strict=True)
        for widget, label in days:
            widget["label"] = label
        return context


class WeekField(forms.Field):
    """Openings of each weekday."""

    widget = WeekInput

    def clean(self, value: Any) -> tuple[tuple[Opening, ...], ...]:
        """Return them in minutes; ValidationError says which day is meant."""
        openings, errors = [], []
        for name, text in zip(WEEKDAYS.values(), value, strict=True):
            try:
                openings.append(tuple(parse_openings((text or "")[:LONGEST])))
            except ValidationError as error:
                told = {"day": name, "problem": " ".join(error.messages)}
                errors.append(_now("%(day)s: %(problem)s") % told)
        if errors:
            raise ValidationError(errors)
        return tuple(openings)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another text was typed."""
        return list(initial or [""] * len(WEEKDAYS)) != [text or "" for text in data]


class HolidaysField(forms.CharField):
    """Days, each on a line of its own."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: Any) -> Any:
        """Return days and names."""
        return tuple(parse_holidays(super().clean(value)))


class HoursFields(forms.Form):
    """What a form of a mailbox asks beside the mailbox's own columns."""

    hours = WeekField(
        label=_("Business hours"),
        required=False,
        help_text=_(
            "Such as 9:00-12:30, 13:30-17:00. An empty day is closed; if all are empty,"
            " the team is always there, and the dashboard's business time is calendar"
            " time."
        ),
    )
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

    def show_hours_of(self, mailbox: Mailbox) -> None:
        """Fill in what holds for ``mailbox``."""
        week = week_of(mailbox)
        self.initial["hours"] = [write_openings(list(day)) for day in week.openings]
        self.initial["hours_zone"] = week.time_zone
        self.initial["holidays"] = write_holidays(list(week.holidays))

    @property
    def week(self) -> Week:
        """The business hours that were typed; the form is valid."""
        return Week(
            openings=self.cleaned_data["hours"],
            holidays=self.cleaned_data["holidays"],
            time_zone=self.cleaned_data["hours_zone"],
        )
