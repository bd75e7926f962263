"""What the dashboard with its six panels costs among few and among many messages."""

import random
import statistics
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from benchmarks.cpu import meter
from benchmarks.pages import analyse, fill
from tests.builders import a_mailbox, a_user
from wagtail_ecp.inbox import actions, online
from wagtail_ecp.inbox.models import Conversation, Mailbox
from wagtail_ecp.inbox.search import indexes
from wagtail_ecp.inbox.search.documents import Document
from wagtail_ecp.inbox.search.syntax import parse
from wagtail_ecp.inbox.search.tokens import Zone, passage
from wagtail_ecp.journal.models import Action

ROUNDS = 30
PIECE = 5_000
#: Messages of a conversation, as ``fill`` has them.
EACH = 2.5
PAGES = {
    "dashboard": "/admin/mail/dashboard/",
    "what it asks for every half minute": "/admin/mail/dashboard/live/",
}
#: Rules alone, rules that few fulfil, a common word, and one that nobody wrote.
SEARCHES = ("is:unread", "has:attachment before:2026-01-02", "parcel", "zanzibar")


def run(*sizes: int) -> list[dict[str, float | str]]:
    """Measure with so many messages, each number in a mailbox of another member.

    The journal has a row for each message. The panels read no messages, so none are
    made; what members look for is in the index, with few words each.
    """
    clients = {size: _client(size) for size in sizes}
    analyse()
    spent = meter()
    times: dict[tuple[str, int], list[float]] = {}
    for _round in range(ROUNDS + 1):  # The first one warms up.
        for size, client in clients.items():
            for name, url in PAGES.items():
                begin = spent()
                client.get(url)
                times.setdefault((name, size), []).append(spent() - begin)
    medians = {key: statistics.median(taken[1:]) for key, taken in times.items()}
    return [
        {
            "page": name,
            "messages": f"{size:,}",
            "CPU ms": medians[name, size],
            "times the fewest": medians[name, size] / medians[name, sizes[0]],
            "queries": _queries(clients[size], PAGES[name]),
        }
        for name in PAGES
        for size in sizes
    ]


def _client(size: int) -> Client:
    """Return the browser of a member of a mailbox with so many messages."""
    member = a_user(f"member{size}")
    mailbox = a_mailbox(f"box{size}@example.com", repliers=[member])
    press = a_mailbox(f"press{size}@example.com", repliers=[member])
    fill(press, 200)
    fill(mailbox, int(size / EACH), member=member)
    _write_journal(mailbox, size, member)
    _index(mailbox)
    for text in SEARCHES:
        actions.save_search(text, parse(text).rules, by=member)
    for number in range(10):
        online.note(a_user(f"colleague{size}-{number}"))
    client = Client(headers={"host": "localhost"})
    client.force_login(member)
    return client


def _write_journal(mailbox: Mailbox, size: int, member: Any) -> None:
    rows = _actions(mailbox, size, member)
    while piece := list(islice(rows, PIECE)):
        Action.objects.bulk_create(piece)


def _actions(mailbox: Mailbox, size: int, member: Any) -> Iterator[Action]:
    """Yield a year of what happened, the latest last."""
    begin = timezone.now() - timedelta(days=365)
    first = mailbox.conversations.order_by("pk").values_list("pk", flat=True)[0]
    kinds = (Action.Kind.RECEIVED, Action.Kind.REPLIED, Action.Kind.CHANGED_FOLDER)
    for number in range(size):
        yield Action(
            at=begin + timedelta(days=365) * number / size,
            kind=kinds[number % 3],
            user=member if number % 3 else None,
            user_name=str(member) if number % 3 else "",
            mailbox_number=mailbox.pk,
            conversation_number=first + int(number / EACH),
            data={"before": "inbox", "after": "archive"},
        )


def _index(mailbox: Mailbox) -> None:
    dice = random.Random(1)
    index = indexes.chosen()
    found = Conversation.objects.filter(mailbox=mailbox).order_by("pk")
    rows = found.iterator(chunk_size=PIECE)
    while piece := list(islice(rows, PIECE)):
        index.put([_document(row, dice) for row in piece])


def _document(row: Conversation, dice: random.Random) -> Document:
    head = " ".join(passage(Zone.SUBJECT, row.subject))
    words = [f"w{int(dice.paretovariate(0.6))}" for _place in range(20)]
    if dice.random() < 0.1:  # noqa: PLR2004
        words.append("parcel")
    return Document(row.pk, row.mailbox_id, head, " ".join(words))


def _queries(client: Client, url: str) -> float:
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    assert response.status_code == 200, response  # noqa: S101, PLR2004
    return float(len(queries))
