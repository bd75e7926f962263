"""What the list of a mailbox costs beside an empty page of Wagtail's admin."""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from django.db import connection
from django.template.response import TemplateResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from tests.builders import a_mailbox, a_user
from tests.urls import urlpatterns as site_urls
from wagtail_ecp.inbox.models import Conversation, FolderCounter, Mailbox

ROUNDS = 40
START = datetime(2026, 1, 1, tzinfo=UTC)


def empty_page(request):  # type: ignore[no-untyped-def]
    """Show Wagtail's own frame with nothing in it."""
    return TemplateResponse(request, "wagtailadmin/generic/base.html", {})


urlpatterns = [path("admin/empty-page/", empty_page), *site_urls]


def run(*sizes: int) -> list[dict[str, float | str]]:
    """Measure mailboxes of these sizes and the empty page, taking turns."""
    member = a_user("member")
    pages: dict[str, str] = {"empty page of the admin": "/admin/empty-page/"}
    for size in sizes:
        mailbox = a_mailbox(f"box{size}@example.com", repliers=[member])
        fill(mailbox, size)
        url = reverse("wagtail_ecp:folder", args=[mailbox.pk, "inbox"])
        pages[f"list of {size:,} conversations"] = url
    client = Client(headers={"host": "localhost"})
    client.force_login(member)
    return _measure(client, pages)


def fill(mailbox: Mailbox, size: int) -> None:
    """Put ``size`` conversations into the mailbox's inbox."""
    for begin in range(0, size, 5000):
        Conversation.objects.bulk_create(
            Conversation(
                mailbox=mailbox,
                subject=f"Subject of {number}",
                correspondent=f"Person {number}",
                snippet="Some words of the newest message, as lists show them.",
                is_unread=number % 3 == 0,
                message_count=1 + number % 4,
                began_at=START + timedelta(seconds=number),
                last_message_at=START + timedelta(seconds=number),
                waiting_since=START + timedelta(seconds=number),
            )
            for number in range(begin, min(begin + 5000, size))
        )
    FolderCounter.objects.update_or_create(
        mailbox=mailbox,
        folder="inbox",
        defaults={"conversations": size, "unread": len(range(0, size, 3))},
    )


def _measure(client: Client, pages: dict[str, str]) -> list[dict[str, float | str]]:
    times: dict[str, list[float]] = {name: [] for name in pages}
    for url in pages.values():
        client.get(url)
    for _round in range(ROUNDS):
        for name, url in pages.items():
            times[name].append(_cpu_ms(partial(client.get, url)))
    empty = statistics.median(times["empty page of the admin"])
    return [
        {
            "page": name,
            "CPU ms": statistics.median(times[name]),
            "times the empty page": statistics.median(times[name]) / empty,
            **_content(client, url),
        }
        for name, url in pages.items()
    ]


def _content(client: Client, url: str) -> dict[str, float]:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, response  # noqa: S101, PLR2004
    return {"queries": len(queries), "KiB": len(response.content) / 1024}


def _cpu_ms(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return 1000 * (time.process_time() - started)
