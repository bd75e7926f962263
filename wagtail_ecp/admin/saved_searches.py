"""Searches that members keep: run, made, changed and deleted."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages as notices

from wagtail_ecp.admin.feed_links import FeedLink, feed_link
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, page, refuses_forgery
from wagtail_ecp.admin.rule_rows import RuleForm
from wagtail_ecp.admin.saved_search_form import SavedSearchForm
from wagtail_ecp.admin.search import require_mail, results
from wagtail_ecp.admin.search_places import SearchPlace
from wagtail_ecp.inbox import actions, permissions
from wagtail_ecp.inbox.models import SavedSearch
from wagtail_ecp.inbox.search.syntax import parse, write
from wagtail_ecp.inbox.search.vocabulary import read


def _find(request: HttpRequest, saved_id: int) -> SavedSearch:
    return get_object_or_404(SavedSearch.objects.visible_to(request.user), pk=saved_id)


@require_safe
def saved_search(request: AdminRequest, saved_id: int) -> HttpResponse:
    """Show what a saved search finds for whoever looks."""
    saved = _find(request, saved_id)
    place = SearchPlace.of_saved(request, saved, request.GET)
    rules = [rule for rule in place.search.rules if rule.trouble is None]
    return results(
        request,
        place,
        saved=saved,
        feed=_feed(request, saved),
        search_text=write(rules),
        may_change=permissions.can_change_search(request.user, saved),
    )


def _feed(request: AdminRequest, saved: SavedSearch) -> FeedLink | None:
    """Return its feed, for who has any mail in it."""
    if not navigation(request).mailboxes:
        return None
    return feed_link(request, "saved_search", saved.pk)


@require_http_methods(["GET", "POST"])
def saved_search_new(request: AdminRequest) -> HttpResponse:
    """Keep the rules of a text, or other ones, under a name."""
    require_mail(request)
    rules = RuleForm.of(parse(request.GET.get("q", "")).rules)
    form = SavedSearchForm(request.POST or None, rules=rules)
    if not form.is_saving:
        return _form(request, form, None)
    return _save(request, form, None)


@refuses_forgery
@require_http_methods(["GET", "POST"])
def saved_search_edit(request: AdminRequest, saved_id: int) -> HttpResponse:
    """Change a search; only its owner may, or an administrator if it is shared."""
    saved = _find(request, saved_id)
    _require_change(request, saved)
    rules = RuleForm.of(read(saved.rules))
    form = SavedSearchForm(request.POST or None, rules=rules, saved=saved)
    if not form.is_saving:
        return _form(request, form, saved)
    return _save(request, form, saved)


def _require_change(request: AdminRequest, saved: SavedSearch) -> None:
    if not permissions.can_change_search(request.user, saved):
        raise PermissionDenied(
            _(
                "Only %(member)s or an administrator may change this search. You can"
                " run it, and save what it searches for under a name of your own."
            )
            % {"member": saved.user_name or _("its owner")}
        )


def _save(
    request: AdminRequest, form: SavedSearchForm, saved: SavedSearch | None
) -> HttpResponse:
    rules = form.rules.rules()
    if not form.is_valid() or form.rules.error:
        return _form(request, form, saved)
    name, is_shared = form.cleaned_data["name"], form.cleaned_data["is_shared"]
    try:
        if saved is None:
            kept = actions.save_search(
                name, rules, is_shared=is_shared, by=request.user
            )
        else:
            kept = actions.change_search(
                saved, name, rules, is_shared=is_shared, by=request.user
            )
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return _form(request, form, saved)
    notices.success(request, _("“%(name)s” is saved.") % {"name": kept.name})
    return redirect("wagtail_ecp:saved_search", kept.pk)


def _form(
    request: AdminRequest, form: SavedSearchForm, saved: SavedSearch | None
) -> HttpResponse:
    if not form.rules.is_text and not form.rules.rows:
        form.rules.add()
    title = _("Save a search") if saved is None else saved.name
    return page(
        request,
        "saved_search_form.html",
        crumbs=[(title, "")],
        context={"form": form, "rules": form.rules, "saved": saved},
    )


@refuses_forgery
@require_http_methods(["GET", "POST"])
def saved_search_delete(request: AdminRequest, saved_id: int) -> HttpResponse:
    """Ask, and delete a search; the mail that it finds stays."""
    saved = _find(request, saved_id)
    _require_change(request, saved)
    if request.method == "POST":
        actions.delete_search(saved, by=request.user)
        notices.success(request, _("“%(name)s” is deleted.") % {"name": saved.name})
        return redirect("wagtail_ecp:search")
    return page(
        request,
        "saved_search_delete.html",
        crumbs=[(saved.name, "")],
        context={"saved": saved},
    )
