"""What a search costs among many conversations: CPU of this process and its database."""

import itertools
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection

from tests.builders import a_mailbox, a_user
from wagtail_ecp.inbox.models import Conversation, Mailbox
from wagtail_ecp.inbox.search import indexes
from wagtail_ecp.inbox.search.documents import Document
from wagtail_ecp.inbox.search.finding import Search
from wagtail_ecp.inbox.search.pages import page_at
from wagtail_ecp.inbox.search.syntax import parse
from wagtail_ecp.inbox.search.tokens import Zone, passage
from wagtail_ecp.inbox.search.viewing import Viewer

ROUNDS = 15
START = datetime(2020, 1, 1, tzinfo=UTC)
PIECE = 2_000
WORDS = 120  # of a body
#: Words and of how many conversations in a hundred.
COMMON = {"thanks": 60, "parcel": 10, "courier": 1}
WORDLESS = ("no word, unread ones", "no word, with attachments", "not a word of 60 %")
ASKED = {
    "a word of 60 % of all": "thanks",
    "a word of 10 %": "parcel",
    "two common words": "thanks parcel",
    "a phrase": '"about parcel"',
    "a word in the subject": "subject:about",
    "a word of 1 %, nothing but old": "courier before:2020-02-01",
    "a rare word": "number78",
    "a word that nobody wrote": "zanzibar",
    "a word and not another": "parcel -thanks",
    WORDLESS[0]: "is:unread",
    WORDLESS[1]: "has:attachment",
    WORDLESS[2]: "-thanks",
}


def run(size: int) -> list[dict[str, float | str]]:
    """Fill two mailboxes, of which a member reads one, and ask."""
    member = a_user("member")
    boxes = [
        a_mailbox("one@example.com", repliers=[member]),
        a_mailbox("two@example.com"),
    ]
    started = time.process_time()
    fill(boxes, size)
    print(f"filled in {time.process_time() - started:.0f} s of CPU")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [
        {"asked": what, "by": order, "CPU ms": cost, "rows": found}
        for what, text in ASKED.items()
        for order in ("relevance", "date")
        if order == "date" or what not in WORDLESS
        for cost, found in [_measured(member, text, by_date=order == "date")]
    ]


def fill(boxes: list[Mailbox], size: int) -> None:
    """Make conversations and what the index says of them, the oldest first."""
    dice = random.Random(1)
    rows = (_row(boxes[number % 2], number) for number in range(size))
    index = indexes.chosen()
    while piece := list(itertools.islice(rows, PIECE)):
        Conversation.objects.bulk_create(piece)
        index.put([_document(row, dice) for row in piece])


def _row(mailbox: Mailbox, number: int) -> Conversation:
    at = START + timedelta(minutes=13 * number)
    return Conversation(
        mailbox=mailbox,
        subject=f"About number{number}",
        correspondent=f"Person {number}",
        folder="inbox" if number % 5 == 0 else "archive",
        is_unread=number % 50 == 0,
        has_attachments=number % 5_000 == 0,
        is_to_be_indexed=False,
        began_at=at,
        last_message_at=at,
    )


def _document(row: Conversation, dice: random.Random) -> Document:
    words = list(_words(dice))
    head = [
        *passage(Zone.SUBJECT, row.subject),
        *passage(Zone.FROM, row.correspondent),
        *passage(Zone.FROM, f"person{row.pk}@customer.example"),
        *passage(Zone.TO, "one@example.com"),
    ]
    return Document(row.pk, row.mailbox_id, " ".join(head), " ".join(words))


def _words(dice: random.Random) -> Iterator[str]:
    for _place in range(WORDS):
        yield f"w{int(dice.paretovariate(0.6))}"
    for word, percent in COMMON.items():
        if dice.random() * 100 < percent:
            yield "about"
            yield word


def _measured(member: object, text: str, *, by_date: bool) -> tuple[float, float]:
    def ask() -> int:
        search = Search(parse(text).rules, Viewer.of(member))
        return len(page_at(search, by_date=by_date).rows)

    found = ask()
    return statistics.median(_cpu_ms(ask) for _round in range(ROUNDS)), found


def _cpu_ms(action: Callable[[], object]) -> float:
    started = time.process_time() + _database_seconds()
    action()
    return 1000 * (time.process_time() + _database_seconds() - started)


def _database_seconds() -> float:
    """Return what PostgreSQL's process has used; SQLite's work is this process's."""
    if connection.vendor != "postgresql":
        return 0.0
    pid = connection.connection.info.backend_pid
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
