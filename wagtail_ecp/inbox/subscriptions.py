"""The secret addresses of feeds: made, recognised, and when they were last read."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urljoin

from django.db.models import Count, Q
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from wagtail_ecp.accounts import installation, keys
from wagtail_ecp.inbox.models import Conversation, Mailbox, SavedSearch, Subscription

if TYPE_CHECKING:
    from django.contrib.auth.models import User

PURPOSE: Final = "feed"
ADDRESS: Final = "wagtail_ecp_site:feed"
#: Readers ask every few minutes; that somebody does is written down so often.
EVERY: Final = timedelta(hours=1)
#: Who has not read for so long is not counted as a reader.
LATELY: Final = timedelta(days=7)
READER_SHOWN: Final = 200
#: As many digits as a database's integer has.
DIGITS: Final = 18


def token_of(subscription: Subscription) -> str:
    """Return the secret part of the address: the same each time, under the newest key."""
    return f"{subscription.pk}.{keys.seal(PURPOSE, _sealed(subscription))}"


def is_mounted() -> bool:
    """Whether the site has our public addresses."""
    try:
        reverse(ADDRESS, args=["a"])
    except NoReverseMatch:
        return False
    return True


def base_of(site: str) -> str:
    """Return the address that ours begin with; ``site`` where the settings name none."""
    return installation.site_address() or site


def address_of(subscription: Subscription, *, site: str) -> str:
    """Return the whole private address."""
    return urljoin(base_of(site), reverse(ADDRESS, args=[token_of(subscription)]))


def find(token: str) -> Subscription | None:
    """Return what a token opens, revoked or not; None for a wrong one.

    While nobody may read feeds no token is compared with anything.
    """
    number, _dot, mark = token.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) <= DIGITS):
        return None
    # Unlike first(), without an order, which costs more to write down than to follow.
    rows = Subscription.objects.with_rights().filter(pk=int(number))
    row = next(iter(rows), None)
    if row is None or not row.account.serves_feeds:
        return None
    return row if keys.is_sealed(PURPOSE, _sealed(row), mark) else None


def _sealed(subscription: Subscription) -> str:
    return ":".join(
        (
            str(subscription.pk),
            str(subscription.user_id),
            f"{subscription.column} {subscription.target_id}",
            subscription.nonce,
        )
    )


def note_reading(subscription: Subscription, *, reader: str) -> None:
    """Write down that a feed was read, and by which program; once an hour, or a new one."""
    now = timezone.now()
    reader = "".join(c if c.isprintable() else " " for c in reader)[:READER_SHOWN]
    last = subscription.last_read_at
    if last and now - last < EVERY and reader == subscription.last_reader:
        return
    rows = Subscription.objects.filter(pk=subscription.pk)
    rows.update(last_read_at=now, last_reader=reader)


def is_open_to(user: "User | Any", subscription: Subscription) -> bool:
    """Whether ``user`` may read what a subscription is of, so that it may be named."""
    target = subscription.target
    if isinstance(target, Mailbox):
        return Mailbox.objects.visible_to(user).filter(pk=target.pk).exists()
    if isinstance(target, Conversation):
        visible = Conversation.objects.visible_to(user)
        return visible.filter(pk=target.whole.pk).exists()
    return SavedSearch.objects.visible_to(user).filter(pk=target.pk).exists()


def own(user: "User | Any", column: str, number: int) -> Subscription | None:
    """Return the live subscription of ``user`` to one thing; None if there is none."""
    live = Subscription.objects.live().filter(user=user.pk)
    return live.filter(**{column: number}).first()


class Numbers(NamedTuple):
    """How many live subscriptions there are, were read this week, and tell all."""

    all: int
    recent: int
    whole: int


def numbers() -> Numbers:
    """Count the live subscriptions, which are few."""
    recent = Q(last_read_at__gte=timezone.now() - LATELY)
    found = Subscription.objects.live().aggregate(
        all=Count("pk"),
        recent=Count("pk", filter=recent),
        whole=Count("pk", filter=Q(has_bodies=True)),
    )
    return Numbers(**found)
