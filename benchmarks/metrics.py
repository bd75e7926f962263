"""What a percentile panel costs beside asking the messages themselves.

A year of mail: the panel reads facts of 30 days; the window query finds for each answer
the earliest message that nobody had answered. Both must come to the same.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db import connection

from tests.builders import a_mailbox, a_user
from wagtail_ecp.inbox.models import Blob, Conversation, Message
from wagtail_ecp.metrics.asking import BY_KEY
from wagtail_ecp.metrics.measures import METRICS
from wagtail_ecp.metrics.models import Fact
from wagtail_ecp.metrics.scope import Period, Scope

ROUNDS = 7
CHUNK = 5000
MAILBOXES = 4
DAYS = 365

#: For each answer: seconds since the earliest message that nobody had answered.
RAW = """
WITH told AS (
    SELECT m.direction, m.at, c.mailbox_id,
        MAX(CASE WHEN m.direction = 'out' THEN m.at END) OVER (
            PARTITION BY m.conversation_id ORDER BY m.at, m.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS answered, m.conversation_id, m.id
    FROM wagtail_ecp_message m
    JOIN wagtail_ecp_conversation c ON c.id = m.conversation_id
    WHERE c.mailbox_id IN ({mailboxes}) AND m.at >= %s AND m.at < %s
), turns AS (
    SELECT direction, at, MIN(CASE WHEN direction = 'in' THEN at END) OVER (
            PARTITION BY conversation_id, answered ORDER BY at, id
        ) AS asked
    FROM told
), times AS (
    SELECT {seconds} AS seconds
    FROM turns WHERE direction = 'out' AND asked IS NOT NULL AND at >= %s AND at < %s
), placed AS (
    SELECT seconds, ROW_NUMBER() OVER (ORDER BY seconds) AS place,
        COUNT(*) OVER () AS number
    FROM times
)
SELECT MIN(number),
    MIN(CASE WHEN place * 100 >= number * 50 THEN seconds END),
    MIN(CASE WHEN place * 100 >= number * 90 THEN seconds END)
FROM placed
"""
SECONDS = {
    "sqlite": "strftime('%%s', at) - strftime('%%s', asked)",
    "postgresql": "CAST(EXTRACT(EPOCH FROM at - asked) AS bigint)",
}


def run(size: int) -> list[dict[str, float | str]]:
    """Measure with so many messages, and every metric beside."""
    member = a_user("lead")
    boxes = [
        a_mailbox(f"box{number}@example.com", readers=[member])
        for number in range(MAILBOXES)
    ]
    last = datetime.now(tz=UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    numbers = [box.pk for box in boxes]
    fill(numbers, size=size, begin=last - timedelta(days=DAYS))
    today = last.date()
    scope = Scope.of(
        member, Period(today - timedelta(days=30), today - timedelta(days=1))
    )
    raw, asked = _timed(lambda: _ask_messages(numbers, last))
    panel, result = _timed(lambda: BY_KEY["response"].measure(scope))
    figures = {one.key: one.value for one in result.figures}
    found = tuple(figures[key] for key in ("number", "median", "p90"))
    if found != asked:
        raise AssertionError(f"facts say {found}, messages say {asked}")
    rows: list[dict[str, float | str]] = [
        _row("window query over messages, 30 days", raw, raw),
        _row("panel of response times, 30 days and those before", panel, raw),
    ]
    for metric in METRICS:
        cost, _answer = _timed(partial(metric.measure, scope))
        rows.append(_row(metric.key, cost, raw))
    return rows


def _row(what: str, milliseconds: float, raw: float) -> dict[str, float | str]:
    return {
        "what": what,
        "median ms": milliseconds,
        "% of the window query": 100 * milliseconds / raw,
    }


def _timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Return the median time in milliseconds, and the answer."""
    times, answer = [], None
    for _round in range(ROUNDS):
        begin = time.perf_counter()
        answer = ask()
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times), answer


def _ask_messages(mailboxes: list[int], end: datetime) -> tuple[Any, ...]:
    """Ask the messages of two months, so that no turn is cut at the beginning."""
    begin = end - timedelta(days=30)
    marks = ", ".join(map(str, mailboxes))
    query = RAW.format(mailboxes=marks, seconds=SECONDS[connection.vendor])
    with connection.cursor() as cursor:
        cursor.execute(query, [begin - timedelta(days=30), end, begin, end])
        return tuple(cursor.fetchone())


def fill(mailboxes: list[int], *, size: int, begin: datetime) -> None:
    """Add a year's messages in turns, and the facts that follow from them."""
    dice = random.Random(6)
    blob = Blob.objects.create(sha256="0" * 64, size=1, last_used_at=begin)
    messages = _messages(dice, mailboxes, blob, begin=begin)
    there = 0
    while chunk := list(islice(messages, min(CHUNK, size - there))):
        conversations = {one.conversation.pk: one.conversation for one, _facts in chunk}
        known = Conversation.objects.filter(pk__in=conversations)
        for number in known.values_list("pk", flat=True):
            del conversations[number]
        Conversation.objects.bulk_create(conversations.values())
        Message.objects.bulk_create(one for one, _facts in chunk)
        Fact.objects.bulk_create(fact for _one, facts in chunk for fact in facts)
        there += len(chunk)
    with connection.cursor() as cursor:
        cursor.execute(
            "VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE"
        )


def _messages(
    dice: random.Random, mailboxes: list[int], blob: Blob, *, begin: datetime
) -> Iterator[tuple[Message, list[Fact]]]:
    """Yield messages without end: conversations of some turns, spread over a year."""
    number = 0
    for conversation_number in range(1, 10**9):
        at = begin + timedelta(seconds=dice.randrange((DAYS - 1) * 86_400))
        conversation = Conversation(
            pk=conversation_number,
            mailbox_id=dice.choice(mailboxes),
            began_at=at,
            last_message_at=at,
        )
        for _turn in range(dice.randint(1, 4)):
            number += 1
            asked = at
            yield (
                _message(number, conversation, blob, at),
                [_fact(Fact.Kind.RECEIVED, conversation, at)],
            )
            at = at + timedelta(seconds=int(dice.lognormvariate(8.5, 1.2)) + 1)
            number += 1
            seconds = int((at - asked).total_seconds())
            yield (
                _message(number, conversation, blob, at, direction="out"),
                [
                    _fact(Fact.Kind.SENT, conversation, at),
                    _fact(Fact.Kind.ANSWERED, conversation, at),
                    _fact(Fact.Kind.RESPONSE, conversation, at, seconds=seconds),
                ],
            )
            at += timedelta(seconds=dice.randrange(60, 40_000))


def _message(
    number: int,
    conversation: Conversation,
    blob: Blob,
    at: datetime,
    direction: str = "in",
) -> Message:
    return Message(
        pk=number,
        mailbox_id=conversation.mailbox_id,
        conversation=conversation,
        blob=blob,
        direction=direction,
        id_hash=f"{number:040}",
        content_hash=f"{number:064}",
        text="A few words as they stand in mail. " * 20,
        at=at,
    )


def _fact(
    kind: Fact.Kind, conversation: Conversation, at: datetime, **columns: int
) -> Fact:
    return Fact(
        kind=kind,
        at=at,
        day=at.date(),
        hour=at.hour,
        mailbox_number=conversation.mailbox_id,
        conversation_number=conversation.pk,
        action_number=0,
        business_seconds=columns.get("seconds"),
        **columns,
    )
