"""Mail in threads, made from a seed, with its true threads beside it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
WORDS = [
    "paper",
    "proof",
    "invoice",
    "delivery",
    "colour",
    "poster",
    "reprint",
    "binding",
    "order",
    "cover",
    "quote",
    "sample",
    "Grüße",
    "café",
    "срочно",
    "注文",
    "thanks",
    "tomorrow",
    "please",
    "folded",
    "missing",
    "wrong",
    "size",
]
CHARSETS = ("utf-8", "utf-8", "utf-8", "iso-8859-15", "koi8-r", "iso-2022-jp")
REPLIES = 0.6
KEPT_OPEN = 300


@dataclass
class Thread:
    """A correspondent's conversation as it grows."""

    number: int
    sender: str
    subject: str
    ids: list[str] = field(default_factory=list)


def mails(number: int, *, seed: int, to: str) -> Iterator[tuple[int, bytes]]:
    """Yield ``number`` mails with the number of the thread that each belongs to."""
    dice = random.Random(seed)
    threads: list[Thread] = []
    for index in range(number):
        if threads and dice.random() < REPLIES:
            thread = threads[-1 - min(int(dice.expovariate(1 / 40)), len(threads) - 1)]
        else:
            thread = Thread(
                index, f"user{index}@customer.example", _words(dice, 2, 6).capitalize()
            )
            threads.append(thread)
        yield thread.number, _mail(dice, thread, to=to, index=index)
        del threads[:-KEPT_OPEN]


def _words(dice: random.Random, least: int, most: int) -> str:
    return " ".join(dice.choices(WORDS, k=dice.randint(least, most)))


def _mail(dice: random.Random, thread: Thread, *, to: str, index: int) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Person {thread.number} <{thread.sender}>"
    mail["To"] = to
    mail["Subject"] = f"Re: {thread.subject}" if thread.ids else thread.subject
    mail["Date"] = format_datetime(START + timedelta(seconds=index * 41))
    if thread.ids:
        mail["In-Reply-To"] = thread.ids[-1]
        mail["References"] = " ".join(thread.ids[-10:])
    thread.ids.append(make_msgid(f"{index}", "customer.example"))
    mail["Message-ID"] = thread.ids[-1]
    text = "\n".join(_words(dice, 5, 12) for _ in range(dice.randint(3, 40)))
    _set_text(mail, text, charset=dice.choice(CHARSETS))
    if dice.random() < 0.5:  # noqa: PLR2004
        mail.add_alternative(f"<p>{text}</p>", subtype="html")
    if dice.random() < 0.13:  # noqa: PLR2004
        data = dice.randbytes(min(int(dice.lognormvariate(9.4, 1.3)), 600_000))
        mail.add_attachment(
            data, maintype="application", subtype="pdf", filename="scan.pdf"
        )
    return mail.as_bytes()


def _set_text(mail: EmailMessage, text: str, *, charset: str) -> None:
    writable = text.encode(charset, errors="replace").decode(charset)
    mail.set_content(writable, charset=charset)
