"""A search's pages: by date from a cursor on, by relevance from a place on."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from wagtail_ecp.inbox.cursors import Cursor, Order
from wagtail_ecp.inbox.lists import NEWEST, Neighbours
from wagtail_ecp.inbox.models import Conversation
from wagtail_ecp.inbox.models.conversations import ConversationQuerySet
from wagtail_ecp.inbox.search.finding import LATEST, RANKED, Search

ROWS: Final = 50
#: How many folders of mailboxes are read one by one, each from its index.
ARMS: Final = 60


#: Turns a query into rows that have "pk" and "last_message_at".
Read = Callable[[ConversationQuerySet], Sequence[Any]]


class Page(NamedTuple):
    """Some conversations, and where the next ones begin."""

    rows: Sequence[Any]
    #: What ``page_at`` takes; empty on the last page.
    next: str
    #: There may be more among older conversations than were looked at.
    is_cut: bool


def page_at(
    search: Search, begin: str = "", *, by_date: bool, read: Read = list
) -> Page:
    """Return the page that begins there; nonsense is the first one."""
    if by_date:
        return _by_date(search, Cursor.read(begin), read)
    place = int(begin) if begin.isascii() and begin.isdecimal() else 0
    return _by_relevance(search, min(place, RANKED[0]), read)


def _by_date(search: Search, cursor: Cursor | None, read: Read) -> Page:
    rows, is_cut = newest(search, cursor=cursor, most=ROWS + 1, read=read)
    has_more = len(rows) > ROWS
    rows = rows[:ROWS]
    following = str(NEWEST.cursor(rows[-1])) if has_more else ""
    return Page(rows, following, is_cut)


def _by_relevance(search: Search, place: int, read: Read) -> Page:
    numbers, is_cut = search.by_relevance(enough=place + ROWS + 1)
    rows = _in_order(search, numbers[place : place + ROWS], read)
    end = place + ROWS
    following = str(end) if len(numbers) > end else ""
    return Page(rows, following, is_cut and not following)


def _in_order(search: Search, numbers: Sequence[int], read: Read) -> list[Any]:
    found = search.viewer.conversations().filter(pk__in=numbers)
    rows = {row.pk: row for row in read(found)}
    return [rows[number] for number in numbers if number in rows]


def newest(
    search: Search,
    *,
    most: int,
    cursor: Cursor | None = None,
    order: Order = NEWEST,
    read: Read = list,
) -> tuple[Sequence[Any], bool]:
    """Return what is found by date, from after the cursor on, and whether there may be more.

    Few of the latest are looked at first; if they don't suffice, many.
    """
    if search.words is None:
        return read(order.sort(_wordless(search, cursor, order, most))[:most]), False
    for latest in LATEST:
        found = _from(search.conversations(latest=latest), cursor, order)
        rows = read(order.sort(found)[:most])
        if len(rows) == most or not search.reaches_beyond(latest):
            return rows, False
    return rows, True


def _from(
    found: ConversationQuerySet, cursor: Cursor | None, order: Order
) -> ConversationQuerySet:
    return order.beyond(cursor, found) if cursor else found


def _wordless(
    search: Search, cursor: Cursor | None, order: Order, most: int
) -> ConversationQuerySet:
    """Return what is found without the index: each folder in its own order.

    Over all of them at once a database would sort whatever they hold.
    """
    found = search.conversations()
    arms = [
        order.sort(_from(arm, cursor, order)).values("pk")[:most]
        for arm in search.folders(found)
    ]
    if not 0 < len(arms) <= ARMS:
        return _from(found, cursor, order)
    numbers = [
        Conversation.objects.filter(pk__in=arm).order_by().values("pk") for arm in arms
    ]
    return Conversation.objects.filter(pk__in=numbers[0].union(*numbers[1:], all=True))


def neighbours(
    search: Search, conversation: Conversation, *, by_date: bool
) -> Neighbours:
    """Return what stands beside a conversation in the results."""
    if not by_date:
        numbers, _is_cut = search.by_relevance(enough=RANKED[0])
        return _beside(numbers, conversation.pk)
    cursor = NEWEST.cursor(conversation)
    before, after = (
        next(iter(newest(search, most=1, cursor=cursor, order=order)[0]), None)
        for order in (NEWEST.backwards, NEWEST)
    )
    return Neighbours(before and before.pk, after and after.pk)


def _beside(numbers: Sequence[int], number: int) -> Neighbours:
    if number not in numbers:
        return Neighbours(None, None)
    place = numbers.index(number)
    following = numbers[place + 1 : place + 2]
    return Neighbours(
        numbers[place - 1] if place else None, following[0] if following else None
    )
