"""The Billing screen, for the owner alone: level, card, invoices, owner."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.accounts import logins
from wagtail_ecp.accounts.levels import Level, levels
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.permissions import require_owner
from wagtail_ecp.admin.ownership import owner_section
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.admin.reauthentication import ConfirmedForm
from wagtail_ecp.billing import actions, comparing, held, manual, money, periods
from wagtail_ecp.billing.models import BillingDetails
from wagtail_ecp.billing.pdf import is_available
from wagtail_ecp.billing.provider import InvoiceRow, provider
from wagtail_ecp.billing.terms import terms
from wagtail_ecp.billing.usage import usage
from wagtail_ecp.exceptions import BillingError

Answer = TypeVar("Answer")

#: In the address to which the provider leads back: its report may not be here yet.
BACK = "back"


@dataclass(frozen=True, kw_only=True)
class LevelCard:
    """A service level as it stands beside the others."""

    level: Level
    is_current: bool

    @property
    def price(self) -> str:
        """What it costs, in words."""
        if not self.level.is_paid:
            return _("free")
        amount = money.in_words(self.level.price, self.level.currency)
        return _("%(amount)s a month") % {"amount": amount}

    @property
    def rows(self) -> list[tuple[str, bool]]:
        """What it allows and what it doesn't."""
        return comparing.table(self.level)


@dataclass(frozen=True, kw_only=True)
class ListedInvoice:
    """An invoice in the list."""

    row: InvoiceRow

    @property
    def total(self) -> str:
        """The amount in words."""
        return money.in_words(self.row.total, self.row.currency)


@require_safe
def billing(request: AdminRequest) -> HttpResponse:
    """Show what the account pays for, how, and what it has paid."""
    require_owner(request.user)
    account = Account.objects.current()
    if BACK in request.GET:
        _asked(provider(account).catch_up, None)
        account = Account.objects.current()
    cards = [
        LevelCard(level=level, is_current=level.key == account.level.key)
        for level in levels().values()
    ]
    has_choice = len(cards) > 1
    nothing: Sequence[InvoiceRow] = ()
    invoices, invoices_error = _asked(provider(account).invoices, nothing)
    context: dict[str, Any] = {
        "account": account,
        "level": account.level,
        "since": _since(account),
        "cards": cards if has_choice else [card for card in cards if card.is_current],
        "has_choice": has_choice,
        "usage": usage(account),
        "is_billed": has_choice or account.level.is_paid or invoices,
        "invoices": [ListedInvoice(row=row) for row in invoices],
        "invoices_error": invoices_error,
        "owner_section": owner_section(request),
    }
    if context["is_billed"]:
        context |= _payment(account)
    return page(
        request,
        "billing/billing.html",
        crumbs=[(_("Billing"), "")],
        context=context,
    )


def _payment(account: Account) -> dict[str, Any]:
    site = provider(account)
    card, card_error = _asked(site.card, None)
    how_to_pay, _error = _asked(lambda: site.how_to_pay, "")
    is_manual = manual.is_in_use()
    found = BillingDetails.objects.filter(account=account) if is_manual else None
    return {
        "card": card,
        "card_error": card_error,
        "how_to_pay": how_to_pay,
        "is_manual": is_manual,
        "details": found.first() if found is not None else None,
        "has_pdf": is_available(),
        "has_tax": is_manual and terms().tax_rate > 0,
    }


def _asked(question: Callable[[], Answer], otherwise: Answer) -> tuple[Answer, str]:
    """Return the provider's answer, or what to say where it has none."""
    try:
        return question(), ""
    except BillingError as error:
        return otherwise, str(error)


def _since(account: Account) -> str:
    moment = held.since(account)
    if moment is None:
        return ""
    return periods.in_words(periods.month_of(moment, account.time_zone))


@never_cache
@sensitive_post_parameters("password")
def change_level(request: AdminRequest, key: str) -> HttpResponse:
    """Name what a change of level gains and loses; make it once that is confirmed."""
    is_meant = request.method == "POST"
    attempt = "change of the service level" if is_meant else ""
    require_owner(request.user, attempt=attempt)
    account, level = Account.objects.current(), levels().get(key)
    was = request.POST.get("was", "") if is_meant else account.level.key
    if level is None:
        return _refuse(request, _("There is no such service level."))
    try:
        actions.check_level(account, level, was=was)
    except BillingError as error:
        return _refuse(request, str(error))
    form = ConfirmedForm(request, request.POST if is_meant else None)
    if is_meant and form.is_valid():
        return _change(request, level, was)
    if logins.is_ended(request):
        return redirect("wagtailadmin_login")
    return page(
        request,
        "billing/change_level.html",
        crumbs=[*_crumbs(), (_("Change to %(level)s") % {"level": level.label}, "")],
        context={
            "old": LevelCard(level=account.level, is_current=True),
            "new": LevelCard(level=level, is_current=False),
            "difference": comparing.difference(account.level, level),
            "is_manual": manual.is_in_use(),
            "form": form,
        },
    )


