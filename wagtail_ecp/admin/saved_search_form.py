"""The form of a saved search: its name, who has it, and its rules beside it."""

from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from wagtail_ecp.admin.rule_rows import RuleForm
from wagtail_ecp.inbox.models import SavedSearch

#: Buttons that change the form and save nothing.
STEPS: Final = ("add", "remove", "to_text", "to_rows")


class SavedSearchForm(forms.Form):
    """Name and audience; ``rules`` are read by their own form."""

    name = forms.CharField(label=_("Name"), max_length=100)
    is_shared = forms.BooleanField(
        label=_("Shared with all members"),
        required=False,
        help_text=_("Whoever opens it finds what they may read, and no more."),
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        rules: RuleForm,
        saved: SavedSearch | None = None,
    ) -> None:
        step = next((name for name in STEPS if data and name in data), "")
        initial: dict[str, Any] = {}
        if saved:
            initial = {"name": saved.name, "is_shared": saved.is_shared}
        if step and data is not None:
            initial = {
                "name": data.get("name", ""),
                "is_shared": "is_shared" in data,
            }
        super().__init__(None if step else data, initial=initial)
        self.is_saving = data is not None and not step
        self.rules = rules if data is None else RuleForm.read(data)
        if step and data is not None:
            _take(step, self.rules, data)


def _take(step: str, rules: RuleForm, data: QueryDict) -> None:
    number = data.get("remove", "")
    if step == "add":
        rules.add()
    elif step == "remove" and number.isascii() and number.isdecimal():
        rules.remove(int(number[:4]))
    elif step == "to_text":
        rules.show_text()
    elif step == "to_rows":
        rules.show_rows()
