"""What the spam slider's preview costs, by how much mail the last 30 days brought."""

import random
import statistics
import time
from collections import Counter
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.builders import a_mailbox, an_account
from wagtail_ecp.inbox.models import Blob, Conversation, Mailbox, Message
from wagtail_ecp.spam import tally
from wagtail_ecp.spam.models import Score, ScoreTally

THRESHOLDS = (0, 10, 30, 50, 62, 69, 71, 80, 95, 100)
ROUNDS = 5
CHUNK = 5000


def run(*sizes: int) -> list[dict[str, float | str]]:
    """Measure the door at each size, the mail of the smaller ones included."""
    owner = an_account().owner
    mailbox = a_mailbox(readers=[owner])
    dice = random.Random(4)
    client = Client(headers={"host": "localhost"})
    client.force_login(owner)
    rows: list[dict[str, float | str]] = []
    there = 0
    for size in sizes:
        fill(mailbox, dice, range(there, size))
        there = size
        rows.append({"messages": f"{size:,}", **_measure(client)})
    for row in rows:
        row["times the first"] = float(row["median ms"]) / float(rows[0]["median ms"])
    return rows


def fill(mailbox: Mailbox, dice: random.Random, numbers: range) -> None:
    """Add a month's messages with scores as they are spread in life, and count them."""
    for begin in range(numbers.start, numbers.stop, CHUNK):
        _add(mailbox, dice, range(begin, min(begin + CHUNK, numbers.stop)))
    ScoreTally.objects.all().delete()
    numbers_of = Counter(map(tally.alike, Score.objects.defer("clues").iterator()))
    ScoreTally.objects.bulk_create(
        ScoreTally(**key._asdict(), number=number) for key, number in numbers_of.items()
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _add(mailbox: Mailbox, dice: random.Random, numbers: range) -> None:
    begin = timezone.now() - timedelta(days=29)
    ages = {n: begin + timedelta(seconds=dice.randrange(29 * 86_400)) for n in numbers}
    blob, _created = Blob.objects.get_or_create(
        sha256="0" * 64, defaults={"size": 1, "last_used_at": begin}
    )
    Conversation.objects.bulk_create(
        Conversation(
            mailbox=mailbox, subject=f"Subject {n}", began_at=at, last_message_at=at
        )
        for n, at in ages.items()
    )
    keys = Conversation.objects.order_by("-pk").values_list("pk", flat=True)
    conversations = sorted(keys[: len(numbers)])
    Message.objects.bulk_create(
        Message(
            mailbox=mailbox,
            conversation_id=conversation,
            blob=blob,
            direction=Message.Direction.IN,
            id_hash=f"{number:040}",
            content_hash="0" * 64,
            subject=f"Subject {number}",
            at=at,
        )
        for conversation, (number, at) in zip(conversations, ages.items(), strict=True)
    )
    found = Message.objects.filter(conversation__in=conversations).only("at")
    Score.objects.bulk_create(
        [_score(message, dice) for message in found], batch_size=500
    )


def _score(message: Message, dice: random.Random) -> Score:
    is_wanted = dice.random() < 0.6  # noqa: PLR2004
    value = 100 * dice.betavariate(0.5, 4 if is_wanted else 0.6)
    value = value if is_wanted else 100 - value * 0.7
    standing = Score.Standing.CONTACT if dice.random() < 0.2 else ""  # noqa: PLR2004
    said = dice.choice(["answered", "wanted"]) if is_wanted else "spam"
    decision = said if dice.random() < 0.4 else ""  # noqa: PLR2004
    is_spam = decision == "spam" or (not standing and not decision and value >= 70)  # noqa: PLR2004
    return Score(
        message=message,
        value=value,
        is_spam=is_spam,
        decision=decision,
        standing=standing,
        threshold=70,
        at=message.at,
        is_tallied=True,
    )


def _measure(client: Client) -> dict[str, float]:
    door = reverse("wagtail_ecp:spam_preview")
    client.get(door, {"threshold": 70})
    times = []
    for _round in range(ROUNDS):
        for threshold in THRESHOLDS:
            started = time.process_time()
            client.get(door, {"threshold": threshold})
            times.append(1000 * (time.process_time() - started))
    with CaptureQueriesContext(connection) as queries:
        client.get(door, {"threshold": 62})
    return {
        "median ms": statistics.median(times),
        "slowest ms": max(times),
        "queries": len(queries),
    }
