"""The owner has the mail of the last 30 days filed again, or scored again."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.permissions import require_owner
from wagtail_ecp.admin import refiling_words
from wagtail_ecp.admin.last_month import LastMonth
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.inbox import forecast, rejudging
from wagtail_ecp.inbox.models import Rejudging
from wagtail_ecp.spam.preview import DAYS, Month

ATTEMPT = "re-filing mail"
ANCHOR = "#ecp-refiling"


@require_POST
@never_cache
def refile(request: AdminRequest) -> HttpResponse:
    """Apply the saved threshold to the last 30 days."""
    require_owner(request.user, attempt=ATTEMPT)
    threshold = Account.objects.current().spam_threshold
    return _ask(request, threshold=threshold)


@require_POST
@never_cache
def rescore(request: AdminRequest) -> HttpResponse:
    """Score the last 30 days again, with what the filter has learned since."""
    require_owner(request.user, attempt=ATTEMPT)
    return _ask(request, threshold=None, rescores=True)


@require_POST
@never_cache
def undo_refiling(request: AdminRequest, run_id: int) -> HttpResponse:
    """Take back what the last run moved."""
    require_owner(request.user, attempt=ATTEMPT)
    run = get_object_or_404(Rejudging, pk=run_id)
    try:
        rejudging.undo(run, by=request.user)
    except PermissionDenied as refusal:  # Another run came in between.
        notices.error(request, str(refusal))
    return _back()


@require_safe
@never_cache
def refiling_progress(request: AdminRequest) -> HttpResponse:
    """Return the section alone, for a page that looks again by itself."""
    require_owner(request.user)
    return render(
        request,
        "wagtail_ecp/admin/options/refiling.html",
        refiling_context(LastMonth(Account.objects.current())),
    )


def refiling_context(last_month: LastMonth) -> dict[str, Any]:
    """Return what the section shows: what is going on, what came of it, an offer."""
    run = Rejudging.objects.latest_first().first()
    if run is not None and run.is_unfinished:
        return {"running": run, "doing": refiling_words.doing(run)}
    context = {
        "threshold": last_month.threshold,
        "offer": last_month.offer,
        "may_rescore": last_month.may_rescore,
    }
    if run is not None and _is_recent(run):
        context |= {"finished": run, "outcome": refiling_words.outcome(run)}
    return context


def say_that_it_holds(request: HttpRequest, threshold: int) -> None:
    """Say what a new threshold holds for, and offer to apply it to older mail."""
    holds = _("The threshold of %(threshold)s holds for new mail.") % {
        "threshold": threshold
    }
    offer = refiling_words.offer(forecast.moves(Month(), threshold))
    if not offer:
        nothing = _("It would move nothing of the last 30 days.")
        notices.info(request, f"{holds} {nothing}")
        return
    older = _("Apply it to the last 30 days as well?")
    address = reverse("wagtail_ecp:account_options") + ANCHOR
    button = notices.button(address, _("Apply it to the last 30 days …"))
    notices.info(request, f"{holds} {older} {offer}", buttons=[button])


def _ask(request: AdminRequest, **what: Any) -> HttpResponse:
    try:
        rejudging.ask(by=request.user, **what)
    except ValidationError as refusal:  # Another one is going.
        notices.error(request, " ".join(refusal.messages))
    return _back()


def _back() -> HttpResponse:
    return redirect(reverse("wagtail_ecp:account_options") + ANCHOR)


def _is_recent(run: Rejudging) -> bool:
    finished = run.finished_at
    return finished is not None and timezone.now() - finished < timedelta(days=DAYS)
