"""What a search finds, in the order in which it changed: for who looks again and again."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from wagtail_ecp.inbox.cursors import Order
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.models.conversations import JUNK
from wagtail_ecp.inbox.search.days import Clock
from wagtail_ecp.inbox.search.finding import LATEST, Search
from wagtail_ecp.inbox.search.vocabulary import Operator, Rule

CHANGED: Final = Order("changed_at")
#: A rule such as "older than 4 hours" is asked anew so often.
EVERY: Final = timedelta(minutes=5)
DAYS: Final = ("today", "yesterday")


def last_changed(search: Search, *, most: int) -> list[Conversation]:
    """Return what is found outside of Spam and Trash, what changed last first.

    What comes to match because somebody tagged it has just changed, however old its
    mail is. Of a search for words the latest are looked at, as on its first page.
    """
    found = search.conversations(latest=LATEST[0]).exclude(folder__in=JUNK)
    numbers = search.viewer.mailboxes
    if search.words is not None or len(numbers) == 1:
        return list(CHANGED.sort(found)[:most])
    arms = [
        Conversation.objects.filter(
            pk__in=CHANGED.sort(found.filter(mailbox=number)).values("pk")[:most]
        )
        .order_by()
        .values("pk")
        for number in numbers
    ]
    either = arms[0].union(*arms[1:], all=True)
    return list(CHANGED.sort(Conversation.objects.filter(pk__in=either))[:most])


def since(rules: Iterable[Rule], clock: Clock) -> datetime | None:
    """Return since when the clock has changed nothing; None if it changes nothing.

    Days are the account's: "today" means others after midnight.
    """
    chosen = list(rules)
    if any(r.operator in (Operator.NEWER_THAN, Operator.OLDER_THAN) for r in chosen):
        seconds = clock.now.timestamp() // EVERY.total_seconds()
        return datetime.fromtimestamp(seconds * EVERY.total_seconds(), tz=UTC)
    if any(r.operator in DAYS or set(r.values) & set(DAYS) for r in chosen):
        return clock.begin(clock.today)
    return None
