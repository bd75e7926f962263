"""The account options: a tab of the owner's Account page, and a page in Settings."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin import messages as notices
from wagtail.admin.views.account import BaseSettingsPanel, SettingsTab

from wagtail_ecp.accounts import actions, logins, permissions
from wagtail_ecp.accounts.actions import Change
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.admin.last_month import LastMonth
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.option_history import history
from wagtail_ecp.admin.option_row import OptionRow
from wagtail_ecp.admin.option_rows import ROWS
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.admin.reauthentication import ConfirmedForm
from wagtail_ecp.admin.refiling import refiling_context, say_that_it_holds
from wagtail_ecp.admin.spam_rows import ThresholdRow

#: Before the names of our fields in Wagtail's one large form.
PREFIX = "ecp_options"


class ShownRow(NamedTuple):
    """One option as the page shows it."""

    field: forms.BoundField
    as_shown: str  # The hidden input that says so.
    below: str  # What the option does just now.
    behaviour: dict[str, str]
    is_box: bool


class OptionsForm(ConfirmedForm):
    """All options; only those that a person changed are saved.

    Each field says, hidden, what the page showed. What was not shown, or is still as
    it was shown, stays as it is, whatever it has become meanwhile.
    """

    class Media:
        css = {"all": ["wagtail_ecp/css/options.css"]}

    def __init__(
        self, request: AdminRequest, data: Any = None, *, account: Account
    ) -> None:
        super().__init__(request, data, prefix=PREFIX)
        self.account = account
        if account.is_owned_by(request.user):
            account.owner = request.user  # Not read once more.
        self.rows = [row(account) for row in ROWS]
        for row in self.rows:
            field = row.field()
            field.initial = getattr(account, row.name)
            field.show_hidden_initial = True
            self.fields[row.name] = field
        self.order_fields([row.name for row in self.rows])

    @property
    def changes(self) -> dict[str, Change]:
        """What the person changed, by option; fields with errors are left out."""
        return dict(self._changes())

    def _changes(self) -> Iterator[tuple[str, Change]]:
        for row in self.rows:
            shown = self[row.name]
            was_shown = shown.html_initial_name in self.data
            if (
                shown.field.disabled
                or not was_shown
                or row.name not in self.cleaned_data
            ):
                continue
            now = self.cleaned_data[row.name]
            try:
                was = shown.field.to_python(self.data[shown.html_initial_name])
            except ValidationError:  # No page of ours showed that.
                continue
            if was != now:
                yield row.name, Change(was, now)

    def full_clean(self) -> None:
        """Leave out what the page did not show: an old page does not mean "off"."""
        if self.is_bound:
            for row in self.rows:
                if self[row.name].html_initial_name not in self.data:
                    self.fields[row.name].disabled = True
        super().full_clean()

    def needs_proof(self) -> bool:
        """Ask for the password only if something is to be changed."""
        return bool(self.changes)

    def clean(self) -> dict[str, Any] | None:
        """Refuse, beside each option, what is stale or makes no sense."""
        try:
            actions.check_options(self.account, self.changes)
        except ValidationError as error:
            self._explain(error)
        return super().clean()

    def _explain(self, error: ValidationError) -> None:
        if hasattr(error, "error_dict"):
            messages = error.error_dict
        else:
            messages = {NON_FIELD_ERRORS: error.error_list}
        for name, found in messages.items():
            self.add_error(None if name == NON_FIELD_ERRORS else name, found)
        if isinstance(error, actions.StaleError):
            self._show_as_it_is(messages)

    def _show_as_it_is(self, names: Any) -> None:
        """Take the new values for shown, so that sending once more confirms."""
        now = {
            self[name].html_initial_name: str(getattr(self.account, name))
            for name in names
        }
        self.data = {**self.data.dict(), **now}  # type: ignore[attr-defined]

    def save(self) -> bool:
        """Write the changes; return False, having said why, if it is too late."""
        if not self.changes:
            return True
        try:
            actions.change_options(self.changes, by=self.request.user)
        except (ValidationError, PermissionDenied) as refusal:  # In the last moment.
            words = getattr(refusal, "messages", None) or [str(refusal)]
            notices.error(self.request, " ".join(words))
            return False
        if "spam_threshold" in self.changes:
            say_that_it_holds(self.request, self.changes["spam_threshold"].now)
        return True

    @property
    def last_month(self) -> LastMonth:
        """The mail that shows what the saved threshold does."""
        return next(r.last_month for r in self.rows if isinstance(r, ThresholdRow))

    @property
    def sections(self) -> list[tuple[str, list[ShownRow]]]:
        """The options under their headings, in order."""
        by_heading = groupby(self.rows, key=lambda row: str(row.section))
        return [
            (heading, [self._shown(row) for row in rows])
            for heading, rows in by_heading
        ]

    def _shown(self, row: OptionRow) -> ShownRow:
        is_box = isinstance(self.fields[row.name], forms.BooleanField)
        field = self[row.name]
        as_shown = field.as_hidden(only_initial=True)
        return ShownRow(field, as_shown, row.below(), row.behaviour(), is_box)


class OptionsPanel(BaseSettingsPanel):
    """The tab of Wagtail's Account page, for the owner alone."""

    name = PREFIX
    order = 100
    title = gettext_lazy("Account Options")
    tab = SettingsTab("ecp-account-options", gettext_lazy("Account Options"), order=300)
    template_name = "wagtail_ecp/admin/options/panel.html"

    def get_form(self) -> OptionsForm:
        """Return one form for the whole request.

        Wagtail asks several times, and makes the panels anew to show what is wrong; a
        password is to be tried once.
        """
        form: OptionsForm | None = getattr(self.request, "_ecp_options", None)
        if form is None:
            data = self.request.POST if self.request.method == "POST" else None
            form = OptionsForm(self.request, data, account=Account.objects.current())
            self.request._ecp_options = form
        return form

    def is_active(self) -> bool:
        """Whether this is the owner; a form of anybody else isn't even read."""
        return navigation(self.request).is_owner

    def get_context_data(self) -> dict[str, Any]:
        """Return what the template shows."""
        return {"form": self.get_form()}


