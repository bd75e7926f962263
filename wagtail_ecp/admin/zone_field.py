"""A field for a time zone that one finds by typing a part of its name."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from wagtail_ecp.accounts import zones


class ZoneInput(forms.TextInput):
    """A text box with the canonical zones below it, by region.

    Without JavaScript the browser's own list of suggestions does the same, less well.
    """

    template_name = "wagtail_ecp/admin/widgets/zone.html"

    class Media:
        css = {"all": ["wagtail_ecp/css/options.css"]}
        js = ["wagtail_ecp/js/combobox.js", "wagtail_ecp/js/zone_controller.js"]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the zones to choose from, and an id for the list."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["regions"] = [
            (region.replace("_", " "), [(zone, _readable(zone)) for zone in found])
            for region, found in zones.canonical().items()
        ]
        widget["list_id"] = f"{widget['attrs'].get('id', name)}-zones"
        return context


class ZoneField(forms.CharField):
    """The name of a zone in the IANA database; aliases such as "US/Pacific" will do."""

    widget = ZoneInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 64, **kwargs})

    def clean(self, value: Any) -> str:
        """Return the name as the database spells it; ValidationError for another."""
        typed: str = super().clean(value)
        if not typed:
            return typed
        name = typed.replace(" ", "_").casefold()
        spelt = {known.casefold(): known for known in zones.all_names()}
        if name not in spelt:
            raise ValidationError(
                _(
                    "“%(zone)s” is not a time zone. Choose one from the list, such as"
                    " America/Los_Angeles."
                ),
                params={"zone": typed},
            )
        return spelt[name]


def _readable(zone: str) -> str:
    return zone.partition("/")[2].replace("_", " ").replace("/", ", ") or zone
