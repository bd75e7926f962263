"""The site's own announcements: a feed that a setting names, kept in rows."""

import calendar
import hashlib
import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import feedparser
from django.db import transaction
from django.utils import timezone

from wagtail_ecp import conf
from wagtail_ecp.exceptions import UnsafeAddressError
from wagtail_ecp.inbox.models import Announcement, UpdateRead
from wagtail_ecp.mail import web
from wagtail_ecp.mail.html_text import html_to_text

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

MAX_BYTES: Final = 1024 * 1024
#: So many of the newest are kept.
KEPT: Final = 20
MAX_TEXT: Final = 500
MAX_URL: Final = 2000


def fetch() -> None:
    """Read the feed and keep its newest entries; what can't be had changes nothing."""
    url = conf.get("ANNOUNCEMENT_FEED")
    if not url:
        Announcement.objects.all().delete()
        return
    try:
        data = web.get(
            url, max_bytes=MAX_BYTES, allowed_networks=conf.get("ALLOWED_NETWORKS")
        )
    except (web.WebError, UnsafeAddressError) as error:
        logger.warning("the announcement feed can't be read: %s", error)
        return
    _keep(read(data))


def read(data: bytes) -> list[Announcement]:
    """Return the newest entries of a feed, unsaved; of what is no feed, none."""
    found = feedparser.parse(data, sanitize_html=False, resolve_relative_uris=False)
    entries = [row for entry in found.entries if (row := _announcement(entry))]
    return sorted(entries, key=lambda row: row.at, reverse=True)[:KEPT]


def mark_read(keys: Iterable[str], *, by: "User") -> None:
    """Note that ``by`` has read these."""
    UpdateRead.objects.bulk_create(
        [UpdateRead(user_id=by.pk, key=key) for key in keys], ignore_conflicts=True
    )


def read_by(user: "User | Any", keys: Sequence[str]) -> set[str]:
    """Return which of these ``user`` has read."""
    rows = UpdateRead.objects.filter(user=user.pk, key__in=keys)
    return set(rows.values_list("key", flat=True))


def _announcement(entry: Any) -> Announcement | None:
    name = entry.get("id") or entry.get("link") or entry.get("title")
    title = _text(entry.get("title", ""))
    if not name or not title:
        return None
    url = entry.get("link", "")
    is_web = url.startswith(("https://", "http://")) and len(url) <= MAX_URL
    said = entry.get("published_parsed") or entry.get("updated_parsed")
    return Announcement(
        key=hashlib.sha256(str(name).encode("utf-8", "replace")).hexdigest(),
        title=title[:255],
        text=_text(entry.get("summary", ""))[:MAX_TEXT],
        url=url if is_web else "",
        at=datetime.fromtimestamp(calendar.timegm(said), UTC)
        if said
        else timezone.now(),
    )


def _text(html: str) -> str:
    return " ".join(html_to_text(html.replace("\0", " ")).split())


@transaction.atomic
def _keep(rows: Sequence[Announcement]) -> None:
    if not rows:
        return
    by_key = {row.key: row for row in rows}
    Announcement.objects.exclude(key__in=by_key).delete()
    Announcement.objects.bulk_create(
        by_key.values(),
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["title", "text", "url"],
    )
