"""Sets of mail with their true threads, built so that simple rules fail on them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.builders import an_email

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class ThreadSet:
    """Raw mails, and for each the name of its true thread."""

    mails: list[bytes] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)

    def add(self, thread, subject, *, sender, message_id, cites=(), **more):
        """Add a mail that truly belongs to ``thread``; return its id."""
        number = len(self.mails)
        self.mails.append(
            an_email(
                subject,
                f"Text number {number}.\n",
                sender=f"{sender.title()} <{sender}@people.example>",
                message_id=message_id,
                cites=cites,
                date=START + timedelta(minutes=number),
                **more,
            )
        )
        self.threads.append(thread)
        return message_id


def several_senders():
    """A conversation of three people who answer each other, and one beside it."""
    found = ThreadSet()
    others = "bert@people.example, cleo@people.example"
    first = found.add("move", "Moving", sender="anna", message_id="m1@p", Cc=others)
    second = found.add(
        "move",
        "Re: Moving",
        sender="bert",
        message_id="m2@p",
        cites=[first],
        Cc="anna@people.example, cleo@people.example",
    )
    found.add(
        "move",
        "Re: Moving",
        sender="cleo",
        message_id="m3@p",
        cites=[first, second],
        Cc="anna@people.example",
    )
    found.add(
        "move",
        "AW: Moving",
        sender="anna",
        message_id="m4@p",
        cites=["m3@p"],
    )
    found.add("other", "Moving", sender="bert", message_id="x1@p")
    return found


def strangers_with_leaked_ids():
    """Strangers cite a customer's ids and put the customer in Cc."""
    found = ThreadSet()
    first = found.add("order", "Order 7", sender="anna", message_id="o1@p")
    second = found.add(
        "order", "Re: Order 7", sender="anna", message_id="o2@p", cites=[first]
    )
    for name in ("mallory", "trudy"):
        found.add(
            name,
            "Re: Order 7",
            sender=name,
            message_id=f"{name}@evil",
            cites=[first, second],
            Cc="anna@people.example",
        )
    found.add("order", "Re: Order 7", sender="anna", message_id="o3@p", cites=[second])
    # The same stranger twice, each time by a leaked id alone.
    found.add(
        "again", "Re: Order 7", sender="mallory", message_id="again@evil", cites=[first]
    )
    return found


def equal_subjects():
    """One sender asks the same thing in three separate conversations."""
    found = ThreadSet()
    for number in range(3):
        first = found.add(
            f"invoice {number}", "Invoice", sender="anna", message_id=f"i{number}@p"
        )
        found.add(
            f"invoice {number}",
            "Re: Invoice",
            sender="anna",
            message_id=f"r{number}@p",
            cites=[first],
        )
    return found


def truncated_references():
    """Long threads whose mails name only their parent, or only root and parent."""
    found = ThreadSet()
    for thread, shown in (("chain", slice(-1, None)), ("long", slice(-3, None))):
        ids = [found.add(thread, thread, sender="anna", message_id=f"{thread}0@p")]
        for number in range(1, 9):
            ids.append(
                found.add(
                    thread,
                    f"Re: {thread}",
                    sender="anna",
                    message_id=f"{thread}{number}@p",
                    cites=ids[shown],
                )
            )
    return found


def missing_parents():
    """The mail that all of them answer never came."""
    found = ThreadSet()
    for number in range(3):
        found.add(
            "lost",
            "Re: Lost",
            sender="anna",
            message_id=f"l{number}@p",
            cites=["never@p"],
        )
    found.add(
        "lost",
        "Re: Lost",
        sender="bert",
        message_id="b@p",
        cites=["never@p"],
        Cc="anna@people.example",
    )
    found.add(
        "lost",
        "Re: Lost",
        sender="anna",
        message_id="a@p",
        cites=["never@p"],
        Cc="bert@people.example",
    )
    found.add(
        "stranger",
        "Re: Lost",
        sender="mallory",
        message_id="s@p",
        cites=["never@p"],
        Cc="anna@people.example",
    )
    return found


def nameless():
    """Mails without a Message-ID, whose answers cite an id that nobody has."""
    found = ThreadSet()
    found.add("parcel", "Parcel", sender="anna", message_id=None)
    found.add(
        "parcel", "Re: Parcel", sender="anna", message_id="p2@p", cites=["made-up@p"]
    )
    found.add("parcel", "Re: Parcel", sender="anna", message_id=None, cites=["p2@p"])
    found.add("bert's", "Parcel", sender="bert", message_id=None)
    # Same subject, but it answers a mail that is here.
    first = found.add("second", "Parcel", sender="anna", message_id="q1@p")
    found.add("second", "Re: Parcel", sender="anna", message_id="q2@p", cites=[first])
    return found


def reused_ids():
    """Different mails that bear the same Message-ID."""
    found = ThreadSet()
    first = found.add("news", "News", sender="anna", message_id="n1@p")
    found.add("news", "Re: News", sender="anna", message_id="n1@p", cites=[first])
    found.add("bert's news", "News", sender="bert", message_id="n1@p")
    return found


def late_strangers():
    """Two mails of one stranger, tied only by an id that turns out to be known."""
    found = ThreadSet()
    found.add("one", "Hi", sender="mallory", message_id="h1@evil", cites=["late@p"])
    found.add("two", "Hi", sender="mallory", message_id="h2@evil", cites=["late@p"])
    found.add("victim", "Hello", sender="anna", message_id="late@p")
    return found


THREAD_SETS = (
    several_senders,
    strangers_with_leaked_ids,
    equal_subjects,
    truncated_references,
    missing_parents,
    nameless,
    reused_ids,
    late_strangers,
)
