"""Who owns the account, and handing it over."""

from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin import messages as notices

from wagtail_ecp.accounts import actions, logins, members, permissions
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.admin.reauthentication import ConfirmedForm
from wagtail_ecp.journal.actions import display_name


def owner_section(_request: AdminRequest) -> dict[str, Any]:
    """Return what ``billing/owner.html`` shows to the owner."""
    return {
        "candidates": [
            (str(user.pk), display_name(user)) for user in members.candidates()
        ]
    }


@never_cache
@sensitive_post_parameters("password")
def transfer(request: AdminRequest) -> HttpResponse:
    """Say what handing the account over means; do it once that is confirmed."""
    is_meant = request.method == "POST"
    permissions.require_owner(
        request.user, attempt="transfer of ownership" if is_meant else ""
    )
    chosen = (request.POST if is_meant else request.GET).get("to", "")
    to = next((one for one in members.candidates() if str(one.pk) == chosen), None)
    if to is None:
        notices.error(request, members.MAY_NOT_OWN)
        return redirect("wagtail_ecp:billing")
    form = ConfirmedForm(request, request.POST if is_meant else None, always=True)
    if is_meant and form.is_valid():
        return _hand_over(request, to, form.cleaned_data.get("password"))
    if logins.is_ended(request):
        return redirect("wagtailadmin_login")
    return page(
        request,
        "billing/transfer.html",
        crumbs=[
            (_("Billing"), reverse("wagtail_ecp:billing")),
            (_("Change the owner"), ""),
        ],
        context={
            "account": Account.objects.current(),
            "to": to,
            "to_name": display_name(to),
            "form": form,
        },
    )


def _hand_over(request: AdminRequest, to: Any, password: str | None) -> HttpResponse:
    try:
        actions.transfer(to=to, by=request.user, password=password)
    except ValidationError as error:
        notices.error(request, " ".join(error.messages))
        return redirect("wagtail_ecp:billing")
    except PermissionDenied as refusal:  # Somebody was quicker.
        notices.error(request, str(refusal))
        return redirect("wagtailadmin_home")
    logout(request)
    notices.success(
        request,
        _("%(name)s owns the account now. You have been logged out.")
        % {"name": display_name(to)},
    )
    return redirect("wagtailadmin_login")
