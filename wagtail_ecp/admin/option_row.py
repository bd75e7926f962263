"""What a row of the account options is made of; the rows are in ``option_rows``."""

from typing import Any, ClassVar

from django import forms
from django.template.loader import render_to_string

from wagtail_ecp.accounts.models import Account


class OptionRow:
    """One option: the account's column, its field, and what it does just now.

    A row comes with what gives the option its effect.
    """

    name: ClassVar[str]
    section: ClassVar[Any]  # A heading, translated when shown.
    #: Shows what the option does; gets the row as "option".
    template: ClassVar[str] = "effect.html"

    def __init__(self, account: Account) -> None:
        self.account = account

    def field(self) -> forms.Field:
        """Return the form's field, label and help in plain words."""
        raise NotImplementedError

    def effect(self) -> str:
        """Return one line about real numbers."""
        raise NotImplementedError

    def behaviour(self) -> dict[str, str]:
        """Return the attributes that make the row live; none for most."""
        return {}

    def below(self) -> str:
        """Return what stands below the field, as HTML."""
        return render_to_string(
            f"wagtail_ecp/admin/options/{self.template}", {"option": self}
        )
