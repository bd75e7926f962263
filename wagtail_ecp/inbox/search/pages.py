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
#: So many are looked at for a page of those that do not have a word, in pieces of so
#: many at most; the next page goes on from there.
LOOKED_AT: Final = 2_500
PIECE: Final = 1_000


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
    found = newest(search, cursor=cursor, most=ROWS + 1, read=read)
    rows = found.rows[:ROWS]
    end = NEWEST.cursor(rows[-1]) if len(found.rows) > ROWS else found.reached
    return Page(rows, str(end or ""), found.is_cut)


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


class Newest(NamedTuple):
    """What was found by date."""

    rows: Sequence[Any]
    #: There may be more among older conversations than were looked at.
    is_cut: bool = False
    #: Up to here was looked at, and nobody knows what comes after it.
    reached: Cursor | None = None


def newest(
    search: Search,
    *,
    most: int,
    cursor: Cursor | None = None,
    order: Order = NEWEST,
    read: Read = list,
    to_the_end: bool = False,
) -> Newest:
    """Return what is found by date, from after the cursor on.

    Few of the latest with the words are looked at first; if they don't suffice, many.
    Where words may merely not be there, the next page goes on from where this one
    stopped, unless it is to go ``to_the_end``.
    """
    if search.is_of_absent_words:
        numbers, reached = _without(search, cursor, order, most, to_the_end=to_the_end)
        kept = Conversation.objects.filter(pk__in=numbers)
        return Newest(read(order.sort(kept)), reached=reached)
    if search.words is None:
        found = _wordless(search, search.conversations(), cursor, order, most)
        return Newest(read(order.sort(found)[:most]))
    for latest in LATEST:
        found = _from(search.conversations(latest=latest), cursor, order)
        rows = read(order.sort(found)[:most])
        if len(rows) == most or not search.reaches_beyond(latest):
            return Newest(rows)
    return Newest(rows, is_cut=True)


def _without(
    search: Search, cursor: Cursor | None, order: Order, most: int, *, to_the_end: bool
) -> tuple[list[int], Cursor | None]:
    """Go through what there is by date, and leave out what has a word.

    Returns numbers, and up to where it went if that is not the end. The index would
    have to bring all that has the word, which may be most of the mail.
    """
    kept: list[int] = []
    seen, size, goes_on = 0, 2 * most, True
    while goes_on and len(kept) < most and (to_the_end or seen < LOOKED_AT):
        found = _wordless(search, search.candidates(), cursor, order, size)
        columns = order.sort(found).values_list("pk", order.field, named=True)
        rows = list(columns[:size])
        rejected = search.rejected([row.pk for row in rows])
        kept += [row.pk for row in rows if row.pk not in rejected]
        goes_on = len(rows) == size
        cursor = order.cursor(rows[-1]) if rows else cursor
        seen, size = seen + size, min(2 * size, PIECE)
    is_left = goes_on and len(kept) < most
    return kept[:most], cursor if is_left else None


def _from(
    found: ConversationQuerySet, cursor: Cursor | None, order: Order
) -> ConversationQuerySet:
    return order.beyond(cursor, found) if cursor else found


def _wordless(
    search: Search,
    found: ConversationQuerySet,
    cursor: Cursor | None,
    order: Order,
    most: int,
) -> ConversationQuerySet:
    """Return what is ``found`` without the index: each folder in its own order.

    Over all of them at once a database would sort whatever they hold.
    """
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
        next(iter(newest(search, most=1, cursor=cursor, order=order).rows), None)
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