@never_cache
@sensitive_post_parameters(f"{PREFIX}-password")
def account_options(request: AdminRequest) -> HttpResponse:
    """Show and save the options, and show what was changed lately."""
    is_meant = request.method == "POST"
    account = permissions.require_owner(
        request.user, attempt="account options" if is_meant else ""
    )
    form = OptionsForm(request, request.POST if is_meant else None, account=account)
    if is_meant and form.is_valid():
        if form.save():
            notices.success(request, _said(form))
        return redirect("wagtail_ecp:account_options")
    if logins.is_ended(request):
        return redirect("wagtailadmin_login")
    return page(
        request,
        "options/page.html",
        crumbs=[(_("Account Options"), "")],
        context={
            "account": account,
            "form": form,
            "history": history(),
            "media": form.media,
            **refiling_context(form.last_month),
        },
    )


def _said(form: OptionsForm) -> str:
    if not form.changes:
        return _("Nothing was changed.")
    labels = [str(form[name].label) for name in form.changes]
    return _("Saved: %(options)s.") % {"options": ", ".join(labels)}


@never_cache
@sensitive_post_parameters("password")
def close_account(request: AdminRequest) -> HttpResponse:
    """Say what closing means; do it, or undo it, once that is confirmed."""
    is_meant = request.method == "POST"
    account = permissions.require_owner(
        request.user, attempt="closing the account" if is_meant else ""
    )
    form = ConfirmedForm(request, request.POST if is_meant else None)
    if is_meant and form.is_valid():
        return _close_or_reopen(request, account)
    if logins.is_ended(request):
        return redirect("wagtailadmin_login")
    return page(
        request,
        "options/close.html",
        crumbs=[
            (
                _("Reopen the account")
                if account.closed_at
                else _("Close the account"),
                "",
            )
        ],
        context={"account": account, "form": form},
    )


def _close_or_reopen(request: AdminRequest, account: Account) -> HttpResponse:
    if "reopen" in request.POST:
        actions.reopen(by=request.user)
        notices.success(
            request, _("“%(name)s” is open: mail moves again.") % {"name": account.name}
        )
    else:
        actions.close(by=request.user)
        notices.success(
            request,
            _("“%(name)s” is closed: no mail comes in or goes out. Everything is kept.")
            % {"name": account.name},
        )
    return redirect("wagtail_ecp:account_options")
