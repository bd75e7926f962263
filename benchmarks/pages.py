"""What lists and conversations cost beside an empty page of Wagtail's admin."""

import statistics
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.template.response import TemplateResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from benchmarks.cpu import meter
from tests.builders import a_mailbox, a_user
from tests.urls import urlpatterns as site_urls
from wagtail_ecp.inbox.models import (
    AssigneeCounter,
    Blob,
    Conversation,
    ConversationTag,
    FolderCounter,
    Mailbox,
    Message,
    Star,
    Tag,
)

ROUNDS = 30
START = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 5000
#: Of so many conversations one is the member's, one is tagged, one sleeps.
EVERY = 20
EMPTY = "empty page of the admin"
LISTS = ("inbox", "mine", "unassigned", "starred", "snoozed", "sent")
#: What a member keeps in sight, however much there is.
STARS = 200
MESSAGES = (5, 200)


def empty_page(request):  # type: ignore[no-untyped-def]
    """Show Wagtail's own frame with nothing in it."""
    return TemplateResponse(request, "wagtailadmin/generic/base.html", {})


urlpatterns = [path("admin/empty-page/", empty_page), *site_urls]


def run(*sizes: int) -> list[dict[str, float | str]]:
    """Measure mailboxes of these sizes and the empty page, taking turns.

    Each size has a member of its own, who reads that mailbox and two small ones.
    """
    pages: dict[str, tuple[Client, str]] = {}
    for size in sizes:
        member = a_user(f"member{size}")
        client = Client(headers={"host": "localhost"})
        client.force_login(member)
        pages.setdefault(EMPTY, (client, "/admin/empty-page/"))
        mailbox = a_mailbox(f"box{size}@example.com", repliers=[member])
        for other in ("press", "sales"):
            fill(a_mailbox(f"{other}{size}@example.com", repliers=[member]), 200)
        fill(mailbox, size, member=member)
        pages |= {
            f"{name}, {size:,} conversations": (client, url)
            for name, url in _lists(mailbox)
        }
        pages |= {
            f"conversation of {number}, {size:,} conversations": (
                client,
                _conversation(mailbox, number),
            )
            for number in MESSAGES
        }
    analyse()
    return _measure(pages)


def _lists(mailbox: Mailbox) -> Iterator[tuple[str, str]]:
    for name in LISTS:
        yield name, reverse("wagtail_ecp:folder", args=[mailbox.pk, name])
    yield "all inboxes", reverse("wagtail_ecp:all_mailboxes", args=["inbox"])
    starred = reverse("wagtail_ecp:folder", args=[mailbox.pk, "starred"])
    yield "starred and by two filters", f"{starred}?assignee=nobody&files=yes"


def analyse() -> None:
    """Let the database look at what it holds."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def fill(mailbox: Mailbox, size: int, *, member: Any = None) -> None:
    """Put ``size`` conversations into the mailbox's inbox, some of them asleep."""
    tag, _created = Tag.objects.get_or_create(name="Order", key="order")
    for begin in range(0, size, CHUNK):
        numbers = range(begin, min(begin + CHUNK, size))
        made = Conversation.objects.bulk_create(
            _conversations(mailbox, numbers, member=member)
        )
        ConversationTag.objects.bulk_create(
            ConversationTag(conversation=row, tag=tag) for row in made[3::EVERY]
        )
    asleep = len(range(2, size, EVERY))
    assigned = len(range(1, size, EVERY)) if member else 0
    for folder, numbers_kept in (
        (
            "inbox",
            {
                "conversations": size - asleep,
                "unread": len(range(0, size, 3)),
                "unassigned": size - asleep - assigned,
            },
        ),
        ("snoozed", {"conversations": asleep}),
    ):
        FolderCounter.objects.update_or_create(
            mailbox=mailbox, folder=folder, defaults=numbers_kept
        )
    if member:
        AssigneeCounter.objects.create(
            mailbox=mailbox, user=member, conversations=assigned
        )
        newest = mailbox.conversations.order_by("-last_message_at")
        Star.objects.bulk_create(
            Star(user=member, conversation=row)
            for row in newest.filter(has_attachments=True)[:STARS]
        )


def _conversations(
    mailbox: Mailbox, numbers: range, *, member: Any
) -> Iterator[Conversation]:
    for number in numbers:
        at = START + timedelta(seconds=number)
        is_mine = bool(member) and number % EVERY == 1
        yield Conversation(
            mailbox=mailbox,
            subject=f"Subject of {number}",
            correspondent=f"Person {number}",
            snippet="Some words of the newest message, as lists show them.",
            is_unread=number % 3 == 0,
            has_attachments=number % 2 == 0,
            message_count=1 + number % 4,
            assignee=member if is_mine else None,
            assignee_name=str(member) if is_mine else "",
            began_at=at,
            last_message_at=at,
            waiting_since=at,
            last_answer_at=at if number % EVERY == 4 else None,  # noqa: PLR2004
            snoozed_until=at + timedelta(days=9999) if number % EVERY == 2 else None,  # noqa: PLR2004
            is_to_be_indexed=False,
        )


def _conversation(mailbox: Mailbox, size: int) -> str:
    """Make a conversation of ``size`` messages among the others; return its page."""
    at = START + timedelta(seconds=500)
    blob, _created = Blob.objects.get_or_create(
        sha256="0" * 64, defaults={"size": 1, "last_used_at": at}
    )
    row = Conversation.objects.create(
        mailbox=mailbox,
        subject=f"{size} messages",
        message_count=size,
        is_unread=False,
        began_at=at,
        last_message_at=at,
    )
    Message.objects.bulk_create(
        Message(
            mailbox=mailbox,
            conversation=row,
            blob=blob,
            direction="out" if number % 2 else "in",
            id_hash=f"{row.pk}-{number}",
            content_hash="0" * 64,
            sender_name="Vera Holm",
            sender_address="vera@customer.example",
            sender_key="vera@customer.example",
            addresses={"to": [["", mailbox.address]]},
            subject=f"{size} messages",
            text=f"Message {number}.\n\n" + "A line of what people write.\n" * 30,
            snippet=f"Message {number}.",
            at=at + timedelta(minutes=number),
        )
        for number in range(size)
    )
    page = reverse("wagtail_ecp:conversation", args=[row.pk])
    return f"{page}?from={mailbox.pk}/inbox"


def _measure(pages: dict[str, tuple[Client, str]]) -> list[dict[str, float | str]]:
    spent = meter()
    times: dict[str, list[float]] = {name: [] for name in pages}
    for client, url in pages.values():
        client.get(url)
    for _round in range(ROUNDS):
        for name, (client, url) in pages.items():
            times[name].append(_cpu_ms(spent, partial(client.get, url)))
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    return [
        {
            "page": name,
            "CPU ms": medians[name],
            "times the empty page": medians[name] / medians[EMPTY],
            "times the smallest": medians[name] / medians[_smallest(name, medians)],
            **_content(client, url),
        }
        for name, (client, url) in pages.items()
    ]


def _smallest(name: str, medians: dict[str, float]) -> str:
    """Return the name of the same page where there is the least."""
    kind = name.partition(",")[0]
    return next(other for other in medians if other.partition(",")[0] == kind)


def _content(client: Client, url: str) -> dict[str, float]:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, response  # noqa: S101, PLR2004
    return {"queries": len(queries), "KiB": len(response.content) / 1024}


def _cpu_ms(spent: Callable[[], float], action: Callable[[], object]) -> float:
    before = spent()
    action()
    return spent() - before
