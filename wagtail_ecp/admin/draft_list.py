"""The list of drafts: what the team is writing, for everybody who may read there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from wagtail_ecp.admin.ages import Age
from wagtail_ecp.admin.list_rows import SNIPPET
from wagtail_ecp.admin.list_tabs import label_of, tabs
from wagtail_ecp.admin.list_words import EMPTY
from wagtail_ecp.admin.navigation import navigation
from wagtail_ecp.admin.pages import page
from wagtail_ecp.admin.places import BEFORE, list_title, list_url
from wagtail_ecp.inbox.cursors import Cursor, Order
from wagtail_ecp.inbox.list_numbers import DRAFTS, numbers
from wagtail_ecp.inbox.models import Draft
from wagtail_ecp.inbox.rich_text import words_of
from wagtail_ecp.mail.addresses import parse_addresses

ROWS: Final = 50
ORDER: Final = Order("changed_at")

#: What is shown; of the text no more than a snippet is cut from.
COLUMNS: Final = (
    *("author_name", "is_private", "to", "subject", "body"),
    *("send_at", "trouble", "changed_at"),
)


class Row(NamedTuple):
    """One draft, in words."""

    url: str
    to: str
    subject: str
    snippet: str
    author: str
    is_private: bool
    trouble: str
    scheduled: str
    age: str


def draft_list(request: HttpRequest, mailbox_id: int | None) -> HttpResponse:
    """Show 50 drafts of a mailbox or of all, the last changed first."""
    names = {box.pk: box.name for box in navigation(request).mailboxes}
    mailboxes = tuple(names) if mailbox_id is None else (mailbox_id,)
    if not mailboxes or not set(mailboxes) <= set(names):
        raise Http404
    drafts = Draft.objects.visible_to(request.user).open()
    found = ORDER.sort(drafts.filter(mailbox__in=mailboxes).only(*COLUMNS))
    cursor = Cursor.read(request.GET.get(BEFORE, ""))
    if cursor:
        found = ORDER.beyond(cursor, found)
    rows = list(found[: ROWS + 1])
    has_more, rows = len(rows) > ROWS, rows[:ROWS]
    url = list_url(mailbox_id, DRAFTS)
    heading, advice = EMPTY[DRAFTS]
    title = list_title(names[mailbox_id] if mailbox_id else None, label_of(DRAFTS))
    kept = numbers(request.user, mailboxes)
    older = f"{url}?{BEFORE}={ORDER.cursor(rows[-1])}" if has_more else ""
    return page(
        request,
        "drafts.html",
        crumbs=[(title, "")],
        context={
            "mailbox_id": mailbox_id,
            "tabs": tabs(mailbox_id, DRAFTS, kept.by_list),
            "rows": _rows(rows),
            "is_later_page": cursor is not None,
            "newest_url": url,
            "older_url": older,
            "empty_heading": heading,
            "empty_advice": advice,
        },
    )


def _rows(drafts: Sequence[Draft]) -> list[Row]:
    age = Age(timezone.localtime())
    return [
        Row(
            url=reverse("wagtail_ecp:draft", args=[draft.pk]),
            to=_names(draft.to) or _("(nobody yet)"),
            subject=draft.subject or _("(no subject)"),
            snippet=words_of(draft.body[: 10 * SNIPPET])[:SNIPPET],
            author=draft.author_name,
            is_private=draft.is_private,
            trouble=draft.trouble,
            scheduled=_moment(draft.send_at, age),
            age=age(draft.changed_at),
        )
        for draft in drafts
    ]


def _names(to: str) -> str:
    """Return whom it goes to, by name where there is one."""
    people = [person.name or person.address for person in parse_addresses(to)]
    return ", ".join(filter(None, people)) or to


def _moment(at: datetime | None, age: Age) -> str:
    """Return the day, unless it is today, and the time."""
    if at is None:
        return ""
    time = date_format(timezone.localtime(at), "TIME_FORMAT")
    day = age(at)
    return time if day == time else f"{day}, {time}"
