"""Asks for the password again before a change that only its owner may make."""

from typing import Any

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from wagtail_ecp.accounts import logins
from wagtail_ecp.admin.pages import AdminRequest


def confirmation_needed(request: HttpRequest) -> bool:
    """Whether the log-in is too old for a change on the owner's screens."""
    return not logins.is_fresh(request)


class ConfirmedForm(forms.Form):
    """A form with a ``password`` field that is there only when it is needed.

    It is needed if the last log-in is older than 15 minutes or ``always``. Whoever has
    no password here (single sign-on) is asked to log in again instead, where
    ``must_log_in`` is true: see ``includes/confirm.html``.
    """

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(
        self,
        request: AdminRequest,
        *args: Any,
        always: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        has_password = request.user.has_usable_password()
        self.must_log_in = confirmation_needed(request) and not has_password
        self.must_confirm = has_password and (always or confirmation_needed(request))
        if not self.must_confirm:
            del self.fields["password"]

    def needs_proof(self) -> bool:
        """Whether what the form holds has to be confirmed; for subclasses to narrow."""
        return True

    def clean(self) -> dict[str, Any] | None:
        """Refuse a change that nobody has confirmed."""
        cleaned = super().clean()
        if self.errors or not self.needs_proof():
            return cleaned
        if self.must_log_in:
            raise ValidationError(
                _("You logged in more than 15 minutes ago. Log in again first.")
            )
        if self.must_confirm:
            self._prove(self.cleaned_data.get("password", ""))
        return cleaned

    def _prove(self, password: str) -> None:
        if not password:
            self.add_error("password", _("Give your password to confirm this."))
        elif not logins.proves(self.request, password):
            self.add_error("password", _("That is not your password."))


@require_POST
def log_in_again(request: HttpRequest) -> HttpResponse:
    """End the session and lead through the log-in back to where one was."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        back = reverse("wagtailadmin_home")
    logout(request)
    return redirect_to_login(back, login_url=reverse("wagtailadmin_login"))