def _change(request: AdminRequest, level: Level, was: str) -> HttpResponse:
    try:
        address = actions.change_level(
            level, was=was, by=request.user, return_url=_return_url(request)
        )
    except BillingError as error:
        return _refuse(request, str(error))
    if address is not None:
        return redirect(address)
    notices.success(
        request, _("The service level is %(level)s now.") % {"level": level.label}
    )
    return redirect("wagtail_ecp:billing")


@never_cache
@sensitive_post_parameters("password")
def change_card(request: AdminRequest) -> HttpResponse:
    """Lead to where the provider takes another card; no number passes through us."""
    is_meant = request.method == "POST"
    attempt = "change of the payment card" if is_meant else ""
    require_owner(request.user, attempt=attempt)
    form = ConfirmedForm(request, request.POST if is_meant else None)
    if is_meant and form.is_valid():
        return _lead_to_the_card(request)
    if logins.is_ended(request):
        return redirect("wagtailadmin_login")
    return page(
        request,
        "billing/change_card.html",
        crumbs=[*_crumbs(), (_("Switch to a different card"), "")],
        context={"form": form},
    )


def _lead_to_the_card(request: AdminRequest) -> HttpResponse:
    site = provider(Account.objects.current())
    try:
        address = site.change_card(return_url=_return_url(request))
    except BillingError as error:
        return _refuse(request, str(error))
    if address is None:
        return _refuse(request, _("There is no card to change."))
    return redirect(address)


class DetailsForm(ConfirmedForm):
    """Whom the invoices are made out to."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    company = BillingDetails._meta.get_field("company").formfield()
    address = BillingDetails._meta.get_field("address").formfield(
        widget=forms.Textarea(attrs={"rows": 4})
    )
    country = BillingDetails._meta.get_field("country").formfield()
    vat_id = BillingDetails._meta.get_field("vat_id").formfield()
    field_order = [*actions.DETAILS, "password"]

    def clean_vat_id(self) -> str:
        """Take the number without the spaces that people write into it."""
        return "".join(self.cleaned_data["vat_id"].split()).upper()


@never_cache
@sensitive_post_parameters("password")
def billing_details(request: AdminRequest) -> HttpResponse:
    """Ask whom the invoices are made out to."""
    is_meant = request.method == "POST"
    attempt = "change of the billing details" if is_meant else ""
    require_owner(request.user, attempt=attempt)
    account = Account.objects.current()
    found = BillingDetails.objects.filter(account=account).first() or BillingDetails()
    known = {name: getattr(found, name) for name in actions.DETAILS}
    form = DetailsForm(
        request,
        request.POST if is_meant else None,
        initial={**known, "seen": found.version},
    )
    if is_meant and form.is_valid():
        return _save_details(request, form)
    if logins.is_ended(request):
        return redirect("wagtailadmin_login")
    return page(
        request,
        "billing/details.html",
        crumbs=[*_crumbs(), (_("Billing details"), "")],
        context={"form": form, "account": account},
    )


def _save_details(request: AdminRequest, form: DetailsForm) -> HttpResponse:
    wanted = {name: form.cleaned_data[name] for name in actions.DETAILS}
    try:
        actions.change_details(wanted, seen=form.cleaned_data["seen"], by=request.user)
    except BillingError as error:
        notices.error(request, str(error))
        return redirect("wagtail_ecp:billing_details")
    notices.success(request, _("The next invoices will be made out like this."))
    return redirect("wagtail_ecp:billing")


def _refuse(request: AdminRequest, reason: str) -> HttpResponse:
    notices.error(request, _("%(reason)s Nothing has changed.") % {"reason": reason})
    return redirect("wagtail_ecp:billing")


def _return_url(request: AdminRequest) -> str:
    url = reverse("wagtail_ecp:billing")
    return request.build_absolute_uri(f"{url}?{BACK}=1")


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Billing"), reverse("wagtail_ecp:billing"))]
