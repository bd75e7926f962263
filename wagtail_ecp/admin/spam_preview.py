"""What a spam threshold would do, and what a time in Spam and Trash: before saving."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wagtail_ecp.accounts.options import RETENTION
from wagtail_ecp.accounts.permissions import require_owner
from wagtail_ecp.admin import junk_words, spam_words
from wagtail_ecp.admin.pages import AdminRequest
from wagtail_ecp.admin.spam_lists import listings
from wagtail_ecp.inbox.junk import junk
from wagtail_ecp.spam.preview import Month

if TYPE_CHECKING:
    from django.contrib.auth.models import User

THRESHOLDS = range(101)


@require_safe
@never_cache
def spam_preview(request: AdminRequest) -> HttpResponse:
    """Return the sentence and the lists for ``?threshold=``, as a piece of a page."""
    require_owner(request.user)
    threshold = _number(request, "threshold", THRESHOLDS)
    return render(
        request,
        "wagtail_ecp/admin/options/spam_preview.html",
        preview(Month(), threshold, user=request.user),
    )


@require_safe
@never_cache
def retention_preview(request: AdminRequest) -> HttpResponse:
    """Return what would go when, if Spam and Trash were kept for ``?days=``."""
    require_owner(request.user)
    days = _number(request, "days", RETENTION)
    return render(
        request,
        "wagtail_ecp/admin/options/retention_preview.html",
        {"words": junk_words.in_words(junk(days))},
    )


def preview(month: Month, threshold: int, *, user: "User") -> dict[str, Any]:
    """Return what the piece of a page about ``threshold`` shows."""
    effect = month.effect(threshold)
    return {
        "effect": effect,
        "sentence": spam_words.sentence(effect),
        "value_text": spam_words.value_text(effect),
        "listings": listings(effect, user=user) if effect.total else [],
    }


def _number(request: HttpRequest, name: str, allowed: range) -> int:
    """Return a number of the query; BadRequest for what no slider sends."""
    typed = request.GET.get(name, "")
    if not (typed.isascii() and typed.isdigit() and len(typed) < 6):  # noqa: PLR2004
        raise BadRequest
    number = int(typed)
    if number not in allowed:
        raise BadRequest
    return number
