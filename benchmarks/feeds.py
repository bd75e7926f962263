"""What a feed costs, anew and unchanged, beside Django's own feed of the same entries."""

import statistics
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.http import HttpResponseBase
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse

from benchmarks.cpu import meter
from benchmarks.pages import START, analyse, fill
from benchmarks.plain_feed import PlainFeed
from tests.builders import a_mailbox, a_user
from tests.urls import urlpatterns as site_urls
from wagtail_ecp.accounts.models import Account
from wagtail_ecp.inbox import actions, subscriptions
from wagtail_ecp.inbox.models import Attachment, Blob, Conversation, Mailbox, Message

ROUNDS = 60
CHUNK = 5000
#: So many messages are one conversation.
TOGETHER = 4
#: Of so many conversations one has a file.
EVERY = 10

urlpatterns = [path("plain-feed/<int:pk>/", PlainFeed(), name="plain"), *site_urls]


@override_settings(ROOT_URLCONF="benchmarks.feeds")
def run(*sizes: int) -> list[dict[str, float | str]]:
    """Measure mailboxes of so many messages, whatever is asked taking turns."""
    asked: dict[tuple[int, str], Ask] = {}
    for size in sizes:
        member = a_user(f"member{size}")
        mailbox = a_mailbox(f"box{size}@example.com", readers=[member])
        _fill(mailbox, size)
        asked |= {(size, name): ask for name, ask in _questions(mailbox, member)}
    analyse()
    return _measure(asked)


#: Asks for a feed, and returns what came.
Ask = Callable[[], HttpResponseBase]


def _questions(mailbox: Mailbox, member: Any) -> Iterator[tuple[str, Ask]]:
    client = Client(headers={"host": "localhost"})
    yield "Django's", partial(client.get, reverse("plain", args=[mailbox.pk]))
    address = _subscribe(mailbox, member)
    yield "200", partial(client.get, address)
    packed = {"accept-encoding": "gzip"}
    yield "200, gzipped", partial(client.get, address, headers=packed)
    known = {"if-none-match": client.get(address)["ETag"]}
    yield "304", partial(client.get, address, headers=known)


def _subscribe(mailbox: Mailbox, member: Any) -> str:
    Account.objects.update(rss_enabled=True)
    row = actions.subscribe(mailbox, by=member)
    return subscriptions.address_of(row, site="http://localhost/")


def _fill(mailbox: Mailbox, size: int) -> None:
    """Put ``size`` messages into the mailbox, some to a conversation."""
    blob, _created = Blob.objects.get_or_create(
        sha256="0" * 64, defaults={"size": 1, "last_used_at": START}
    )
    fill(mailbox, size // TOGETHER)
    found = Conversation.objects.filter(mailbox=mailbox).order_by("pk")
    rows = list(found.values_list("pk", "last_message_at"))
    for begin in range(0, len(rows), CHUNK):
        made = Message.objects.bulk_create(
            _message(mailbox, blob, pk, at - timedelta(hours=number))
            for pk, at in rows[begin : begin + CHUNK]
            for number in range(TOGETHER)
        )
        Attachment.objects.bulk_create(
            Attachment(
                message=message,
                index=0,
                name="photo.jpg",
                content_type="image/jpeg",
                size=123_456,
            )
            for message in made[:: TOGETHER * EVERY]
        )


def _message(mailbox: Mailbox, blob: Blob, pk: int, at: datetime) -> Message:
    return Message(
        mailbox=mailbox,
        news_of=mailbox,
        conversation_id=pk,
        blob=blob,
        direction="in",
        id_hash=f"{pk} {at:%d%H%M%S}",
        content_hash="0" * 64,
        sender_name="Vera Holm",
        sender_address="vera@customer.example",
        sender_key="vera@customer.example",
        subject=f"Subject of {pk}",
        text="A line of what people write.\n" * 5,
        snippet="Some words of the newest message, as lists show them.",
        at=at,
    )


def _measure(asked: dict[tuple[int, str], Ask]) -> list[dict[str, float | str]]:
    spent = meter()
    times: dict[tuple[int, str], list[float]] = {key: [] for key in asked}
    for ask in asked.values():
        ask()
    for _round in range(ROUNDS):
        for key, ask in asked.items():
            before = spent()
            ask()
            times[key].append(spent() - before)
    medians = {key: statistics.median(taken) for key, taken in times.items()}
    return [
        {
            "messages": f"{size:,}",
            "answer": name,
            "CPU ms": medians[size, name],
            "times Django's": medians[size, name] / medians[size, "Django's"],
            "times the 200": medians[size, name] / medians[size, "200"],
            **_content(ask, name),
        }
        for (size, name), ask in asked.items()
    ]


def _content(ask: Ask, name: str) -> dict[str, float]:
    with CaptureQueriesContext(connection) as queries:
        response: Any = ask()
    expected = 304 if name == "304" else 200
    assert response.status_code == expected, response  # noqa: S101
    return {"queries": len(queries), "KiB": len(response.content) / 1024}
