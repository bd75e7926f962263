"""Where one subscribes to something, and what pages say of the viewer's own feed of it."""

from typing import Final, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.inbox import subscriptions
from wagtail_ecp.inbox.models import Subscription

#: What a page's head calls each format, for browsers that look for feeds.
CONTENT_TYPES: Final = {
    Subscription.Format.RSS: "application/rss+xml",
    Subscription.Format.ATOM: "application/atom+xml",
    Subscription.Format.JSON: "application/feed+json",
}


class FeedLink(NamedTuple):
    """Where one subscribes to something, and one's feed of it, if there is one."""

    url: str
    address: str = ""
    content_type: str = ""


def feed_link(request: HttpRequest, column: str, number: int) -> FeedLink | None:
    """Return what a page says; None, for no query, while there are no feeds."""
    if not navigation(request).serves_feeds:
        return None
    row = subscriptions.own(request.user, column, number)
    url = subscribe_url(column, number)
    if row is None:
        return FeedLink(url)
    kind = CONTENT_TYPES[Subscription.Format(row.format)]
    return FeedLink(url, address(request, row), kind)


def subscribe_url(column: str, number: int) -> str:
    """Return the page on which one subscribes to it, and finds one's address again."""
    return reverse("wagtail_ecp:subscribe", args=[column.replace("_", "-"), number])


def own_list_url() -> str:
    """Return where a member's subscriptions are listed."""
    return f"{reverse('wagtailadmin_account')}#tab-ecp-mail"


def address(request: HttpRequest, subscription: Subscription) -> str:
    """Return the whole private address."""
    site = request.build_absolute_uri("/")
    return subscriptions.address_of(subscription, site=site)
