"""The page of one's own feed of something: subscribe, its address, and its end."""

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages as notices

from wagtail_ecp.accounts.models import Account
from wagtail_ecp.accounts.permissions import can_administer
from wagtail_ecp.admin import feed_links
from wagtail_ecp.admin.feed_form import ChoicesForm
from wagtail_ecp.admin.feed_words import last_read, named
from wagtail_ecp.admin.lookups import find_conversation
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import AdminRequest, page
from wagtail_ecp.inbox import actions, subscriptions
from wagtail_ecp.inbox.models import Mailbox, SavedSearch, Subscription
from wagtail_ecp.inbox.models.subscriptions import Target, column_of


def _mailbox(request: AdminRequest, number: int) -> Mailbox:
    return get_object_or_404(Mailbox.objects.visible_to(request.user), pk=number)


def _saved_search(request: AdminRequest, number: int) -> SavedSearch:
    if not navigation(request).mailboxes:
        raise Http404  # It finds nothing for who reads no mail.
    return get_object_or_404(SavedSearch.objects.visible_to(request.user), pk=number)


#: By what stands in the address.
FINDERS: Final[dict[str, Callable[[Any, int], Target]]] = {
    "mailbox": _mailbox,
    "conversation": find_conversation,
    "saved-search": _saved_search,
}


@never_cache
@require_http_methods(["GET", "POST"])
def subscribe(request: AdminRequest, kind: str, number: int) -> HttpResponse:
    """Show and save one's own feed of something that one may read."""
    if kind not in FINDERS:
        raise Http404
    target = FINDERS[kind](request, number)
    row = subscriptions.own(request.user, column_of(target), target.pk)
    if row is None and target.pk != number:  # It was of what is a part by now.
        row = subscriptions.own(request.user, column_of(target), number)
    form = ChoicesForm(
        request.POST or None,
        target=target,
        account=Account.objects.current(),
        subscription=row,
    )
    if form.is_valid():
        try:
            saved = actions.subscribe(target, form.choices, by=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            told = _("Saved.") if row else _("Here is the address for your reader.")
            notices.success(request, told)
            return redirect(_page_of(saved))
    return _page(request, target, form, row)


def _page(
    request: AdminRequest, target: Target, form: ChoicesForm, row: Subscription | None
) -> HttpResponse:
    about = named(target)
    serves_feeds = navigation(request).serves_feeds
    return page(
        request,
        "feeds/subscribe.html",
        crumbs=[
            (about.name, about.url),
            (_("Feed of %(name)s") % {"name": about.name}, ""),
        ],
        context={
            "about": about,
            "form": form,
            "subscription": row,
            "serves_feeds": serves_feeds,
            "address": feed_links.address(request, row) if row and serves_feeds else "",
            "last_read": last_read(row, navigation(request).zone) if row else "",
            "own_list_url": feed_links.own_list_url(),
        },
    )


@require_http_methods(["GET", "POST"])
def revoke(request: AdminRequest, subscription_id: int) -> HttpResponse:
    """Ask, and end a feed of one's own, or as an administrator anybody's."""
    rows = Subscription.objects.live()
    if not can_administer(request.user):
        rows = rows.filter(user=request.user.pk)
    row = get_object_or_404(rows.with_targets(), pk=subscription_id)
    given = request.POST if request.method == "POST" else request.GET
    origin = "everybody" if given.get("from") == "everybody" else ""
    back = reverse("wagtail_ecp:subscriptions") if origin else feed_links.own_list_url()
    if request.method == "POST":
        actions.revoke_subscription(row, by=request.user)
        notices.success(request, _("The subscription has ended: its address is gone."))
        return redirect(back)
    return _ask(
        request,
        _("End the subscription"),
        _(
            "The address leads nowhere from then on, and a feed reader that has it is"
            " told to stop. What it has read stays in it."
        ),
        back=back,
        origin=origin,
    )


@require_http_methods(["GET", "POST"])
def renew(request: AdminRequest, subscription_id: int) -> HttpResponse:
    """Ask, give a feed of one's own a new address, and show it."""
    own = Subscription.objects.live().filter(user=request.user.pk)
    row = get_object_or_404(own.with_targets(), pk=subscription_id)
    if request.method == "POST":
        renewed = actions.renew_subscription(row, by=request.user)
        notices.success(
            request, _("This is the new address, for your reader; the old one is gone.")
        )
        return redirect(_page_of(renewed))
    return _ask(
        request,
        _("Take a new address"),
        _("The old address leads nowhere from then on: give your reader the new one."),
        back=feed_links.own_list_url(),
    )


def _ask(
    request: AdminRequest, title: str, question: str, *, back: str, origin: str = ""
) -> HttpResponse:
    return page(
        request,
        "feeds/ask.html",
        crumbs=[(title, "")],
        context={"question": question, "back": back, "origin": origin},
    )


def _page_of(row: Subscription) -> str:
    return feed_links.subscribe_url(row.column, row.target_id)
