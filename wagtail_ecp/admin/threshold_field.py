"""A field for the spam threshold: a number, and with JavaScript a slider beside it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class ThresholdInput(forms.NumberInput):
    """The number is what is sent; the slider and the number move each other."""

    template_name = "wagtail_ecp/admin/widgets/threshold.html"

    def __init__(self) -> None:
        super().__init__({"data-ecp-preview-target": "input"})

    class Media:
        css = {"all": ["wagtail_ecp/css/threshold.css"]}
        js = [
            "wagtail_ecp/js/preview_controller.js",
            "wagtail_ecp/js/threshold_controller.js",
        ]


class DaysInput(forms.NumberInput):
    """A number whose effect is shown before it is saved."""

    def __init__(self) -> None:
        super().__init__({"data-ecp-preview-target": "input"})

    class Media:
        css = {"all": ["wagtail_ecp/css/threshold.css"]}
        js = ["wagtail_ecp/js/preview_controller.js"]


class WholeNumberField(forms.IntegerField):
    """A whole number, and one sentence about what it may be."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        outside = _("Give a whole number from %(least)s to %(most)s.") % {
            "least": least,
            "most": most,
        }
        messages = dict.fromkeys(("invalid", "min_value", "max_value"), outside)
        super().__init__(
            min_value=least, max_value=most, error_messages=messages, **kwargs
        )
