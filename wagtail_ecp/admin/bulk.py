"""Doing one thing to all ticked conversations, or to everything that a list holds."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.admin import bulk_words, ticked
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.admin.place import Place
from wagtail_ecp.admin.places import find_place
from wagtail_ecp.admin.undo_notice import offer
from wagtail_ecp.admin.undoing import way_back
from wagtail_ecp.inbox import bulk
from wagtail_ecp.inbox.actions.bulk import BULK_ACTION_NAMED, BulkAction, Values
from wagtail_ecp.inbox.models import BulkChange, Mailbox
from wagtail_ecp.inbox.permissions import Permission


@dataclass(frozen=True)
class Asked:
    """What a form asks for."""

    action: BulkAction
    place: Place
    numbers: Collection[int]
    is_everything: bool

    @classmethod
    def of(cls, request: AdminRequest) -> "Asked":
        """Read it; 404 for a list that one may not see, 400 for nonsense."""
        place = find_place(request, request.POST.get("from", ""))
        action = BULK_ACTION_NAMED.get(request.POST.get("action", ""))
        if place is None:
            raise Http404
        if action is None:
            raise BadRequest("There is no such action.")
        is_everything = request.POST.get("everything") == "1"
        if is_everything and place.where is None:
            raise BadRequest("This list is not changed as a whole.")
        return cls(action, place, ticked.numbers(request, "row"), is_everything)

    @property
    def must_be_confirmed(self) -> bool:
        """Whether to ask first."""
        is_large = self.is_everything or len(self.numbers) > bulk.AT_ONCE
        return is_large or self.action.must_confirm or self.action.argument is not None


@refuses_forgery
@require_POST
def bulk_change(request: AdminRequest) -> HttpResponse:
    """Do it, or ask first; what may not be changed is left, and said."""
    asked = Asked.of(request)
    _require_right(request, asked.action)
    if not (asked.numbers or asked.is_everything):
        notices.warning(request, _("Tick conversations first, then press again."))
        return redirect(asked.place.url)
    if not asked.must_be_confirmed:
        return _do(request, asked, {})
    if request.POST.get("confirmed") != "1":
        return _ask(request, asked)
    try:
        values = _values(request, asked.action)
    except ValidationError as error:
        return _ask(request, asked, error=" ".join(error.messages))
    return _do(request, asked, values)


@require_safe
@never_cache
def bulk_result(request: AdminRequest, change_id: int) -> HttpResponse:
    """Show how far it is, or what came of it."""
    change = _find(request, change_id)
    place = find_place(request, request.GET.get("from", ""))
    lists = [(place.title, place.url)] if place else []
    crumbs = [*lists, (bulk_words.title(change), "")]
    context = bulk_words.context(change) | {"place": place}
    return page(request, "bulk_result.html", crumbs=crumbs, context=context)


@require_safe
@never_cache
def bulk_progress(request: AdminRequest, change_id: int) -> HttpResponse:
    """Return the section alone, for a page that looks again by itself."""
    change = _find(request, change_id)
    template = "wagtail_ecp/admin/includes/bulk_progress.html"
    return render(request, template, bulk_words.context(change))


@require_POST
def cancel_bulk(request: AdminRequest, change_id: int) -> HttpResponse:
    """Leave the rest as it is."""
    change = _find(request, change_id)
    bulk.cancel(change)
    return redirect("wagtail_ecp:bulk_result", change.pk)


@require_POST
def undo_bulk(request: AdminRequest, change_id: int) -> HttpResponse:
    """Take back all that still holds; lead back if that is done at once."""
    change = bulk.undo(_find(request, change_id))
    if change.state != BulkChange.State.UNDONE:
        return redirect("wagtail_ecp:bulk_result", change.pk)
    kept = bulk_words.kept(change)
    if kept:
        notices.warning(request, kept)
    else:
        notices.success(request, _("Undone: all is as it was."))
    return redirect(way_back(request))


def _require_right(request: AdminRequest, action: BulkAction) -> None:
    """Refuse whoever may nowhere do it; elsewhere each conversation decides."""
    rights = () if action.is_for_readers else (Permission.REPLY, Permission.MANAGE)
    if not Mailbox.objects.open_to(request.user, *rights).exists():
        raise PermissionDenied(_("You may only read mail in this mailbox."))


def _values(request: AdminRequest, action: BulkAction) -> Values:
    argument = action.argument
    if argument is None:
        return {}
    given = request.POST.get(argument.name, "")
    return {argument.name: argument.read(given, request.user)}


def _do(request: AdminRequest, asked: Asked, values: Values) -> HttpResponse:
    where = asked.place.where if asked.is_everything else None
    numbers = () if asked.is_everything else asked.numbers
    change = bulk.ask(
        asked.action, numbers, by=request.user, values=values, where=where
    )
    if change.state != BulkChange.State.DONE:
        result = reverse("wagtail_ecp:bulk_result", args=[change.pk])
        return redirect(f"{result}?{urlencode({'from': asked.place.key})}")
    if change.refused:
        _warn(request, change)
    if change.done:
        words = bulk_words.outcome(change)
        url = reverse("wagtail_ecp:undo_bulk", args=[change.pk])
        wanted = list(numbers) if asked.action.name == "wanted" else []
        offer(request, words, url, wanted=wanted)
    return redirect(asked.place.url)


def _warn(request: AdminRequest, change: BulkChange) -> None:
    url = reverse("wagtail_ecp:bulk_result", args=[change.pk])
    button = notices.button(url, _("See which, and why"))
    notices.warning(request, bulk_words.left_alone(change), buttons=[button])


def _ask(request: AdminRequest, asked: Asked, *, error: str = "") -> HttpResponse:
    argument = asked.action.argument
    context: dict[str, Any] = {
        "action": asked.action,
        "argument": argument,
        "choices": argument.choices(request.user)
        if argument and argument.choices
        else None,
        "given": request.POST.get(argument.name, "") if argument else "",
        "error": error,
        "numbers": [] if asked.is_everything else sorted(asked.numbers),
        "is_everything": asked.is_everything,
        "what": bulk_words.asked(asked.place, asked.numbers, asked.is_everything),
        "place": asked.place,
    }
    list_url = asked.place.url
    crumbs = [(asked.place.title, list_url), (str(asked.action.label), list_url)]
    return page(request, "bulk_ask.html", crumbs=crumbs, context=context)


def _find(request: AdminRequest, change_id: int) -> BulkChange:
    changes = BulkChange.objects.visible_to(request.user)
    found: BulkChange = get_object_or_404(changes, pk=change_id)
    return found
