"""Which messages of a long conversation are shown whole, and which are one line."""

from collections.abc import Container, Sequence
from typing import Final

#: The first one tells what it is about, the last ones how it stands.
LAST: Final = 3
#: A conversation that nobody has opened for long must not become a long page.
UNREAD: Final = 10
#: Who wants to see all gets so many at once.
ALL: Final = 200
#: Fewer lines than this save no room.
WORTH_IT: Final = 2


def shown_whole(
    numbers: Sequence[int], *, unread: Container[int], opened: Container[int] = ()
) -> set[int]:
    """Return which of these messages, oldest first, are shown whole.

    ``opened`` are those that somebody asked for.
    """
    news = [number for number in numbers if number in unread]
    whole = {*numbers[:1], *numbers[-LAST:], *news[-UNREAD:]}
    if len(numbers) - len(whole) < WORTH_IT:
        return set(numbers)
    wanted = [number for number in numbers if number in opened]
    return whole.union(wanted[-ALL:])
