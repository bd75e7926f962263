"""What a panel is told: a period and filters, for panels that follow them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.admin.dashboard.panel import Panel
from wagtail_ecp.admin.dashboard.settings import (
    DAYS,
    MAILBOX,
    MEMBER,
    PERIOD,
    PanelSettings,
    PeriodChoice,
    SettingsError,
    between,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Choices = Sequence["tuple[str, StrOrPromise]"]

DATES = "dates"


class DayInput(forms.DateInput):
    """The browser's own field for a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PanelForm(forms.Form):
    """The fields that one kind of panel asks for."""

    period = forms.ChoiceField(label=_("Period"))
    first = forms.DateField(label=_("First day"), required=False, widget=DayInput)
    last = forms.DateField(label=_("Last day"), required=False, widget=DayInput)
    mailbox = forms.TypedChoiceField(
        label=_("Mailbox"), required=False, coerce=int, empty_value=None
    )
    member = forms.ChoiceField(label=_("Member"), required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        kind: type[Panel],
        told: PanelSettings,
        mailboxes: Choices,
        members: Choices,
    ) -> None:
        super().__init__(data, initial=_fields(told))
        self.kind, self.told = kind, told
        days = [(str(days), PeriodChoice(days=days).words) for days in DAYS]
        self._offer(PERIOD, [*days, (DATES, _("from one day to another"))])
        self._offer(MAILBOX, [("", _("All that one may read")), *mailboxes])
        self._offer(MEMBER, [("", _("All members")), *members])
        for name in {PERIOD, MAILBOX, MEMBER} - kind.asks:
            del self.fields[name]
        if PERIOD not in kind.asks:
            del self.fields["first"], self.fields["last"]

    def _offer(self, name: str, choices: "Sequence[tuple[str, Any]]") -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - three of ours.
        field.choices = list(choices)

    def clean(self) -> dict[str, Any]:
        """Put together what the panel is told."""
        given = self.cleaned_data
        try:
            self.told = PanelSettings(
                period=_period(given),
                mailbox=given.get(MAILBOX),
                member=given.get(MEMBER) or "",
            )
        except SettingsError as error:
            self.add_error("last", str(error))
        return given


def given_by(told: PanelSettings) -> dict[str, Any]:
    """Return what this form would send to say the same."""
    return {name: value for name, value in _fields(told).items() if value}


def _fields(told: PanelSettings) -> dict[str, Any]:
    dates = told.period.dates
    return {
        PERIOD: DATES if dates else str(told.period.days),
        "first": dates.first if dates else None,
        "last": dates.last if dates else None,
        MAILBOX: told.mailbox,
        MEMBER: told.member,
    }


def _period(given: Mapping[str, Any]) -> PeriodChoice:
    chosen = given.get(PERIOD)
    if chosen == DATES:
        return PeriodChoice(dates=between(given.get("first"), given.get("last")))
    return PeriodChoice(days=int(chosen)) if chosen else PeriodChoice()
