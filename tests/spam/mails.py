"""Mail of two kinds, made by chance, that is told apart by some of its words."""

from __future__ import annotations

import random

WANTED = [
    "invoice",
    "order",
    "delivery",
    "booking",
    "question",
    "website",
    "meeting",
    "report",
    "thanks",
    "account",
]
UNWANTED = [
    "winner",
    "lottery",
    "million",
    "prize",
    "casino",
    "pills",
    "cheap",
    "loan",
    "offer",
    "miracle",
]
COMMON = [
    "please",
    "dear",
    "hello",
    "the",
    "and",
    "you",
    "for",
    "with",
    "our",
    "this",
    "that",
    "have",
    "from",
    "will",
    "your",
    "can",
    "today",
    "week",
    "soon",
    "time",
    "people",
    "place",
    "number",
    "more",
    "about",
    "when",
    "which",
    "team",
    "day",
]


def a_mail(chance: random.Random, *, is_spam: bool) -> bytes:
    """A short mail; a third of its words are those of its kind."""
    own = UNWANTED if is_spam else WANTED
    words = [chance.choice(own if chance.random() < 0.3 else COMMON) for _ in range(60)]
    host = "deals.example" if is_spam else "customer.example"
    number = chance.randrange(10**6)
    return (
        f"Received: from mail.{host} by mx.example.org; Mon, 01 Jan 2024 10:00:00 +0000\n"
        f"From: Person {number} <person{number}@{host}>\nTo: support@example.org\n"
        f"Subject: {' '.join(chance.choices(own + COMMON, k=4))}\n"
        f"Date: Mon, 01 Jan 2024 10:00:00 +0000\nMessage-ID: <{number}@{host}>\n\n"
        f"{' '.join(words)}\n"
    ).encode()


def a_stream(
    length: int, *, seed: int = 1, spam: float = 0.3
) -> list[tuple[bytes, bool]]:
    """Mails with what they are, in an order that differs by seed."""
    chance = random.Random(seed)  # noqa: S311
    kinds = [chance.random() < spam for _ in range(length)]
    return [(a_mail(chance, is_spam=kind), kind) for kind in kinds]


SPAM = a_mail(random.Random(2), is_spam=True)  # noqa: S311
HAM = a_mail(random.Random(3), is_spam=False)  # noqa: S311
